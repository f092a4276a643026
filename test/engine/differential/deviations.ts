import type { Difference } from './compare.ts';
import { queueStatus, reasonOf } from './outcome.ts';
import { devices } from './edu.ts';
import { isData, tables } from './world.ts';

/** A way in which QEMU is known to differ from the specification, or uses a freedom that it leaves. */
export interface Deviation {
  readonly name: string;
  readonly why: string;
  /** QEMU versions on which it was seen */
  readonly seenOn: readonly string[];
  /** both units are in the same state afterwards */
  readonly harmless: boolean;
  readonly explains: (difference: Difference) => boolean;
}

const seenOn = ['11.1.3'] as const;

/** Second-stage and structure faults of scalable mode: our reason (VT-d 7.1.3) and the legacy one that QEMU reports. */
const legacyReasons: Readonly<Record<number, readonly number[]>> = {
  0x38: [0x08],
  0x39: [0x01],
  0x3a: [0x0a],
  0x40: [0x09],
  0x41: [0x02],
  0x42: [0x0b],
  0x78: [0x07],
  0x79: [0x05, 0x06],
  0x7a: [0x0c],
  0x7b: [0x03],
  0x84: [0x04],
  0x85: [0x05],
  0x86: [0x06],
};

const only = (difference: Difference, ...fields: readonly string[]): boolean =>
  difference.fields.every((field) => fields.includes(field));

/** QEMU met a fault more, of which an older one in the record leaves nothing but PFO to see. */
const overflows = (difference: Difference): boolean =>
  only(difference, 'faultStatus') && difference.theirs.faultStatus === (difference.ours.faultStatus | 1);

/** The records differ in nothing but the reason. */
const sameButReason = ({ ours, theirs, fields }: Difference): boolean =>
  fields.length === 1 &&
  fields[0] === 'recordHigh' &&
  (ours.recordHigh & ~(0xffn << 32n)) === (theirs.recordHigh & ~(0xffn << 32n));

const reasons = ({ ours, theirs }: Difference): readonly [number, number] => [reasonOf(ours), reasonOf(theirs)];
const scalable = ({ world }: Difference): boolean => world.unit === 'first' || world.unit === 'second';

/** A quad in memory as the steps so far left it. */
function memoryAt({ world, ours }: Difference, at: number): bigint {
  let value = 0n;
  for (const step of world.steps.slice(0, ours.step)) if (step.do === 'poke' && step.at === at) value = step.value;
  return value;
}

/** The interrupt entry that a message names. */
function entryOf(difference: Difference): { low: bigint; high: bigint } | null {
  const { step } = difference;
  if (step.do !== 'message') return null;
  const handle = ((step.address >>> 5) & 0x7fff) | (((step.address >>> 2) & 1) << 15);
  const at = tables.start + (handle + (step.address & 8 ? step.data : 0)) * 16;
  return { low: memoryAt(difference, at), high: memoryAt(difference, at + 8) };
}

export const deviations: readonly Deviation[] = [
  {
    name: 'legacy-reasons-in-scalable-mode',
    why: 'QEMU reports root, context and second-stage faults of scalable mode with the reasons of legacy mode.',
    seenOn,
    harmless: true,
    explains: (difference) => {
      const [mine, other] = reasons(difference);
      return scalable(difference) && sameButReason(difference) && (legacyReasons[mine]?.includes(other) ?? false);
    },
  },
  {
    name: 'faults-collapse-by-requester',
    why: 'While a record is pending QEMU drops further faults of the same requester; we collapse only equal faults, and overflow otherwise. Both are allowed.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const { ours, theirs, before, step } = difference;
      const source = step.do === 'poke' || step.do === 'register' ? -1 : (devices[step.device]?.requester ?? -1);
      return (
        only(difference, 'faultStatus') &&
        ours.faultStatus === (theirs.faultStatus | 1) &&
        before !== null &&
        (theirs.recordHigh & 0xffffn) === BigInt(source)
      );
    },
  },
  {
    name: 'compatibility-format-delivered',
    why: 'QEMU delivers interrupts of compatibility format with IRES=1 and CFIS=0; the specification blocks them with 25h.',
    seenOn,
    harmless: false,
    explains: ({ step, ours, theirs }) =>
      step.do === 'message' && (step.address & 0x10) === 0 && ours.delivered === null && theirs.delivered !== null,
  },
  {
    name: 'reserved-source-check-is-26h',
    why: 'SVT=3 is a reserved encoding: 24h; QEMU reports a failed source check, 26h.',
    seenOn,
    harmless: true,
    explains: (difference) => {
      const [mine, other] = reasons(difference);
      const entry = entryOf(difference);
      return (
        sameButReason(difference) &&
        mine === 0x24 &&
        other === 0x26 &&
        entry !== null &&
        ((entry.high >> 18n) & 3n) === 3n
      );
    },
  },
  {
    name: 'bus-range-reversed',
    why: 'SVT=2: QEMU takes SID[15:8] as the last bus and SID[7:0] as the first; Linux programs them the other way round.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const entry = entryOf(difference);
      const { ours, theirs, step } = difference;
      if (entry === null || step.do !== 'message' || ((entry.high >> 18n) & 3n) !== 2n) return false;
      const bus = BigInt(devices[step.device]?.requester ?? 0) >> 8n;
      const [high, low] = [(entry.high >> 8n) & 0xffn, entry.high & 0xffn];
      const forward = bus >= high && bus <= low;
      const reversed = bus >= low && bus <= high;
      return forward === (ours.delivered !== null) && reversed === (theirs.delivered !== null) && forward !== reversed;
    },
  },
  {
    name: 'destination-truncated',
    why: 'The processor of the test machine has an xAPIC: QEMU shows the low byte of a 32-bit destination.',
    seenOn,
    harmless: true,
    explains: (difference) => {
      const [destination = '', ...rest] = difference.ours.delivered?.split(' ') ?? [];
      return (
        only(difference, 'delivered') &&
        Number(destination) > 255 &&
        [Number(destination) & 0xff, ...rest].join(' ') === difference.theirs.delivered
      );
    },
  },
  {
    name: 'cached-forbidden-is-silent',
    why: 'A request that a cached translation forbids is blocked by QEMU without a fault record; the specification logs it like any other.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const { ours, theirs, before } = difference;
      // Ours has a record more, or where an older one still stands, an overflow.
      const silent =
        (theirs.faultStatus & ~queueStatus) === 0 ||
        (only(difference, 'faultStatus') && ours.faultStatus === (theirs.faultStatus | 1));
      return (
        only(difference, 'faultStatus', 'recordLow', 'recordHigh') &&
        ours.reached === null &&
        theirs.reached === null &&
        silent &&
        before !== null &&
        [0x05, 0x06, 0x79, 0x85, 0x86].includes(ours.reason)
      );
    },
  },
  {
    name: 'pasid-structures-not-checked',
    why: 'QEMU looks at no reserved bit of PASID directory and PASID-table entries; the specification has 52h and 5Ah.',
    seenOn,
    harmless: false,
    explains: (difference) => refusals(difference).some((reason) => [0x52, 0x5a].includes(reason)),
  },
  {
    name: 'both-root-halves-checked',
    why: 'In scalable mode QEMU looks for reserved bits in both halves of a root entry, also in the one that the request does not use.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const { step, theirs } = difference;
      if (!scalable(difference) || step.do !== 'dma') return false;
      if (reasonOf(theirs) !== 0x0a && !overflows(difference)) return false;
      const source = devices[step.device]?.requester ?? 0;
      const other = tables.start + (source >> 8) * 16 + (source & 0x80 ? 0 : 8);
      return (memoryAt(difference, other) & (0xffen | (0xffffn << 48n))) !== 0n;
    },
  },
  {
    name: 'message-address-bits-ignored',
    why: 'Bits 1:0 of a remappable message address are reserved: 20h; QEMU ignores them.',
    seenOn,
    harmless: false,
    explains: ({ step, ours }) => step.do === 'message' && (step.address & 3) !== 0 && ours.reason === 0x20,
  },
  {
    name: 'posted-entry-delivered',
    why: 'Without CAP.PI bit 15 of an interrupt entry is reserved: 24h; QEMU takes a posted entry for a remapped one.',
    seenOn,
    harmless: false,
    explains: (difference) =>
      difference.ours.reason === 0x24 && ((entryOf(difference)?.low ?? 0n) & (1n << 15n)) !== 0n,
  },
  {
    name: 'context-reserved-not-silenced',
    why: 'QEMU leaves 0Bh out of the faults that FPD silences, although the entry that says FPD has been fetched.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const { ours, theirs } = difference;
      const records = reasonOf(ours) === 0 && reasonOf(theirs) === 0x0b;
      return [0x0b, 0x42].includes(ours.reason) && (records || overflows(difference));
    },
  },
  {
    name: 'no-interrupt-entry-cache',
    why: 'QEMU reads the interrupt table for every request: an edited entry counts at once, without invalidation.',
    seenOn,
    harmless: false,
    explains: ({ step, world, ours }) => step.do === 'message' && editedWithoutInvalidation(world.steps, ours.step),
  },
  {
    name: 'interrupt-destination-not-checked',
    why: 'Without EIME only bits 15:8 of DST may be set, the others are reserved: 24h; QEMU does not look.',
    seenOn,
    harmless: false,
    explains: (difference) =>
      difference.ours.reason === 0x24 && ((entryOf(difference)?.low ?? 0n) & (0xffff00ffn << 32n)) !== 0n,
  },
  {
    name: 'delivery-mode-not-checked',
    why: 'Delivery modes 3 and 6 are reserved: 24h; QEMU does not look.',
    seenOn,
    harmless: false,
    explains: (difference) =>
      difference.ours.reason === 0x24 && [3n, 6n].includes(((entryOf(difference)?.low ?? 0n) >> 5n) & 7n),
  },
  {
    name: 'pasid-entry-not-silenced',
    why: 'QEMU reports 59h and 5Bh although the PASID-table entry or its directory entry says FPD=1: it looks at the FPD of the context entry alone there.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const { ours, theirs } = difference;
      const records = reasonOf(ours) === 0 && [0x59, 0x5b].includes(reasonOf(theirs));
      return [0x59, 0x5b].includes(ours.reason) && (records || overflows(difference));
    },
  },
  {
    name: 'pasid-entry-type-before-present',
    why: 'Of a PASID-table entry with P=0 nothing else means anything: 59h. QEMU looks at PGTT first and says 5Bh (vtd_get_pe_in_pasid_leaf_table).',
    seenOn,
    harmless: true,
    explains: (difference) => {
      const [mine, other] = reasons(difference);
      return scalable(difference) && sameButReason(difference) && mine === 0x59 && other === 0x5b;
    },
  },
  {
    name: 'pasid-entry-checked-with-context',
    why: 'QEMU judges the PASID-table entry when it caches the context entry; one that has changed since is used without another look, even with P=0.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const { world, step, ours } = difference;
      const earlier = world.steps.slice(0, ours.step);
      return (
        refusals(difference).some((reason) => reason >= 0x59 && reason <= 0x5b) &&
        earlier.some((one) => one.do === 'dma' && step.do === 'dma' && one.device === step.device)
      );
    },
  },
  {
    name: 'execute-disable-not-reserved',
    why: 'With NXE=0 bit 63 of a first-stage entry is reserved: 72h; QEMU does not look.',
    seenOn,
    harmless: false,
    explains: (difference) =>
      refusals(difference).includes(0x72) &&
      difference.world.steps.some((step) => step.do === 'poke' && step.value >> 63n === 1n),
  },
  {
    name: 'first-stage-width-by-second-stage-field',
    why: 'QEMU takes the width of a first-stage address from AW, which is about the second stage; FSPM says it.',
    seenOn,
    harmless: false,
    explains: (difference) =>
      difference.world.unit === 'first' &&
      (reasonOf(difference.theirs) === 0x80 || refusals(difference).includes(0x80) || silenced(difference)) &&
      difference.world.steps.some((step) => step.do === 'poke' && isFirstStage(step.value)),
  },
  {
    name: 'stale-in-another-way',
    why: 'QEMU keeps translations by requester and page, looked up before the context entry, decides pass-through when translation is switched on, and remembers no entry that leads to a table; the specification tags by domain and has paging-structure caches. Where software has not invalidated, both are stale, each in its way.',
    seenOn,
    harmless: false,
    explains: (difference) => {
      const answers = new Set(difference.past());
      if (answers.size > 1) return couldBe(difference) && couldBe(difference, difference.theirs);
      // Blocked then and now: for another reason, or silenced by an entry that has changed.
      const known = [...difference.pastReasons()];
      if (difference.step.do !== 'dma' || !known.includes(difference.ours.reason)) return false;
      const other = reasonOf(difference.theirs);
      const knownOther = known.some((reason) => reason === other || (legacyReasons[reason]?.includes(other) ?? false));
      if (sameButReason(difference)) return knownOther;
      const silence = difference.pastSilences().size > 1 && only(difference, 'faultStatus', 'recordLow', 'recordHigh');
      // A record that stands from before says nothing of this request.
      return silence && (knownOther || other === 0 || only(difference, 'faultStatus'));
    },
  },
];

/** Is an answer one that a unit may give while software has not announced what it changed? By default our own. */
function couldBe({ step, past, ours }: Difference, { reached } = ours): boolean {
  if (step.do !== 'dma') return false;
  const answers = past().map((address) => (address === null ? null : Number(address)));
  const lost = answers.some((address) => address === null || !isData(address));
  return reached === null || reached === -1 ? lost : answers.includes(reached);
}

/**
 * Why we refuse the request: as we did, and as the tables say now where what we did is what a cache may still hold. QEMU may
 * have come to the tables already, and there have gone past what it does not check.
 */
function refusals(difference: Difference): readonly number[] {
  const { reason } = difference.ours;
  if (difference.step.do !== 'dma') return [reason];
  return couldBe(difference) ? [reason, difference.coldReason()] : [reason];
}

/** QEMU blocked what we let pass, and FPD may be why it says nothing. */
const silenced = ({ ours, theirs, pastSilences }: Difference): boolean =>
  ours.reached !== null &&
  theirs.reached === null &&
  theirs.faultStatus === ours.faultStatus &&
  pastSilences().has(true);

/** P=1, PGTT=1 and an AW that is not four levels. */
const isFirstStage = (value: bigint): boolean => (value & 0x1c1n) === 0x41n && ((value >> 2n) & 7n) !== 2n;

/** Did the last change of memory come after the last invalidation of interrupt entries? */
function editedWithoutInvalidation(steps: Difference['world']['steps'], at: number): boolean {
  let dirty = false;
  for (const step of steps.slice(0, at)) {
    if (step.do === 'poke' && step.at >= 0x200000) dirty = true;
    if (step.do === 'poke' && step.at < 0x200000 && (step.value & 0x1fn) === 4n) dirty = false;
  }
  return dirty;
}
