import type { PciAddress } from '../../main/machine/address.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { dutiesOf, isGrave, type Duty } from './duties.ts';
import { cardOf, portsAbove, type Forest, type Leaf, type Root } from './forest.ts';
import { isMain, isQuiet } from './quiet.ts';
import { rowsOf } from './rows.ts';

/** The host's jobs by function; none before the first look. */
export const jobsByFunction = (machine: Machine | null): ReadonlyMap<PciAddress, readonly Duty[]> =>
  machine === null ? new Map<PciAddress, readonly Duty[]>() : dutiesOf(machine);

/** Groups that hold the disk with `/` or `/boot`. */
export function unsafeGroups(forest: Forest, duties: ReadonlyMap<PciAddress, readonly Duty[]>): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const [address, jobs] of duties) {
    const group = forest.at.get(address)?.group ?? null;
    if (group !== null && jobs.some(isGrave)) ids.add(group);
  }
  return ids;
}

/** What is selected before anyone has: the first device that this place is about. */
export function firstOf(forest: Forest): Leaf | null {
  const cards = [...forest.at.values()].filter((leaf) => leaf.shape === 'card');
  const main = cards.filter((leaf) => isMain(leaf.fn));
  const slotted = main.filter((leaf) => leaf.parent !== null);
  const [first] = (slotted.length > 0 ? slotted : main).sort((a, b) => memoryOf(b) - memoryOf(a));
  return first ?? cards.find((leaf) => !isQuiet(leaf.fn)) ?? null;
}

/** Bytes of the largest memory window: a server's console chip has a few megabytes, a graphics card hundreds. */
const memoryOf = ({ fn }: Leaf): number =>
  fn.bars.known ? Math.max(0, ...fn.bars.value.map(({ size }) => (size === null ? 0 : Number(size)))) : 0;

/** The functions that light up with the selected one. */
export const litWith = (selected: Leaf | null): ReadonlySet<Leaf> => new Set(selected === null ? [] : cardOf(selected));

/** The selection and the ports above it. */
export const wayOf = (selected: Leaf | null): ReadonlySet<Leaf> =>
  new Set(selected === null ? [] : [selected, ...portsAbove(selected)]);

/** Group numbers in the order of the drawing. */
export const groupOrder = (forest: Forest): readonly number[] => [
  ...new Set([...forest.at.values()].flatMap((leaf) => leaf.group ?? [])),
];

/** Rows of the given roots with nothing folded. */
export function fullRows(forest: Forest, roots: readonly Root[]): number {
  const whole = { only: null, folded: new Set<PciAddress>(), brief: false };
  return roots.reduce((sum, root) => sum + rowsOf(forest, root, whole).length, 0);
}
