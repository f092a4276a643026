import type { PciAddress } from '../../main/machine/address.ts';
import type { JoinLabel } from './join-labels.ts';
import type { Layout, Section } from './layout.ts';
import type { Placed } from './placed.ts';

/**
 * A new selection moves little, and the page redraws what is a new object: what is equal stays the object that it was.
 */
export function reuseLayout(before: Layout | null, after: Layout): Layout {
  if (before === null) return after;
  const old = new Map(before.sections.flatMap(({ placed }) => placed.map((each) => [each.leaf, each] as const)));
  const keep = (each: Placed): Placed => {
    const last = old.get(each.leaf);
    const same =
      last?.x === each.x &&
      last.y === each.y &&
      last.width === each.width &&
      last.form === each.form &&
      last.row === each.row;
    return same ? last : each;
  };
  return {
    ...after,
    sections: after.sections.map((section): Section => ({ ...section, placed: section.placed.map(keep) })),
  };
}

type Labels = ReadonlyMap<PciAddress, JoinLabel>;

/** The same for the labels above ports: equal ones need no new layout. */
export function reuseLabels(before: Labels | null, after: Labels): Labels {
  if (before?.size !== after.size) return after;
  for (const [port, label] of after) {
    const last = before.get(port);
    if (last === undefined || JSON.stringify(last) !== JSON.stringify(label)) return after;
  }
  return before;
}
