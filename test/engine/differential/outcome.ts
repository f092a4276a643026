/** What can be seen of one request, and of the unit after it. */
export interface Outcome {
  /** index of the step */
  readonly step: number;
  /** DMA: the data address that was reached; null blocked; -1 somewhere that cannot be told apart */
  readonly reached: number | null;
  /** interrupt: destination, modes and vector as delivered; null blocked */
  readonly delivered: string | null;
  readonly faultStatus: number;
  /** of the one fault record: page or index, and the rest without what means nothing */
  readonly recordLow: bigint;
  readonly recordHigh: bigint;
  readonly queueHead: number;
  readonly globalStatus: number;
  /** what the last wait descriptor left in memory, and whether its event is pending (ICS) */
  readonly waited: number;
  readonly completion: number;
  /** DMA read: what came back, which tells where from */
  readonly word: number | null;
  /** why the engine blocked it, recorded or not; 0 where it passed, and for QEMU */
  readonly reason: number;
}

/** What only helps to tell the other fields. */
const notCompared: readonly (keyof Outcome)[] = ['step', 'word', 'reason'];

/** A record without F says nothing; without PP its PASID, PRIV and EXE say nothing. */
export function meaningful(low: bigint, high: bigint): { recordLow: bigint; recordHigh: bigint } {
  if (high >> 63n === 0n) return { recordLow: 0n, recordHigh: 0n };
  const hasPasid = ((high >> 31n) & 1n) === 1n;
  const ignored = hasPasid ? 0n : (0xfffffn << 40n) | (3n << 29n);
  return { recordLow: low & ~0xfffn, recordHigh: high & ~ignored };
}

export const reasonOf = (outcome: Outcome): number => Number((outcome.recordHigh >> 32n) & 0xffn);

/** FSTS: queue error, completion error, time-out. */
export const queueStatus = 0x70;

/**
 * Do they differ in what no request changes: the queue and its waits, the switches? A reason why a request was answered in
 * another way says nothing of these.
 */
export const differsBesideRequest = (ours: Outcome, theirs: Outcome): boolean =>
  ours.queueHead !== theirs.queueHead ||
  ours.waited !== theirs.waited ||
  ours.completion !== theirs.completion ||
  ours.globalStatus !== theirs.globalStatus ||
  ((ours.faultStatus ^ theirs.faultStatus) & queueStatus) !== 0;

/** The fields in which two outcomes differ. */
export function differing(ours: Outcome, theirs: Outcome): (keyof Outcome)[] {
  return (Object.keys(ours) as (keyof Outcome)[]).filter(
    (key) => !notCompared.includes(key) && ours[key] !== theirs[key],
  );
}
