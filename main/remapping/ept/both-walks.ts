import { access, noPasid } from '../access.ts';
import { eptBit } from '../formats/ept.ts';
import type { VtdUnit } from '../vtd/unit.ts';
import type { Watch } from '../watch.ts';
import type { EptResult, EptStep, EptWalk } from './ept-walk.ts';

/** One guest-physical address by both ways. */
export interface BothWalks {
  readonly processor: { readonly steps: readonly EptStep[]; readonly result: EptResult };
  readonly device: {
    /** entries that the unit read; empty where the IOTLB knew the page */
    readonly steps: readonly EptStep[];
    /** 0: reached */
    readonly reason: number;
    readonly hi: number;
    readonly lo: number;
  };
  /** both reach the same byte, or neither reaches any */
  readonly agree: boolean;
}

/**
 * Takes a guest-physical address through the processor's tables and through the unit, as a guest and its assigned device
 * do. The request is a real one: faults are recorded, caches filled.
 */
export function walkBoth(
  walk: EptWalk,
  unit: VtdUnit,
  requester: number,
  hi: number,
  lo: number,
  write: boolean,
): BothWalks {
  const result = walk.walk(hi, lo, write ? eptBit.write : eptBit.read);
  const steps: EptStep[] = [];
  const before = unit.watch;
  unit.watch = collecting(steps);
  const reason = unit.translate(requester, noPasid, hi, lo, write ? access.write : access.read);
  unit.watch = before;
  const { outHi, outLo } = unit.dma;
  const agree =
    result.kind === 'translated'
      ? reason === 0 && result.hi === outHi && (result.lo | 0) === (outLo | 0)
      : reason !== 0;
  return {
    processor: { steps: [...walk.steps], result },
    device: { steps, reason, hi: outHi, lo: outLo },
    agree,
  };
}

const collecting = (steps: EptStep[]): Watch => ({
  decided: () => undefined,
  readPaging: (_code, level, atHi, atLo, hi, lo) => {
    steps.push({ level, atHi, atLo, hi, lo });
  },
  readEntry: () => undefined,
  readWide: () => undefined,
});
