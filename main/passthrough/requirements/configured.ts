import type { PciAddress } from '../../machine/address.ts';
import type { Assignment } from '../../machine/assignments/shape.ts';
import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../situations.ts';

/** All lines of one virtual machine's file; a binding stands for itself. */
function byMachine(assignments: readonly Assignment[]): Assignment[][] {
  const together = new Map<string, Assignment[]>();
  for (const each of assignments) {
    const key = each.vm === null ? each.where : `${each.where.replace(/:\d+$/, '')} ${each.vm}`;
    const others = together.get(key);
    if (others) others.push(each);
    else together.set(key, [each]);
  }
  return [...together.values()];
}

function judge(lines: readonly Assignment[], here: ReadonlySet<PciAddress>): Finding[] {
  const [first] = lines;
  if (!first) return [];
  const { vm, where } = first;
  const devices = [...new Set(lines.flatMap((each) => each.devices))];
  const gone = devices.filter((address) => !here.has(address));
  const about = {
    subject: where,
    values: { file: where, devices, gone, vm: vm ?? '' },
    evidence: lines.slice(0, 8).map((each) => evidence('config-line', each.where, each.devices.join(' ') || null)),
  };
  const habit = lines.some(({ habits }) => habits.includes('hides-kvm'))
    ? [finding('folklore', 'kvm-hidden', about)]
    : [];
  if (gone.length > 0) {
    const situation = vm === null ? 'binds-nothing' : 'device-gone';
    return [finding('configured', situation, { ...about, remedies: [{ code: 'correct-address' }] }), ...habit];
  }
  // Bindings and Proxmox's mappings that hold give nothing by themselves.
  return vm === null || devices.length === 0 ? habit : [finding('configured', 'given', about), ...habit];
}

/**
 * What this host is configured to give away already: to which virtual machine, and whether the device still has that
 * address. Buses renumber when a card is added, and the wrong device would cross over.
 */
export function configured(machine: Machine): Finding[] {
  const here = new Set(machine.functions.map(({ address }) => address));
  return byMachine(valueOr(machine.assignments, [])).flatMap((lines) => judge(lines, here));
}
