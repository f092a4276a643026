import { slotOf, type PciAddress } from '../../main/machine/address.ts';
import type { AcsBitShown } from '../kit/acs-look.ts';
import { acsStanding, missingBits } from '../kit/acs.ts';
import { isShared, portsAbove, type Forest, type Leaf } from './forest.ts';
import { isMain, isQuiet } from './quiet.ts';

/** What stands above a port: why a group reaches through it, or that the group ends there. */
export type JoinLabel =
  /** the first port on the way up that does not separate */
  | { readonly kind: 'joins-here'; readonly lacks: 'capability' | 'bits'; readonly missing: readonly AcsBitShown[] }
  | { readonly kind: 'no-acs' }
  | { readonly kind: 'bits-off'; readonly missing: readonly AcsBitShown[] }
  /** the port above the group: `full` only where it was read */
  | { readonly kind: 'ends-here'; readonly group: number | null; readonly full: boolean };

/**
 * The function whose way up a shared group is explained along: the selected one, else the one selected last in it, else
 * the first that anyone would give.
 */
export function focusOf(members: readonly Leaf[], selected: Leaf | null, before: PciAddress | undefined): Leaf | null {
  if (selected !== null && members.includes(selected)) return selected;
  const cards = members.filter((leaf) => leaf.shape === 'card');
  return (
    members.find((leaf) => leaf.address === before) ??
    cards.find((leaf) => isMain(leaf.fn)) ??
    cards.find((leaf) => leaf.parent !== null && !isQuiet(leaf.fn)) ??
    null
  );
}

/** Labels along one way up, by port; none where nothing was read about ACS. */
export function labelsAlong(forest: Forest, focus: Leaf): ReadonlyMap<PciAddress, JoinLabel> {
  const labels = new Map<PciAddress, JoinLabel>();
  if (!isShared(forest, focus)) return labels;
  // One card with the ports above it: nothing has been joined that a person would want apart.
  const members = forest.groups.get(focus.group ?? -1) ?? [];
  const slots = new Set(members.filter((leaf) => leaf.shape === 'card').map((leaf) => slotOf(leaf.address)));
  if (slots.size < 2) return labels;
  let joined = false;
  for (const port of focus.shape === 'port' ? [focus, ...portsAbove(focus)] : portsAbove(focus)) {
    const standing = acsStanding(port.fn);
    if (port.group !== focus.group) {
      labels.set(port.address, { kind: 'ends-here', group: port.group, full: standing === 'full' });
      break;
    }
    if (standing !== 'none' && standing !== 'partial') continue;
    const missing = missingBits(port.fn);
    const lacks = standing === 'none' ? 'capability' : 'bits';
    if (!joined) labels.set(port.address, { kind: 'joins-here', lacks, missing });
    else labels.set(port.address, lacks === 'capability' ? { kind: 'no-acs' } : { kind: 'bits-off', missing });
    joined = true;
  }
  return labels;
}

/** Labels of every shared group at once. */
export function allLabels(
  forest: Forest,
  selected: Leaf | null,
  lastIn: ReadonlyMap<number, PciAddress>,
): ReadonlyMap<PciAddress, JoinLabel> {
  const labels = new Map<PciAddress, JoinLabel>();
  for (const [id, members] of forest.groups) {
    if (members.length < 2) continue;
    const focus = focusOf(members, selected, lastIn.get(id));
    if (focus === null) continue;
    // Where two groups end at one port, the selected one's word counts.
    for (const [port, label] of labelsAlong(forest, focus)) {
      if (!labels.has(port) || selected?.group === id) labels.set(port, label);
    }
  }
  return labels;
}
