import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { iommuState, iommuVendor, tablePresent } from '../iommu-state.ts';
import { logLine } from '../log-line.ts';
import { finding } from '../situations.ts';

/** `ACPI: DMAR 0x000000007FFE2345 000070 (v01 …)`: drivers/acpi/acpica/tbprint.c. */
const listed = /ACPI: (DMAR|IVRS) 0x/;

/** No table, whether a switch of the firmware would bring it or only the machine around this one. */
export const isMissing = ({ situation }: Finding): boolean => situation === 'missing' || situation === 'missing-in-vm';

/** Does the firmware announce an IOMMU? A missing table is the surest sign that it is off in the setup. */
export function firmwareTable(machine: Machine): Finding {
  const code = 'firmware-table';
  const { tables } = machine.firmware;
  const present = tablePresent(machine);
  if (present !== null) {
    return finding(code, 'present', {
      values: { table: present },
      evidence: [evidenceOf('acpi-table', tables, present)],
    });
  }
  const line = logLine(machine, listed);
  const logged = line === null ? undefined : listed.exec(line)?.[1];
  if (line !== null && logged !== undefined) {
    return finding(code, 'present', {
      values: { table: logged },
      evidence: [evidence('kernel-log', machine.kernel.log.where, line)],
    });
  }
  const vendor = iommuVendor(machine);
  const table = vendor === 'intel' ? 'DMAR' : vendor === 'amd' ? 'IVRS' : 'DMAR or IVRS';
  if (iommuState(machine) === 'on') {
    return finding(code, vendor === null ? 'implied-untold' : 'implied', {
      values: { table },
      evidence: [evidence('groups-exist', machine.groups.where, null, 'derived')],
    });
  }
  if (valueOr(machine.cpu.vendor, null) === 'other') {
    return finding(code, 'other-architecture', { evidence: [evidenceOf('architecture', machine.cpu.vendor, null)] });
  }
  const { dmaProtection } = machine.firmware;
  if (!tables.known && dmaProtection !== undefined && valueOr(dmaProtection, false)) {
    return finding(code, 'protects-windows', {
      values: { table },
      evidence: [evidenceOf('dma-protection', dmaProtection, 'DMA protection')],
    });
  }
  if (!tables.known) {
    const remedy = tables.needs === 'root' ? 'read-as-root' : 'read-on-the-machine';
    return finding(code, 'unknown', {
      values: { table },
      evidence: [evidenceOf('acpi-table', tables, null)],
      remedies: [{ code: remedy }],
    });
  }
  const inVm = valueOr(machine.cpu.underHypervisor, false);
  return finding(code, inVm ? 'missing-in-vm' : 'missing', {
    values: { table },
    evidence: [evidenceOf('no-acpi-table', tables, null)],
    remedies: [{ code: inVm ? 'give-guest-iommu' : 'firmware-iommu' }],
  });
}
