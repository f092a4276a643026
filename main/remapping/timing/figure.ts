/**
 * How far a number can be trusted. `recall`: from memory of the paper, not checked against it. `stored`: read in a public
 * page that is named. `source`: read in source code. `assumed`: chosen, no source. `calibrated`: set so that one published
 * figure comes out, which `source` names; that figure is then no evidence for the model.
 */
export const standings = ['recall', 'stored', 'source', 'assumed', 'calibrated'] as const;
export type Standing = (typeof standings)[number];

export type Unit = 'ns' | 'cycles' | 'GHz' | 'entries' | 'per-second' | 'share' | 'bytes' | 'bits-per-second' | 'ms';

/** A number of the cost model, with where it is from. */
export interface Figure {
  readonly value: number;
  readonly unit: Unit;
  readonly standing: Standing;
  readonly source: string;
}
