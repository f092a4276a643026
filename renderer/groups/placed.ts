import type { Leaf } from './forest.ts';

/** How a function is drawn. */
export type Form = 'tab' | 'card' | 'mini' | 'bridge-chip' | 'function-chip' | 'unit';

/** A function at its place in the drawing: `x` left edge, `y` centre, in pixels. */
export interface Placed {
  readonly leaf: Leaf;
  readonly form: Form;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** index of its row */
  readonly row: number;
}
