import type { Groups, GroupWithJoins } from '../../main/contract/groups.ts';
import type { Forest } from './forest.ts';

/** Why the members of each group are together, by the number that it is drawn under. */
export function reasonsOf(forest: Forest, explained: Groups | null): ReadonlyMap<number, GroupWithJoins['joinedBy']> {
  return new Map(
    (explained?.groups ?? []).flatMap(({ devices: [first], joinedBy }) => {
      const drawn = first === undefined ? null : (forest.at.get(first)?.group ?? null);
      return drawn === null ? [] : [[drawn, joinedBy] as const];
    }),
  );
}

/** Read groups that the kernel's rule would have made otherwise, as far as the source shows. */
export function differingFrom(forest: Forest, explained: Groups | null): readonly number[] {
  const others = new Set((explained?.predicted ?? []).flatMap(({ devices }) => devices));
  return [...forest.groups].flatMap(([id, members]) =>
    members.some(({ address }) => others.has(address)) ? [id] : [],
  );
}
