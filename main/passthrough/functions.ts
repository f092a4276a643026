import { slotOf, type PciAddress } from '../machine/address.ts';
import type { Group, Machine } from '../machine/machine.ts';
import type { PciFunction } from '../machine/pci-function.ts';

/** The machine's functions and groups, found by address. */
export interface FunctionIndex {
  readonly byAddress: ReadonlyMap<PciAddress, PciFunction>;
  /** functions of one slot by `0000:01:00` */
  readonly bySlot: ReadonlyMap<string, readonly PciFunction[]>;
  /** null: the source does not tell groups */
  readonly groupOf: ReadonlyMap<PciAddress, Group> | null;
}

const indexes = new WeakMap<Machine, FunctionIndex>();

/** Built once a machine, since a server has hundreds of functions and every candidate asks. A machine is never changed. */
export function indexFunctions(machine: Machine): FunctionIndex {
  const known = indexes.get(machine);
  if (known !== undefined) return known;
  const index = build(machine);
  indexes.set(machine, index);
  return index;
}

function build(machine: Machine): FunctionIndex {
  const bySlot = new Map<string, PciFunction[]>();
  for (const fn of machine.functions) {
    const slot = bySlot.get(slotOf(fn.address));
    if (slot === undefined) bySlot.set(slotOf(fn.address), [fn]);
    else slot.push(fn);
  }
  const groupOf = machine.groups.known
    ? new Map(machine.groups.value.flatMap((group) => group.devices.map((address) => [address, group] as const)))
    : null;
  return { byAddress: new Map(machine.functions.map((fn) => [fn.address, fn])), bySlot, groupOf };
}
