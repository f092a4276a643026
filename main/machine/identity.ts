import { valueOr } from './fact.ts';
import type { Machine, MachineIdentity } from './machine.ts';
import type { PciFunction } from './pci-function.ts';

/** What makes a machine this machine: board and product by DMI, and what is plugged where. */
export function identityOf(board: Machine['board'], functions: readonly PciFunction[]): MachineIdentity {
  const vendor = valueOr(board.vendor, null);
  const name = valueOr(board.product, null);
  const boardName = vendor === null && name === null ? null : [vendor, name].filter((part) => part !== null).join(' ');
  const product = valueOr(board.systemProduct, null);
  return {
    board: boardName,
    product,
    functions: functions.filter(lasts).map(identityLine).sort(),
    provenance: told(board) ? 'measured' : 'assumed',
  };
}

/** DMI names the board or the product; a maker that was worked out from the devices does not tell two machines apart. */
const told = ({ vendor, product, systemProduct }: Machine['board']): boolean =>
  [vendor, product, systemProduct].some((fact) => fact.known && fact.provenance !== 'derived');

/**
 * Virtual functions come and go with a setting, and an AMD IOMMU (class 0806h) is a function only while firmware has it
 * on: turning it on during the setup must not make a machine another one.
 */
const lasts = (fn: PciFunction): boolean => fn.physicalFunction === null && valueOr(fn.classCode, 0) >>> 8 !== 0x0806;

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

function identityLine(fn: PciFunction): string {
  if (!fn.ids.known) return `${fn.path} ?:? -`;
  const { vendor, device, subsystemVendor, subsystemDevice } = fn.ids.value;
  // A bridge's subsystem stands in a capability that not every source shows.
  const named = fn.header === 'endpoint' && subsystemVendor !== null && subsystemDevice !== null;
  return `${fn.path} ${hex4(vendor)}:${hex4(device)} ${named ? `${hex4(subsystemVendor)}:${hex4(subsystemDevice)}` : '-'}`;
}

/** `changed`: the same machine with other cards in it, or with cards in other slots. */
export type Sameness = 'same' | 'changed' | 'other';

export interface IdentityDifference {
  readonly sameness: Sameness;
  /** identity lines of functions that only the second has */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Compares two looks at what may be one machine. With one board and product it stays the same machine while at least
 * half of the functions are where they were; without DMI on either side nine in ten must be, since the functions alone
 * stand for the machine.
 */
export function compareIdentities(before: MachineIdentity, after: MachineIdentity): IdentityDifference {
  const added = missingFrom(before.functions, after.functions);
  const removed = missingFrom(after.functions, before.functions);
  const kept = before.functions.length - removed.length;
  const share = kept / Math.max(before.functions.length, after.functions.length, 1);
  const bothNamed = before.provenance === 'measured' && after.provenance === 'measured';
  const boardsDiffer = bothNamed && (before.board !== after.board || before.product !== after.product);
  if (boardsDiffer || share < (bothNamed ? 0.5 : 0.9)) return { sameness: 'other', added, removed };
  return { sameness: added.length + removed.length === 0 ? 'same' : 'changed', added, removed };
}

/** Whether both are looks at one machine, cards moved or added included. */
export const sameMachine = (before: MachineIdentity, after: MachineIdentity): boolean =>
  compareIdentities(before, after).sameness !== 'other';

function missingFrom(pool: readonly string[], wanted: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of pool) left.set(line, (left.get(line) ?? 0) + 1);
  return wanted.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
