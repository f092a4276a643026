import { access } from '../access.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import { executeDisable, firstStageBit, firstStageMasks, isCanonical } from '../formats/first-stage.ts';
import { canBeLarge, tableIndex } from '../formats/second-stage.ts';
import type { ReservedMasks } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { DeviceTable } from './device-table.ts';
import { event, flag } from './events.ts';
import type { Features } from './features.ts';
import type { HostWalk } from './host-walk.ts';
import { WalkOutcome } from './walk-outcome.ts';

const spacePresent = 1;

/**
 * The walk of a guest's tables, version 2 (AMD 48882 2.2.6 [recall]; Linux drivers/iommu/amd/io_pgtable_v2.c): the table of
 * address spaces that GCR3 names (one to three levels by PASID), then x86-64 tables. Each of these addresses is one of the
 * guest's where the entry has host tables too. Answers an event code, 0 for none.
 */
export class GuestWalk extends WalkOutcome {
  private readonly memory: PhysicalMemory;
  private readonly host: HostWalk;
  private readonly noExecute: boolean;
  private readonly masks: ReservedMasks;
  private atHi = 0;
  private atLo = 0;

  constructor(memory: PhysicalMemory, features: Features, host: HostWalk) {
    super();
    this.memory = memory;
    this.host = host;
    this.noExecute = features.noExecute;
    // An address in a guest entry may be as wide as the format.
    this.masks = firstStageMasks(52, true);
  }

  /** Translates to an address of the guest where there are host tables, else to one of memory. */
  walk(entry: DeviceTable, pasid: number, hi: number, lo: number, wanted: number, watch: Watch | null): number {
    this.flags = 0;
    const levels = entry.guestLevels;
    const root = this.findSpace(entry, pasid, watch);
    if (root !== event.none) return root;
    // 2. The address must be canonical [recall].
    if (!isCanonical(levels, hi)) {
      watch?.decided('amd-guest-not-canonical', levels === 5 ? 57 : 48, 0, 0);
      return event.pageFault;
    }
    const asks = (wanted & access.translationRequest) !== 0;
    const writes = !asks && (wanted & access.write) !== 0;
    const executes = (wanted & access.execute) !== 0;
    const user = (wanted & access.privileged) === 0;
    let tableHi = this.outHi;
    let tableLo = this.outLo;
    let common: number = firstStageBit.write;
    for (let level = levels; ; level--) {
      // 3. Fetch the entry of this level, through the host's tables where there are any.
      const guestLo = tableLo | (tableIndex(level, hi, lo) << 3);
      const located = this.locate(entry, tableHi, guestLo, access.read, watch);
      if (located !== event.none) return located;
      const failure = this.memory.readQuad(this.atHi, this.atLo);
      this.reads++;
      if (failure !== 0) {
        watch?.readPaging('amd-guest-unreadable', level, this.atHi, this.atLo, 0, 0);
        return this.fail(this.atHi, this.atLo, failure);
      }
      const entryHi = this.memory.outHi;
      const entryLo = this.memory.outLo;
      const large = canBeLarge(level) && (entryLo & firstStageBit.large) !== 0;
      const leaf = large || level === 1;
      common &= entryLo;
      // 4. Present; reserved; user, write, execute.
      if ((entryLo & firstStageBit.present) === 0) {
        watch?.readPaging('amd-guest-not-present', level, this.atHi, this.atLo, entryHi, entryLo);
        return event.pageFault;
      }
      if (this.isReserved(level, large, entryHi, entryLo)) {
        this.flags = flag.present | flag.reserved;
        watch?.readPaging('amd-guest-reserved', level, this.atHi, this.atLo, entryHi, entryLo);
        return event.pageFault;
      }
      const refused =
        (user && (entryLo & firstStageBit.user) === 0) ||
        (writes && (entryLo & firstStageBit.write) === 0) ||
        (executes && (entryHi & executeDisable) !== 0);
      if (refused) {
        this.flags = flag.present | flag.permission;
        watch?.readPaging('amd-guest-forbidden', level, this.atHi, this.atLo, entryHi, entryLo);
        return event.pageFault;
      }
      // 5. A at every level, D at the leaf of a write.
      const marked = entryLo | firstStageBit.accessed | (leaf && writes ? firstStageBit.dirty : 0);
      const unmarked = this.mark(entry, tableHi, guestLo, entryHi, entryLo, marked);
      if (unmarked !== event.none) {
        watch?.readPaging('amd-guest-mark-failed', level, this.atHi, this.atLo, entryHi, entryLo);
        return unmarked;
      }
      watch?.readPaging(
        leaf ? 'amd-guest-is-leaf' : 'amd-guest-leads-down',
        level,
        this.atHi,
        this.atLo,
        entryHi,
        marked,
      );
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
      if (!leaf) continue;
      this.outBits = 3 + 9 * level;
      this.outHi = tableHi & ~lowMaskHi(this.outBits);
      this.outLo = tableLo & ~lowMaskLo(this.outBits);
      this.outRights = access.read | ((common & firstStageBit.write) !== 0 ? access.write : 0);
      this.outDirty = (marked & firstStageBit.dirty) !== 0;
      return event.none;
    }
  }

  /** 1. The guest's top table for an address space, into `outHi` and `outLo`. */
  private findSpace(entry: DeviceTable, pasid: number, watch: Watch | null): number {
    const levels = entry.spaceLevels;
    let tableHi = entry.spacesHi;
    let tableLo = entry.spacesLo;
    if (pasid >= 512 ** levels) {
      watch?.decided('amd-pasid-beyond-table', pasid, 512 ** levels, 0);
      return event.pageFault;
    }
    for (let level = levels; level >= 1; level--) {
      const guestLo = tableLo | (((pasid >>> (9 * (level - 1))) & 511) << 3);
      const located = this.locate(entry, tableHi, guestLo, access.read, watch);
      if (located !== event.none) return located;
      const failure = this.memory.readQuad(this.atHi, this.atLo);
      this.reads++;
      if (failure !== 0) {
        watch?.readPaging('amd-guest-space-unreadable', level, this.atHi, this.atLo, 0, 0);
        return this.fail(this.atHi, this.atLo, failure);
      }
      const { outHi, outLo } = this.memory;
      const present = (outLo & spacePresent) !== 0;
      watch?.readPaging(
        present ? 'amd-guest-space-found' : 'amd-guest-space-absent',
        level,
        this.atHi,
        this.atLo,
        outHi,
        outLo,
      );
      if (!present) return event.pageFault;
      tableHi = outHi & 0xfffff;
      tableLo = outLo & ~0xfff;
    }
    this.outHi = tableHi;
    this.outLo = tableLo;
    return event.none;
  }

  private isReserved(level: number, large: boolean, hi: number, lo: number): boolean {
    const { masks } = this;
    const bits = large
      ? (hi & (masks.largeHi[level] ?? 0)) | (lo & (masks.largeLo[level] ?? 0))
      : (hi & (masks.hi[level] ?? 0)) | (lo & (masks.lo[level] ?? 0));
    return bits !== 0 || (!this.noExecute && (hi & executeDisable) !== 0);
  }

  /** Where a guest address lies in memory; the host's fault is this walk's. */
  private locate(entry: DeviceTable, hi: number, lo: number, kind: number, watch: Watch | null): number {
    this.atHi = hi;
    this.atLo = lo;
    if (entry.mode === 0) return event.none;
    const { host } = this;
    const code = host.walk(entry.rootHi, entry.rootLo, entry.mode, hi, lo, kind, entry.marks, watch);
    if (code !== event.none) {
      this.flags = host.flags;
      this.errorHi = host.errorHi;
      this.errorLo = host.errorLo;
      return code;
    }
    this.atHi = host.outHi | (hi & lowMaskHi(host.outBits));
    this.atLo = host.outLo | (lo & lowMaskLo(host.outBits));
    return event.none;
  }

  private mark(entry: DeviceTable, guestHi: number, guestLo: number, hi: number, lo: number, marked: number): number {
    if (marked === lo) return event.none;
    // The mark is a write: the host's tables must allow it, and note it where they keep dirty bits.
    if (entry.mode !== 0) {
      const located = this.locate(entry, guestHi, guestLo, access.write, null);
      if (located !== event.none) return located;
    }
    const failure = this.memory.writeQuad(this.atHi, this.atLo, hi, marked);
    return failure === 0 ? event.none : this.fail(this.atHi, this.atLo, failure);
  }
}
