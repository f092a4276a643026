import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { logLine } from '../log-line.ts';
import { finding } from '../situations.ts';

/**
 * KVM says so when the firmware left the extension locked (arch/x86/kvm/vmx/vmx.c and svm/svm.c; before 5.x
 * `kvm: disabled by bios`). The flag may then still stand in cpuinfo on kernels before 5.6.
 */
const disabledByFirmware = /kvm.*(not enabled \(by BIOS\)|disabled by bios|SVM disabled)/i;

const names = { vmx: 'VT-x', svm: 'AMD-V' } as const;

/** Can the processor run virtual machines at full speed? The flags that the kernel shows say so (vmx, svm). */
export function virtualizationExtension(machine: Machine): Finding {
  const { cpu } = machine;
  const code = 'virtualization-extension';
  const vendor = valueOr(cpu.vendor, null);
  if (vendor === 'other') {
    return finding(code, 'other-architecture', {
      evidence: [evidenceOf('architecture', cpu.vendor, valueOr(cpu.model, null))],
    });
  }
  const inVm = valueOr(cpu.underHypervisor, false);
  const hypervisor = inVm ? [evidenceOf('hypervisor-flag', cpu.underHypervisor, 'hypervisor')] : [];
  const extension = vendor === 'amd' ? names.svm : vendor === 'intel' ? names.vmx : 'VT-x or AMD-V';
  const complaint = logLine(machine, disabledByFirmware);
  if (complaint !== null) {
    return finding(code, 'off-in-firmware', {
      values: { extension },
      evidence: [evidence('kernel-log', machine.kernel.log.where, complaint)],
      remedies: [{ code: 'firmware-virtualization', values: { extension } }],
    });
  }
  if (!cpu.virtualization.known) {
    return finding(code, 'unknown', {
      evidence: [evidenceOf('cpu-flag', cpu.virtualization, null)],
      remedies: [{ code: 'read-on-the-machine' }],
    });
  }
  const flag = cpu.virtualization.value;
  const flags = evidenceOf('cpu-flag', cpu.virtualization, flag);
  if (flag !== null) {
    return finding(code, inVm ? 'on-in-vm' : 'on', {
      values: { extension: names[flag] },
      evidence: [flags, ...hypervisor],
    });
  }
  return finding(code, inVm ? 'off-in-vm' : 'off', {
    values: { extension },
    evidence: [flags, ...hypervisor],
    remedies: [{ code: inVm ? 'enable-nesting' : 'firmware-virtualization', values: { extension } }],
  });
}
