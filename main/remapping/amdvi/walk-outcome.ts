import { event, hardwareTypeShift } from './events.ts';

/** What a walk leaves, through the host's tables or a guest's: the page and its rights, or what an event says. */
export class WalkOutcome {
  outHi = 0;
  outLo = 0;
  /** address bits inside the page: 12 for 4 KiB */
  outBits = 12;
  /** read 1, write 2: what every level grants */
  outRights = 0;
  /** D of the leaf is set, or is not asked for */
  outDirty = false;
  flags = 0;
  /** where the unit's own access failed */
  errorHi = 0;
  errorLo = 0;
  reads = 0;

  /** The unit's own access at this address failed, with this status of memory. */
  protected fail(hi: number, lo: number, failure: number): number {
    this.errorHi = hi;
    this.errorLo = lo;
    this.flags = failure << hardwareTypeShift;
    return event.pageTableError;
  }
}
