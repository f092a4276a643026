import { access } from '../access.ts';
import { executeDisable, firstStageBit, firstStageMasks, isCanonical } from '../formats/first-stage.ts';
import { canBeLarge, entryBit, tableIndex } from '../formats/second-stage.ts';
import type { ReservedMasks } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';
import type { PagingStructures } from './paging-structures.ts';
import type { PasidTable } from './pasid-table.ts';
import { markedBy } from './second-stage-walk.ts';
import type { SecondStageWalk } from './second-stage-walk.ts';

/** First-stage flags of a PASID-table entry, as `PasidTable.firstFlags` has them. */
export const firstStageFlag = {
  supervisor: 1 << 0,
  execute: 1 << 1,
  fiveLevels: 1 << 2,
  writeProtect: 1 << 4,
  noExecute: 1 << 5,
  supervisorNoUserExecute: 1 << 6,
  extendedAccessed: 1 << 7,
} as const;

/** Requests that only the careful walk can judge. */
const notPlain = access.execute | access.privileged | access.translationRequest;

/** What every entry must have for a user request to pass where nothing is left to mark. */
const plainlyNeeded = (flags: number, writes: boolean): number =>
  firstStageBit.present |
  firstStageBit.user |
  firstStageBit.accessed |
  (writes ? firstStageBit.write : 0) |
  (flags & firstStageFlag.extendedAccessed ? firstStageBit.extendedAccessed : 0);

/**
 * The first-stage walk (VT-d 3.6): x86-64 tables, each of which lies at a guest address when nested. Order inside a level, as
 * QEMU has it: access error, present, user, write, execute, reserved, accessed and dirty. `walk` answers a fault reason.
 */
export class FirstStageWalk {
  outHi = 0;
  outLo = 0;
  /** 1, 2 or 3: a leaf of 4 KiB, 2 MiB or 1 GiB */
  outLevel = 0;
  /** read and write for this request's privilege */
  outPermissions = 0;
  /** every level is a user page */
  outUser = false;
  /** D of the leaf is set */
  outDirty = false;
  /** guest address of the table whose second stage failed; page of the request otherwise */
  faultHi = 0;
  faultLo = 0;
  reads = 0;
  private readonly memory: PhysicalMemory;
  private readonly masks: ReservedMasks;
  private readonly nestedMasks: ReservedMasks;
  private readonly secondStage: SecondStageWalk;
  private readonly structures: PagingStructures;
  private entryAtHi = 0;
  private entryAtLo = 0;
  private entryWritable = true;

  constructor(
    memory: PhysicalMemory,
    capabilities: Capabilities,
    secondStage: SecondStageWalk,
    structures: PagingStructures,
  ) {
    this.structures = structures;
    this.memory = memory;
    this.secondStage = secondStage;
    this.masks = firstStageMasks(capabilities.hostWidth, capabilities.firstStage1G);
    // A guest address may be as wide as the format: what the second stage cannot reach is 74h, not reserved.
    this.nestedMasks = firstStageMasks(52, capabilities.firstStage1G);
  }

  /**
   * `space`: of the address, as in the IOTLB. `privileged`: a supervisor request that the entry's SRE let through. A nested
   * walk goes from the top: what leads to its tables changes with the second stage too.
   */
  walk(
    entry: PasidTable,
    nested: boolean,
    space: number,
    privileged: boolean,
    hi: number,
    lo: number,
    wanted: number,
    watch: Watch | null,
  ): number {
    const { structures } = this;
    const levels = entry.firstFlags & firstStageFlag.fiveLevels ? 5 : 4;
    if (nested || !structures.on || !isCanonical(levels, hi))
      return this.walkFromTop(entry, nested, privileged, hi, lo, wanted, watch);
    structures.begin(entry.domain, space, levels, hi & 0x1ffffff, lo);
    if (!privileged && (wanted & notPlain) === 0 && this.resume(entry, hi, lo, wanted)) {
      if (watch !== null) structures.tell(watch, 'first-stage-leads-down', 'first-stage-is-leaf');
      return fault.none;
    }
    const reason = this.walkFromTop(entry, nested, privileged, hi, lo, wanted, watch);
    if (reason === fault.none) structures.remember(entry.firstHi, entry.firstLo, this.outLevel);
    return reason;
  }

  private resume(entry: PasidTable, hi: number, lo: number, wanted: number): boolean {
    const { structures, masks } = this;
    const { firstFlags } = entry;
    const writes = (wanted & access.write) !== 0;
    const upper = (masks.hi[1] ?? 0) | (firstFlags & firstStageFlag.noExecute ? 0 : executeDisable);
    if (!structures.resume(masks, upper, plainlyNeeded(firstFlags, writes), writes ? firstStageBit.dirty : 0))
      return false;
    const { leafHi, leafLo, leafLevel, granted } = structures;
    this.faultHi = hi;
    this.faultLo = lo & ~0xfff;
    this.reads += structures.reads;
    this.outHi = leafHi & 0xfffff;
    // Bit 12 of a large page is PAT.
    this.outLo = leafLo & (leafLevel > 1 ? ~0x1fff : ~0xfff);
    this.outLevel = leafLevel;
    this.outUser = true;
    this.outPermissions = access.read | ((granted & firstStageBit.write) !== 0 ? access.write : 0);
    this.outDirty = (leafLo & firstStageBit.dirty) !== 0;
    return true;
  }

  private walkFromTop(
    entry: PasidTable,
    nested: boolean,
    privileged: boolean,
    hi: number,
    lo: number,
    wanted: number,
    watch: Watch | null,
  ): number {
    if (watch === null && !privileged && (wanted & notPlain) === 0 && this.secondStage.canBePlain)
      if (this.walkPlain(entry, nested, hi, lo, wanted)) return fault.none;
    const flags = entry.firstFlags;
    const levels = flags & firstStageFlag.fiveLevels ? 5 : 4;
    const masks = nested ? this.nestedMasks : this.masks;
    this.faultHi = hi;
    this.faultLo = lo & ~0xfff;
    // 1. The address must be canonical.
    if (!isCanonical(levels, hi)) {
      watch?.decided('first-stage-not-canonical', levels === 5 ? 57 : 48, 0, 0);
      return fault.notCanonical;
    }
    const asks = (wanted & access.translationRequest) !== 0;
    const writes = !asks && (wanted & access.write) !== 0;
    const executes = (wanted & access.execute) !== 0;
    let tableHi = entry.firstHi;
    let tableLo = entry.firstLo;
    let common: number = firstStageBit.write | firstStageBit.user;
    for (let level = levels; ; level--) {
      // 2. Fetch the entry of this level; when nested, through the second stage.
      const atLo = tableLo | (tableIndex(level, hi, lo) << 3);
      const located = nested ? this.locate(entry, tableHi, atLo, watch) : this.here(tableHi, atLo);
      if (located !== fault.none) return located;
      this.reads++;
      if (this.memory.readQuad(this.entryAtHi, this.entryAtLo) !== 0) {
        watch?.readPaging('first-stage-unreadable', level, this.entryAtHi, this.entryAtLo, 0, 0);
        return level === levels ? fault.firstTopUnreadable : fault.firstTableUnreadable;
      }
      const entryHi = this.memory.outHi;
      const entryLo = this.memory.outLo;
      common &= entryLo;
      const large = canBeLarge(level) && (entryLo & firstStageBit.large) !== 0;
      const leaf = large || level === 1;
      // 3. Present, user, write, execute, reserved: the first that fails is the fault.
      const forbidden = this.judge(entryHi, entryLo, flags, privileged, writes, executes, leaf, common, watch, level);
      if (forbidden !== fault.none) return forbidden;
      const reserved =
        (large
          ? (entryHi & (masks.largeHi[level] ?? 0)) | (entryLo & (masks.largeLo[level] ?? 0))
          : (entryHi & (masks.hi[level] ?? 0)) | (entryLo & (masks.lo[level] ?? 0))) |
        (flags & firstStageFlag.noExecute ? 0 : entryHi & executeDisable);
      if (reserved !== 0) {
        watch?.readPaging('first-stage-reserved', level, this.entryAtHi, this.entryAtLo, entryHi, entryLo);
        return fault.firstReserved;
      }
      // 4. A at every level, D at the leaf of a write, EA where EAFE asks for it.
      const marks =
        firstStageBit.accessed |
        (leaf && writes ? firstStageBit.dirty : 0) |
        (flags & firstStageFlag.extendedAccessed ? firstStageBit.extendedAccessed : 0);
      const marked = this.mark(entry, nested, tableHi, atLo, entryHi, entryLo, marks);
      if (marked !== fault.none) {
        watch?.readPaging('first-stage-mark-failed', level, this.entryAtHi, this.entryAtLo, entryHi, entryLo);
        return marked;
      }
      // 5. A leaf ends the walk; anything else names the next table.
      watch?.readPaging(
        leaf ? 'first-stage-is-leaf' : 'first-stage-leads-down',
        level,
        this.entryAtHi,
        this.entryAtLo,
        entryHi,
        entryLo | marks,
      );
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
      if (!leaf) continue;
      this.outHi = tableHi;
      // Bit 12 of a large page is PAT.
      this.outLo = large ? tableLo & ~0x1fff : tableLo;
      this.outLevel = level;
      this.outUser = (common & firstStageBit.user) !== 0;
      const mayWrite =
        (common & firstStageBit.write) !== 0 || (privileged && (flags & firstStageFlag.writeProtect) === 0);
      this.outPermissions = access.read | (mayWrite ? access.write : 0);
      this.outDirty = ((entryLo | marks) & firstStageBit.dirty) !== 0;
      return fault.none;
    }
  }

  /**
   * The same walk for a user request where every entry is in order and marked already; whatever is not is left to `walk`.
   * False: nothing was found, counted or changed. test/engine/properties.test.ts holds the two to the same answers.
   */
  private walkPlain(entry: PasidTable, nested: boolean, hi: number, lo: number, wanted: number): boolean {
    const { secondStage, memory } = this;
    const { arena } = memory;
    const flags = entry.firstFlags;
    const levels = flags & firstStageFlag.fiveLevels ? 5 : 4;
    if (!isCanonical(levels, hi)) return false;
    const masks = nested ? this.nestedMasks : this.masks;
    const writes = (wanted & access.write) !== 0;
    const needed = plainlyNeeded(flags, writes);
    const upper = (masks.hi[1] ?? 0) | (flags & firstStageFlag.noExecute ? 0 : executeDisable);
    const countedBefore = secondStage.reads;
    let tableHi = entry.firstHi | 0;
    let tableLo = entry.firstLo | 0;
    let common = firstStageBit.write | 0;
    let wrong = 0;
    let level = levels | 0;
    let entryLo: number;
    for (; ; level--) {
      let atHi = tableHi;
      let atLo = tableLo | (tableIndex(level, hi, lo) << 3);
      if (nested) {
        if (!secondStage.walkPlainFor(entry, atHi, atLo, access.read)) return this.notPlain(countedBefore);
        atHi = secondStage.outHi;
        atLo = secondStage.outLo | (atLo & secondStage.insideMask);
      }
      const at = memory.find(atHi, atLo);
      if (at < 0) return this.notPlain(countedBefore);
      entryLo = arena[at] ?? 0;
      const entryHi = arena[at + 1] ?? 0;
      common &= entryLo;
      wrong |= (~entryLo & needed) | (entryHi & upper);
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
      if (level === 1) {
        wrong |= entryLo & (masks.lo[1] ?? 0);
        break;
      }
      if ((entryLo & firstStageBit.large) !== 0 && level < 4) {
        wrong |= (entryHi & (masks.largeHi[level] ?? 0)) | (entryLo & (masks.largeLo[level] ?? 0));
        tableLo &= ~0x1fff;
        break;
      }
      wrong |= entryLo & (masks.lo[level] ?? 0);
      // A table that is not in order names nothing worth reading.
      if (wrong !== 0) return this.notPlain(countedBefore);
    }
    if (wrong !== 0 || (writes && (entryLo & firstStageBit.dirty) === 0)) return this.notPlain(countedBefore);
    this.faultHi = hi;
    this.faultLo = lo & ~0xfff;
    this.reads += levels - level + 1;
    this.outHi = tableHi;
    this.outLo = tableLo;
    this.outLevel = level;
    this.outUser = true;
    this.outPermissions = access.read | ((common & firstStageBit.write) !== 0 ? access.write : 0);
    this.outDirty = (entryLo & firstStageBit.dirty) !== 0;
    return true;
  }

  private notPlain(countedBefore: number): false {
    this.secondStage.reads = countedBefore;
    return false;
  }

  private judge(
    entryHi: number,
    entryLo: number,
    flags: number,
    privileged: boolean,
    writes: boolean,
    executes: boolean,
    leaf: boolean,
    common: number,
    watch: Watch | null,
    level: number,
  ): number {
    const refused = this.refusal(entryHi, entryLo, flags, privileged, writes, executes, leaf, common);
    if (refused === fault.none || watch === null) return refused;
    const code =
      refused === fault.firstNotPresent
        ? 'first-stage-not-present'
        : refused === fault.userRefused
          ? 'first-stage-user-refused'
          : refused === fault.scalableWriteForbidden
            ? 'first-stage-write-refused'
            : 'first-stage-execute-refused';
    watch.readPaging(code, level, this.entryAtHi, this.entryAtLo, entryHi, entryLo);
    return refused;
  }

  private refusal(
    entryHi: number,
    entryLo: number,
    flags: number,
    privileged: boolean,
    writes: boolean,
    executes: boolean,
    leaf: boolean,
    common: number,
  ): number {
    if ((entryLo & firstStageBit.present) === 0) return fault.firstNotPresent;
    // Requests without privilege are user requests; SMEP keeps privileged ones from executing user pages.
    if (!privileged && (entryLo & firstStageBit.user) === 0) return fault.userRefused;
    const smep = privileged && executes && leaf && (flags & firstStageFlag.supervisorNoUserExecute) !== 0;
    if (smep && (common & firstStageBit.user) !== 0) return fault.userRefused;
    // WPE=0: privileged writes ignore R/W.
    const guarded = !privileged || (flags & firstStageFlag.writeProtect) !== 0;
    if (writes && guarded && (entryLo & firstStageBit.write) === 0) return fault.scalableWriteForbidden;
    if (executes && (flags & firstStageFlag.noExecute) !== 0 && (entryHi & executeDisable) !== 0)
      return fault.executeRefused;
    return fault.none;
  }

  private here(hi: number, lo: number): number {
    this.entryAtHi = hi;
    this.entryAtLo = lo;
    this.entryWritable = true;
    return fault.none;
  }

  /** Where a first-stage entry at a guest address lies; the fault of its second stage names that guest page. */
  private locate(entry: PasidTable, guestHi: number, guestLo: number, watch: Watch | null, kind = access.read): number {
    const reason = this.throughSecond(entry, guestHi, guestLo, kind, watch);
    if (reason !== fault.none) {
      this.faultHi = guestHi;
      this.faultLo = guestLo & ~0xfff;
      return reason === fault.secondBeyondWidth ? fault.firstBeyondWidthNested : reason;
    }
    const { secondStage } = this;
    this.entryAtHi = secondStage.outHi;
    this.entryAtLo = secondStage.outLo | (guestLo & secondStage.insideMask);
    this.entryWritable = (secondStage.outPermissions & entryBit.write) !== 0;
    return fault.none;
  }

  /** The second stage of a nested translation, for a table or for the page itself. */
  throughSecond(entry: PasidTable, hi: number, lo: number, kind: number, watch: Watch | null): number {
    const { secondStage } = this;
    secondStage.marked = markedBy(entry.secondAccessedDirty);
    return secondStage.walkNested(entry, hi, lo, kind, watch);
  }

  private mark(
    entry: PasidTable,
    nested: boolean,
    tableHi: number,
    tableLo: number,
    entryHi: number,
    entryLo: number,
    marks: number,
  ): number {
    if ((entryLo & marks) === marks) return fault.none;
    if (nested && !this.entryWritable) {
      this.faultHi = tableHi;
      this.faultLo = tableLo & ~0xfff;
      return fault.nestedMarkForbidden;
    }
    // The write of the mark is a write for the second stage's own dirty bit.
    if (nested && entry.secondAccessedDirty) {
      const refused = this.locate(entry, tableHi, tableLo, null, access.write);
      if (refused !== fault.none) return refused;
    }
    return this.memory.writeQuad(this.entryAtHi, this.entryAtLo, entryHi, entryLo | marks) === 0
      ? fault.none
      : fault.markFailed;
  }
}
