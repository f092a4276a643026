import type { Layout } from './layout.ts';

/** Drawings with more rows than this only keep what can be seen, and a little around it. */
const mostRows = 400;
const around = 600;

/** Whether something at a height is to be drawn while `from` to `until` can be seen. */
export function windowOf(layout: Layout, from: number, until: number): (y: number) => boolean {
  const rows = layout.sections.reduce((sum, section) => sum + section.rows.length, 0);
  if (rows <= mostRows) return () => true;
  return (y) => y > from - around && y < until + around;
}
