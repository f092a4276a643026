import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { offSwitches } from '../command-line.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { iommuState, iommuVendor } from '../iommu-state.ts';
import { finding } from '../situations.ts';
import { firmwareTable, isMissing } from './firmware-table.ts';

/** Has the kernel its IOMMU on? Groups are the proof; `DMAR: IOMMU enabled` in the log only repeats the option. */
export function iommuOn(machine: Machine): Finding {
  const code = 'iommu-on';
  const { groups, iommu, kernel } = machine;
  const state = iommuState(machine);
  if (groups.known && state === 'on') {
    const count = groups.value.length;
    return finding(code, 'on', {
      values: { groups: count },
      evidence: [evidenceOf('groups-exist', groups, `${count}`)],
    });
  }
  if (state === 'unknown') {
    return finding(code, 'unknown', {
      evidence: [evidenceOf('groups-exist', groups, null)],
      remedies: [{ code: !groups.known && groups.needs === 'linux' ? 'start-linux' : 'read-on-the-machine' }],
    });
  }
  const off = [
    groups.known ? evidenceOf('no-groups', groups, null) : evidence('no-groups', groups.where, null),
    ...(iommu.units.known ? [evidenceOf('no-unit', iommu.units, null)] : []),
  ];
  const vendor = iommuVendor(machine);
  const line = valueOr(kernel.commandLine, '');
  const switches = offSwitches(line, vendor);
  const option = switches[0];
  if (isMissing(firmwareTable(machine))) {
    return finding(code, 'waits-for-firmware', {
      evidence: off,
      remedies: [{ code: valueOr(machine.cpu.underHypervisor, false) ? 'give-guest-iommu' : 'firmware-iommu' }],
    });
  }
  if (option !== undefined) {
    return finding(code, 'switched-off', {
      values: { option },
      evidence: [evidenceOf('command-line', kernel.commandLine, line), ...off],
      remedies: switches.map((word) => ({ code: 'remove-kernel-option' as const, values: { option: word } })),
    });
  }
  if (vendor === 'intel') {
    return finding(code, 'not-switched-on', {
      evidence: [evidenceOf('command-line', kernel.commandLine, line), ...off],
      remedies: [{ code: 'add-intel-iommu-on' }],
    });
  }
  return finding(code, 'off-unexplained', { evidence: off, remedies: [{ code: 'read-kernel-log' }] });
}
