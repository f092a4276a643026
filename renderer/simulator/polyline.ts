export interface Point {
  readonly x: number;
  readonly y: number;
}

const between = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** Length along all segments. */
export const lengthOf = (points: readonly Point[]): number =>
  points.reduce((sum, point, at) => sum + (at === 0 ? 0 : between(points[at - 1] ?? point, point)), 0);

/** The part of a line from its start to `length`; all of it beyond its end, its first point alone at 0. */
export function cutAt(points: readonly Point[], length: number): readonly Point[] {
  const first = points[0];
  if (first === undefined) return [];
  const kept: Point[] = [first];
  let left = length;
  for (let at = 1; at < points.length; at++) {
    const a = points[at - 1] ?? first;
    const b = points[at] ?? first;
    const span = between(a, b);
    if (span >= left) {
      const part = span === 0 ? 0 : Math.max(0, left) / span;
      kept.push({ x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part });
      return kept;
    }
    kept.push(b);
    left -= span;
  }
  return kept;
}

/** The point at `length` along a line, clamped to its ends. */
export const pointAt = (points: readonly Point[], length: number): Point =>
  cutAt(points, length).at(-1) ?? { x: 0, y: 0 };

/** For the `points` attribute of an SVG polyline. */
export const pointsText = (points: readonly Point[]): string =>
  points.map(({ x, y }) => `${Math.round(x * 100) / 100},${Math.round(y * 100) / 100}`).join(' ');

/** A cubic Bézier curve as `pieces` straight segments, without its start. */
export function curve(from: Point, a: Point, b: Point, to: Point, pieces: number): readonly Point[] {
  return Array.from({ length: pieces }, (_, at) => {
    const t = (at + 1) / pieces;
    const u = 1 - t;
    const mix = (p: number, q: number, r: number, s: number): number =>
      u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
    return { x: mix(from.x, a.x, b.x, to.x), y: mix(from.y, a.y, b.y, to.y) };
  });
}

/** The part of a line between two lengths; empty where there is none. */
export function partOf(points: readonly Point[], from: number, to: number): readonly Point[] {
  if (to <= from) return [];
  const start = pointAt(points, from);
  const head = cutAt(points, from).length - 1;
  return [start, ...cutAt(points, to).slice(Math.max(1, head))];
}
