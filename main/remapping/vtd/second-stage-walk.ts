import { access } from '../access.ts';
import { lowMaskLo } from '../core/quad.ts';
import { canBeLarge, entryBit, reservedMasks, tableIndex, widthOfLevels } from '../formats/second-stage.ts';
import type { ReservedMasks } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';

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
  /** 1, 2 or 3: a leaf of 4 KiB, 2 MiB or 1 GiB */
  outLevel = 0;
  /** R and W that every level grants */
  outPermissions = 0;
  /** the fault came from an entry with R=W=0 */
  notPresent = false;
  reads = 0;
  /** scalable mode with SSADE=1: accessed and dirty bits are set in the tables */
  marks = false;
  private readonly memory: PhysicalMemory;
  private readonly masks: ReservedMasks;
  private readonly guestWidth: number;
  private readonly beyondWidth: number;
  private readonly leadsDown: number;

  constructor(memory: PhysicalMemory, capabilities: Capabilities) {
    this.memory = memory;
    // QEMU and the specification let a unit with scalable mode ignore the snoop bit of a leaf.
    this.masks = reservedMasks({
      ...capabilities,
      snoopControl: capabilities.snoopControl || capabilities.scalableMode,
    });
    this.guestWidth = capabilities.guestWidth;
    this.beyondWidth = this.masks.hi[1] ?? 0;
    this.leadsDown = this.masks.lo[4] ?? 0;
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
      if (this.walkPlain(tableHi, tableLo, levels, hi, lo, wanted)) return fault.none;
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
      if (this.marks && !this.mark(tableHi, atLo, entryHi, entryLo, leaf && (needed & entryBit.write) !== 0)) {
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
    this.marks = entry.secondAccessedDirty;
    const found = this.walkPlain(entry.secondHi, entry.secondLo, entry.secondLevels, hi, lo, wanted);
    this.marks = false;
    return found;
  }

  /** Is no access made to fail? */
  get canBePlain(): boolean {
    return this.memory.inject === null;
  }

  /**
   * The same walk where every entry is plainly in order, which is nearly always: entries are read in place, and whatever is
   * not in order is left to `walk`. False: nothing was found, counted or changed. test/engine/properties.test.ts holds the
   * two to the same answers and counts.
   */
  walkPlain(tableHi: number, tableLo: number, levels: number, hi: number, lo: number, wanted: number): boolean {
    const { memory, masks } = this;
    const { arena } = memory;
    const width = 12 + 9 * levels;
    if (hi >>> ((width < this.guestWidth ? width : this.guestWidth) - 32) !== 0) return false;
    const marked = this.marks ? entryBit.accessed : 0;
    const needed = (wanted & readWrite) | marked;
    // The same at every level: address bits beyond the host width, and PS where it is not a large page.
    const beyondWidth = this.beyondWidth | 0;
    const leadsDown = this.leadsDown | 0;
    const upper = hi | 0;
    const lower = lo | 0;
    let nextHi = tableHi | 0;
    let nextLo = tableLo | 0;
    let permissions = readWrite | 0;
    let level = levels | 0;
    let wrong = 0;
    let entryLo: number;
    for (; ; level--) {
      const word = tableIndex(level, upper, lower) << 1;
      const at = memory.find(nextHi, nextLo | (word << 2));
      if (at < 0) return false;
      entryLo = arena[at] ?? 0;
      const entryHi = arena[(at + 1) | 0] ?? 0;
      permissions &= entryLo;
      nextHi = entryHi & 0xfffff;
      nextLo = entryLo & ~0xfff;
      wrong |= (~entryLo & needed) | (entryHi & beyondWidth);
      if (level === 1) {
        wrong |= entryLo & (masks.lo[1] ?? 0);
        break;
      }
      if ((entryLo & entryBit.large) !== 0 && level < 4) {
        wrong |= (entryHi & (masks.largeHi[level] ?? 0)) | (entryLo & (masks.largeLo[level] ?? 0));
        break;
      }
      wrong |= entryLo & leadsDown;
    }
    if (wrong !== 0) return false;
    if (marked !== 0 && (wanted & entryBit.write) !== 0 && (entryLo & entryBit.dirty) === 0) return false;
    if (nextHi === 0 && nextLo >>> 30 === 3) return false;
    this.notPresent = false;
    this.reads += levels - level + 1;
    this.outHi = nextHi;
    this.outLo = nextLo;
    this.outLevel = level;
    this.outPermissions = permissions;
    return true;
  }

  /** The same walk with the codes of scalable mode; set `marks` before. */
  walkScalable(
    tableHi: number,
    tableLo: number,
    levels: number,
    hi: number,
    lo: number,
    wanted: number,
    watch: Watch | null,
  ): number {
    const reason = this.walk(tableHi, tableLo, levels, hi, lo, wanted, watch, scalableCodes);
    this.marks = false;
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
    this.outLevel = level;
    this.outPermissions = permissions;
    const inside = lowMaskLo(3 + 9 * level);
    if (hi === 0 && (interruptRange & ~inside) >>> 0 <= lo >>> 0 && lo >>> 0 <= interruptRangeEnd >>> 0) {
      watch?.decided('output-is-interrupt-range', hi, lo, level);
      return codes.interruptRange;
    }
    if (watch !== null) watch.decided('output-is-memory', hi, lo, level);
    return fault.none;
  }
}
