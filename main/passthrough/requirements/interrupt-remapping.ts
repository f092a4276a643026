import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { remappingOffSwitches } from '../command-line.ts';
import { evidenceOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { iommuState } from '../iommu-state.ts';
import { finding } from '../situations.ts';

/**
 * Are a device's interrupts kept inside its guest? VFIO refuses to start without (drivers/vfio/vfio_iommu_type1.c,
 * allow_unsafe_interrupts). Linux may remap interrupts with translation off, so this is asked on its own.
 */
export function interruptRemapping(machine: Machine): Finding {
  const code = 'interrupt-remapping';
  const fact = machine.iommu.interruptRemapping;
  if (fact.known && fact.value)
    return finding(code, 'on', { evidence: [evidenceOf('interrupt-remapping', fact, 'on')] });
  const line = valueOr(machine.kernel.commandLine, '');
  const option = remappingOffSwitches(line)[0];
  if (option !== undefined) {
    return finding(code, 'switched-off', {
      values: { option },
      evidence: [evidenceOf('command-line', machine.kernel.commandLine, line)],
      remedies: [{ code: 'remove-kernel-option', values: { option } }],
    });
  }
  const { remapping } = machine.firmware;
  const table = valueOr(remapping, null);
  // The flag is the firmware's word for it; without it the kernel does not even try (dmar.c dmar_ir_support).
  if (table?.table === 'DMAR' && !table.flags.includes('INTR_REMAP')) {
    return finding(code, 'not-offered', {
      evidence: [evidenceOf('table-flag', remapping, table.flags.join(' ') || null)],
      remedies: [{ code: 'firmware-update' }],
    });
  }
  if (iommuState(machine) === 'off') {
    return finding(code, 'waits-for-iommu', { evidence: [evidenceOf('interrupt-remapping', fact, null)] });
  }
  if (!fact.known) {
    const remedy =
      fact.needs === 'root' ? 'read-as-root' : fact.needs === 'linux' ? 'start-linux' : 'read-on-the-machine';
    return finding(code, 'unknown', {
      evidence: [evidenceOf('interrupt-remapping', fact, null)],
      remedies: [{ code: remedy }],
    });
  }
  return finding(code, 'off', {
    evidence: [evidenceOf('interrupt-remapping', fact, 'off')],
    remedies: [{ code: 'firmware-iommu' }, { code: 'firmware-update' }],
  });
}
