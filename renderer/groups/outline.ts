/** A stretch of a region: from `top` to `bottom`, `left` to `right`. Bands of one outline touch, top to bottom. */
export interface Band {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** How far the handles of a cubic curve reach along a quarter circle, in radii. */
const quarter = 0.5523;

type Point = readonly [x: number, y: number];

/** Corners of the union of stacked bands, clockwise from the top left. */
export function cornersOf(bands: readonly Band[]): readonly Point[] {
  const down: Point[] = [];
  const up: Point[] = [];
  for (const { left, right, top, bottom } of bands) {
    down.push([right, top], [right, bottom]);
    up.push([left, top], [left, bottom]);
  }
  return withoutStraight([...down, ...up.reverse()]);
}

/** Drops points that repeat, or that lie on the straight line between their neighbours. */
function withoutStraight(points: readonly Point[]): readonly Point[] {
  const distinct = points.filter((p, at) => {
    const [x, y] = points[(at + points.length - 1) % points.length] ?? p;
    return x !== p[0] || y !== p[1];
  });
  return distinct.filter((p, at) => {
    const before = distinct[(at + distinct.length - 1) % distinct.length] ?? p;
    const after = distinct[(at + 1) % distinct.length] ?? p;
    return !((before[0] === p[0] && p[0] === after[0]) || (before[1] === p[1] && p[1] === after[1]));
  });
}

/** One closed SVG path around stacked bands, every corner rounded by `radius` or as much as its sides allow. */
export function outlinePath(bands: readonly Band[], radius: number): string {
  const corners = cornersOf(bands);
  const steps: string[] = [];
  corners.forEach((corner, at) => {
    const before = corners[(at + corners.length - 1) % corners.length] ?? corner;
    const after = corners[(at + 1) % corners.length] ?? corner;
    const r = Math.min(radius, distance(before, corner) / 2, distance(corner, after) / 2);
    const from = towards(corner, before, r);
    const to = towards(corner, after, r);
    const round = r * quarter;
    const bends = [towards(from, corner, round), towards(to, corner, round), to].map(text).join(' ');
    steps.push(`${at === 0 ? 'M' : 'L'}${text(from)}C${bends}`);
  });
  return steps.length === 0 ? '' : `${steps.join('')}Z`;
}

const distance = (a: Point, b: Point): number => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]);
const sign = (value: number): number => (value > 0 ? 1 : value < 0 ? -1 : 0);
const towards = (from: Point, to: Point, by: number): Point => [
  from[0] + sign(to[0] - from[0]) * by,
  from[1] + sign(to[1] - from[1]) * by,
];
const text = ([x, y]: Point): string => `${cents(x)} ${cents(y)}`;
const cents = (value: number): number => Math.round(value * 100) / 100;
