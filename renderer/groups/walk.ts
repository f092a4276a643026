import type { Layout } from './layout.ts';

/** One stop of the arrow keys: an address, `root:0000:00`, `more:0000:00` or `fold:…`. */
export interface Stop {
  readonly id: string;
  readonly level: number;
}

/** All stops of a drawing, in the order in which they are seen. */
export function stopsOf(layout: Layout): readonly Stop[] {
  const stops: Stop[] = [];
  for (const section of layout.sections) {
    const { bus } = section.root;
    const base = section.head === null ? 1 : 2;
    if (section.head !== null) stops.push({ id: `root:${bus}`, level: 1 });
    for (const { leaf } of section.placed) stops.push({ id: leaf.address, level: base + leaf.depth });
    if (section.rows.some((row) => row.end.kind === 'more')) stops.push({ id: `more:${bus}`, level: base });
  }
  return stops;
}

/** Stops that open and close and are no functions. */
export const isFold = (id: string): boolean => /^(?:root|more|fold):/.test(id);

/** The stop that another hangs on: the nearest one before it on a lower level. */
export function parentStop(stops: readonly Stop[], stop: Stop): Stop | undefined {
  return stops
    .slice(0, stops.indexOf(stop))
    .reverse()
    .find(({ level }) => level < stop.level);
}
