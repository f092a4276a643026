import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../situations.ts';

/**
 * What this host is configured to give away already: to which virtual machine, and whether the device still has that
 * address. Buses renumber when a card is added, and the wrong device would cross over.
 */
export function configured(machine: Machine): Finding[] {
  const here = new Set(machine.functions.map(({ address }) => address));
  return valueOr(machine.assignments, []).flatMap(({ kind, where, devices, vm, habits }) => {
    const gone = devices.filter((address) => !here.has(address));
    const values = { file: where, devices, gone, vm: vm ?? '' };
    const proof = [evidence('config-line', where, devices.join(' ') || null)];
    const about = { subject: where, values, evidence: proof };
    const habit = habits.includes('hides-kvm') ? [finding('folklore', 'kvm-hidden', { ...about, remedies: [] })] : [];
    if (devices.length === 0) return habit;
    if (gone.length > 0) {
      const situation = vm === null ? 'binds-nothing' : 'device-gone';
      return [finding('configured', situation, { ...about, remedies: [{ code: 'correct-address' }] }), ...habit];
    }
    // Mappings of Proxmox give nothing by themselves.
    if (kind === 'proxmox-mapping' || vm === null) return habit;
    return [finding('configured', 'given', about), ...habit];
  });
}
