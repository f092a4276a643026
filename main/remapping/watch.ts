import type { DecisionCode } from './trace-codes.ts';

/**
 * Who follows a transaction through the engine, step by step. The engine calls it where one is set, and is the same
 * code without: the walk that is shown is the walk that runs. Numbers only, so that following costs no allocation here.
 */
export interface Watch {
  /** A decision that read no memory; up to three numbers, whose meaning belongs to the decision (see record/recorder.ts). */
  decided(code: DecisionCode, a: number, b: number, c: number): void;
  /** A 64-bit paging entry at this level and address; `readable` false when the read failed. */
  readPaging(code: DecisionCode, level: number, atHi: number, atLo: number, hi: number, lo: number): void;
  /** A 128-bit entry: high quad first. */
  readEntry(
    code: DecisionCode,
    atHi: number,
    atLo: number,
    highHi: number,
    highLo: number,
    lowHi: number,
    lowLo: number,
  ): void;
  /** A 256-bit entry: eight words, lowest first; only good until the call returns. */
  readWide(code: DecisionCode, atHi: number, atLo: number, words: Int32Array): void;
}
