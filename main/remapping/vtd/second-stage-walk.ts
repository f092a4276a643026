import { access } from '../access.ts';
import { grantOf, levelOfGrant, permissionsOfGrant, secondStageSpace } from '../caches/iotlb.ts';
import type { Iotlb } from '../caches/iotlb.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import { canBeLarge, entryBit, reservedMasks, tableIndex, widthOfLevels } from '../formats/second-stage.ts';
import type { ReservedMasks } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';
import type { PagingStructures } from './paging-structures.ts';

const readWrite = entryBit.read | entryBit.write;

/** What each failure is called: one set of codes in legacy mode, another in scalable mode (VT-d 7.1.3). */
const legacyCodes = {
  beyondWidth: fault.beyondWidth,
  topUnreadable: fault.contextUnsupported,
  unreadable: fault.tableUnreadable,
  absentWrite: fault.writeForbidden,
  absentRead: fault.readForbidden,
  write: fault.writeForbidden,
  read: fault.readForbidden,
  reserved: fault.pagingReserved,
  interruptRange: fault.outputInInterruptRange,
} as const;
const scalableCodes = {
  beyondWidth: fault.secondBeyondWidth,
  topUnreadable: fault.secondTopUnreadable,
  unreadable: fault.secondTableUnreadable,
  absentWrite: fault.secondForbidden,
  absentRead: fault.secondForbidden,
  write: fault.scalableWriteForbidden,
  read: fault.scalableReadForbidden,
  reserved: fault.secondReserved,
  interruptRange: fault.scalableInterruptRange,
} as const;
type FaultCodes = typeof legacyCodes | typeof scalableCodes;
const interruptRange = 0xfee00000 | 0;
const interruptRangeEnd = 0xfeefffff | 0;

/** What `marked` is with SSADE and without. */
export const markedBy = (accessedDirty: boolean): number => (accessedDirty ? entryBit.accessed : 0);

/** What a PASID-table entry says of its second stage. */
interface NestedEntry {
  readonly secondHi: number;
  readonly secondLo: number;
  readonly secondLevels: number;
  readonly secondAccessedDirty: boolean;
}

/**
 * The second-stage walk (VT-d 3.7). The order inside a level is observable and is this: access error, permission of this
 * entry, reserved bits (VT-d 7.1.3). Results are in the `out` fields; `walk` answers a fault reason, 0 for none.
 */
export class SecondStageWalk {
  outHi = 0;
  outLo = 0;
  /** level of the leaf, and R and W that every level grants */
  outGrant = 0;
  /** the fault came from an entry with R=W=0 */
  notPresent = false;
  reads = 0;
  /** the accessed bit in scalable mode with SSADE=1, where accessed and dirty bits are set in the tables; otherwise 0 */
  marked = 0;
  private readonly memory: PhysicalMemory;
  private readonly structures: PagingStructures;
  private readonly masks: ReservedMasks;
  private readonly guestWidth: number;
  /** by levels: address bits 63:32 that no walk of so many translates */
  private readonly beyondLevels = new Int32Array(6);
  private readonly beyondWidth: number;
  private readonly leadsDown: number;
  /** by level: bits 31:0 that a leaf must not have */
  private readonly plainLeafReserved: Int32Array;

  constructor(memory: PhysicalMemory, capabilities: Capabilities, structures: PagingStructures) {
    this.memory = memory;
    this.structures = structures;
    // QEMU and the specification let a unit with scalable mode ignore the snoop bit of a leaf.
    this.masks = reservedMasks({
      ...capabilities,
      snoopControl: capabilities.snoopControl || capabilities.scalableMode,
    });
    this.guestWidth = capabilities.guestWidth;
    this.beyondWidth = this.masks.hi[1] ?? 0;
    this.leadsDown = this.masks.lo[4] ?? 0;
    this.plainLeafReserved = this.masks.largeLo.slice();
    this.plainLeafReserved[1] = this.masks.lo[1] ?? 0;
    this.plainLeafReserved.fill(-1, 4);
    for (let levels = 3; levels <= 5; levels++)
      this.beyondLevels[levels] = ~lowMaskHi(Math.min(widthOfLevels(levels), this.guestWidth));
  }

  /** `tableHi`, `tableLo`: address of the top table; `wanted`: access bits. */
  walk(
    tableHi: number,
    tableLo: number,
    levels: number,
    hi: number,
    lo: number,
    wanted: number,
    watch: Watch | null,
    codes: FaultCodes = legacyCodes,
  ): number {
    if (watch === null && this.canBePlain && (wanted & access.translationRequest) === 0)
      if (this.walkPlain(tableHi, tableLo, levels, hi, lo, wanted, null) !== 0) return fault.none;
    const { memory, masks } = this;
    this.notPresent = false;
    // 1. The address must fit the width of the tables, and of the unit (MGAW).
    const width = Math.min(widthOfLevels(levels), this.guestWidth);
    if (hi >>> (width - 32) !== 0) {
      watch?.decided('address-beyond-width', width, 0, 0);
      return codes.beyondWidth;
    }
    if (watch !== null) watch.decided('address-within-width', width, 0, 0);
    const needed = wanted & readWrite;
    const anyWillDo = (wanted & access.translationRequest) !== 0;
    let permissions = readWrite;
    for (let level = levels; ; level--) {
      // 2. Fetch the entry of this level.
      const atLo = tableLo | (tableIndex(level, hi, lo) << 3);
      this.reads++;
      if (memory.readQuad(tableHi, atLo) !== 0) {
        const top = level === levels;
        watch?.readPaging(top ? 'top-table-unreadable' : 'table-unreadable', level, tableHi, atLo, 0, 0);
        return top ? codes.topUnreadable : codes.unreadable;
      }
      const entryHi = memory.outHi;
      const entryLo = memory.outLo;
      // 3. This entry must allow the request; R=W=0 is an entry that is not there.
      permissions &= entryLo;
      if (anyWillDo ? permissions === 0 : (entryLo & needed) !== needed) {
        this.notPresent = (entryLo & readWrite) === 0;
        const writeMissing = (needed & entryBit.write) !== 0 && (entryLo & entryBit.write) === 0;
        if (watch !== null)
          watch.readPaging(
            this.notPresent ? 'paging-not-present' : writeMissing ? 'write-not-allowed' : 'read-not-allowed',
            level,
            tableHi,
            atLo,
            entryHi,
            entryLo,
          );
        if (this.notPresent) return writeMissing ? codes.absentWrite : codes.absentRead;
        return writeMissing ? codes.write : codes.read;
      }
      // 4. Reserved bits must be 0.
      const large = canBeLarge(level) && (entryLo & entryBit.large) !== 0;
      const reserved = large
        ? (entryHi & (masks.largeHi[level] ?? 0)) | (entryLo & (masks.largeLo[level] ?? 0))
        : (entryHi & (masks.hi[level] ?? 0)) | (entryLo & (masks.lo[level] ?? 0));
      if (reserved !== 0) {
        watch?.readPaging('paging-reserved', level, tableHi, atLo, entryHi, entryLo);
        return codes.reserved;
      }
      const leaf = large || level === 1;
      // 5. Accessed at every level and dirty at the leaf of a write, where SSADE asks for it (scalable mode).
      if (this.marked !== 0 && !this.mark(tableHi, atLo, entryHi, entryLo, leaf && (needed & entryBit.write) !== 0)) {
        watch?.readPaging('table-unreadable', level, tableHi, atLo, entryHi, entryLo);
        return codes.unreadable;
      }
      // 6. A leaf ends the walk; anything else names the next table.
      if (watch !== null)
        watch.readPaging(
          leaf ? 'paging-entry-is-leaf' : 'paging-entry-leads-down',
          level,
          tableHi,
          atLo,
          entryHi,
          entryLo,
        );
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
      if (leaf) return this.leave(tableHi, tableLo, level, permissions, watch, codes);
    }
  }

  /** `walkPlain` for the second stage of a nested translation. */
  walkPlainFor(entry: NestedEntry, hi: number, lo: number, wanted: number): boolean {
    this.marked = markedBy(entry.secondAccessedDirty);
    const grant = this.walkPlain(entry.secondHi, entry.secondLo, entry.secondLevels, hi, lo, wanted, null);
    this.marked = 0;
    return grant !== 0;
  }

  /** 1, 2 or 3: a leaf of 4 KiB, 2 MiB or 1 GiB */
  get outLevel(): number {
    return levelOfGrant(this.outGrant);
  }
  /** R and W that every level grants */
  get outPermissions(): number {
    return permissionsOfGrant(this.outGrant);
  }

  /** Is no access made to fail? */
  get canBePlain(): boolean {
    return this.memory.inject === null;
  }

  /**
   * The same walk where every entry is plainly in order, which is nearly always: entries are read in place, and whatever is
   * not in order is left to `walk`. Answers the grant of the page (see caches/iotlb.ts), or 0: nothing was found, counted or
   * changed. `keeper`: takes a page of 4 KiB that it has just not found. Level by level and not in a loop, which costs a
   * fifth more. test/engine/properties.test.ts holds the two to the same answers and counts.
   */
  walkPlain(
    tableHi: number,
    tableLo: number,
    levels: number,
    hi: number,
    lo: number,
    wanted: number,
    keeper: Iotlb | null,
  ): number {
    if (hi !== 0 && (hi & (this.beyondLevels[levels] ?? 0)) !== 0) return 0;
    const { memory } = this;
    if (memory.inject !== null) return 0;
    const { arena } = memory;
    let entryHi = tableHi | 0;
    let entryLo = tableLo | 0;
    // What all entries have, what any has in its upper half, and what those that lead to a table have.
    let common = -1;
    let upper = 0;
    let leading = 0;
    if (levels > 3) {
      if (levels > 4) {
        const at = memory.entry(entryHi, entryLo, (hi >>> 16) & 511);
        entryLo = arena[at] ?? 0;
        entryHi = arena[(at + 1) | 0] ?? 0;
        common = entryLo;
        upper = entryHi;
        leading = entryLo;
      }
      const at = memory.entry(entryHi & 0xfffff, entryLo, (hi >>> 7) & 511);
      entryLo = arena[at] ?? 0;
      entryHi = arena[(at + 1) | 0] ?? 0;
      common &= entryLo;
      upper |= entryHi;
      leading |= entryLo;
    }
    let level = 3;
    let at = memory.entry(entryHi & 0xfffff, entryLo, ((lo >>> 30) | (hi << 2)) & 511);
    entryLo = arena[at] ?? 0;
    entryHi = arena[(at + 1) | 0] ?? 0;
    common &= entryLo;
    upper |= entryHi;
    if ((entryLo & entryBit.large) === 0) {
      leading |= entryLo;
      level = 2;
      at = memory.entry(entryHi & 0xfffff, entryLo, (lo >>> 21) & 511);
      entryLo = arena[at] ?? 0;
      entryHi = arena[(at + 1) | 0] ?? 0;
      common &= entryLo;
      upper |= entryHi;
      if ((entryLo & entryBit.large) === 0) {
        leading |= entryLo;
        level = 1;
        at = memory.entry(entryHi & 0xfffff, entryLo, (lo >>> 12) & 511);
        entryLo = arena[at] ?? 0;
        entryHi = arena[(at + 1) | 0] ?? 0;
        common &= entryLo;
        upper |= entryHi;
      }
    }
    const needed = (wanted & readWrite) | this.marked;
    const wrong = (~common & needed) | (upper & this.beyondWidth) | (leading & this.leadsDown);
    if ((wrong | (entryLo & (this.plainLeafReserved[level] ?? 0))) !== 0) return 0;
    if (this.marked !== 0 && (wanted & entryBit.write) !== 0 && (entryLo & entryBit.dirty) === 0) return 0;
    const nextHi = entryHi & 0xfffff;
    const nextLo = entryLo & ~0xfff;
    if (nextHi === 0 && nextLo >>> 30 === 3) return 0;
    this.reads += levels - level + 1;
    this.outHi = nextHi;
    this.outLo = nextLo;
    const grant = grantOf(level, common & readWrite);
    this.outGrant = grant;
    if (level === 1 && keeper !== null) keeper.addMissed(secondStageSpace, grant, nextHi, nextLo);
    return grant;
  }

  /**
   * The walk for a domain, from as far down as the paging-structure caches lead. Set `marked` before. A translation request
   * is walked from the top: any right will do for it.
   */
  walkIn(
    domain: number,
    tableHi: number,
    tableLo: number,
    levels: number,
    hi: number,
    lo: number,
    wanted: number,
    watch: Watch | null,
    codes: FaultCodes = legacyCodes,
  ): number {
    const { structures } = this;
    const reached = (hi & (this.beyondLevels[levels] ?? 0)) === 0;
    if (!structures.on || !reached || (wanted & access.translationRequest) !== 0)
      return this.walk(tableHi, tableLo, levels, hi, lo, wanted, watch, codes);
    structures.begin(domain, secondStageSpace, levels, hi, lo);
    if (this.resume(wanted)) {
      if (watch !== null) structures.tell(watch, 'paging-entry-leads-down', 'paging-entry-is-leaf');
      if (watch !== null) watch.decided('output-is-memory', this.outHi, this.outLo, this.outLevel);
      return fault.none;
    }
    const reason = this.walk(tableHi, tableLo, levels, hi, lo, wanted, watch, codes);
    if (reason === fault.none) structures.remember(tableHi, tableLo, this.outLevel);
    return reason;
  }

  private resume(wanted: number): boolean {
    const { structures, marked } = this;
    const needed = (wanted & readWrite) | marked;
    const dirty = marked !== 0 && (wanted & entryBit.write) !== 0 ? entryBit.dirty : 0;
    if (!structures.resume(this.masks, this.beyondWidth, needed, dirty)) return false;
    const { leafHi, leafLo } = structures;
    // Near FEEx_xxxx the walk from the top has to judge.
    if ((leafHi & 0xfffff) === 0 && leafLo >>> 30 === 3) return false;
    this.outHi = leafHi & 0xfffff;
    this.outLo = leafLo & ~0xfff;
    this.outGrant = grantOf(structures.leafLevel, structures.granted & readWrite);
    this.reads += structures.reads;
    return true;
  }

  /** `walkIn` with the codes of scalable mode. */
  walkScalable(
    domain: number,
    tableHi: number,
    tableLo: number,
    levels: number,
    hi: number,
    lo: number,
    wanted: number,
    watch: Watch | null,
  ): number {
    const reason = this.walkIn(domain, tableHi, tableLo, levels, hi, lo, wanted, watch, scalableCodes);
    this.marked = 0;
    return reason;
  }

  /** The second stage of a nested translation, from the top; set `marked` before. */
  walkNested(entry: NestedEntry, hi: number, lo: number, wanted: number, watch: Watch | null): number {
    const { secondHi, secondLo, secondLevels } = entry;
    const reason = this.walk(secondHi, secondLo, secondLevels, hi, lo, wanted, watch, scalableCodes);
    this.marked = 0;
    return reason;
  }

  /** Address bits inside the page that the last walk found. */
  get insideMask(): number {
    return (1 << (3 + 9 * this.outLevel)) - 1;
  }

  /** False where the entry could not be written. */
  private mark(atHi: number, atLo: number, entryHi: number, entryLo: number, dirty: boolean): boolean {
    const marked = entryLo | entryBit.accessed | (dirty ? entryBit.dirty : 0);
    return marked === entryLo || this.memory.writeQuad(atHi, atLo, entryHi, marked) === 0;
  }

  /** The output page, whole, must not touch FEEx_xxxx: a write there would be an interrupt. */
  private leave(
    hi: number,
    lo: number,
    level: number,
    permissions: number,
    watch: Watch | null,
    codes: FaultCodes,
  ): number {
    this.outHi = hi;
    this.outLo = lo;
    this.outGrant = grantOf(level, permissions & readWrite);
    const inside = lowMaskLo(3 + 9 * level);
    if (hi === 0 && (interruptRange & ~inside) >>> 0 <= lo >>> 0 && lo >>> 0 <= interruptRangeEnd >>> 0) {
      watch?.decided('output-is-interrupt-range', hi, lo, level);
      return codes.interruptRange;
    }
    if (watch !== null) watch.decided('output-is-memory', hi, lo, level);
    return fault.none;
  }
}
