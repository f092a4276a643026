import { access } from '../access.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import {
  addressHi,
  amdEntry,
  amdIndex,
  bitsAreClear,
  encodedSizeBits,
  leafEncodedSize,
  leafOwnSize,
  lowestBitOf,
  nextLevelOf,
  reservedInLeaf,
  reservedInTable,
  rightsShift,
} from '../formats/amd-v1.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import { event, flag } from './events.ts';
import { WalkOutcome } from './walk-outcome.ts';

const readWrite = access.read | access.write;

/** HAD: what the walk marks in the tables. */
export const marking = { none: 0, accessed: 1, dirty: 3 } as const;

/**
 * The walk of the host's tables, version 1 (AMD 48882 2.2.3). Order inside a level, as VirtualBox's
 * iommuAmdIoPageTableWalk has it: access error, present, reserved bits, rights, size of a leaf or order of levels, skipped
 * bits. `walk` answers an event code, 0 for none.
 */
export class HostWalk extends WalkOutcome {
  private readonly memory: PhysicalMemory;

  constructor(memory: PhysicalMemory) {
    super();
    this.memory = memory;
  }

  /** `rootHi`, `rootLo`: top table; `levels`: Mode, 1 to 6; `wanted`: access bits; `marks`: HAD. */
  walk(
    rootHi: number,
    rootLo: number,
    levels: number,
    hi: number,
    lo: number,
    wanted: number,
    marks: number,
    watch: Watch | null,
  ): number {
    this.flags = 0;
    // 1. Address bits above the top table must be 0: nothing describes them. Level 6 takes all 64.
    const width = lowestBitOf(levels + 1);
    if (width < 64 && (width < 32 ? hi !== 0 || lo >>> width !== 0 : hi >>> (width - 32) !== 0)) {
      watch?.decided('amd-address-beyond-levels', width, 0, 0);
      return event.pageFault;
    }
    if (watch !== null) watch.decided('amd-address-within-levels', width, 0, 0);
    const asks = (wanted & access.translationRequest) !== 0;
    const needed = wanted & readWrite;
    let tableHi = rootHi;
    let tableLo = rootLo;
    let rights = readWrite;
    for (let level = levels; ;) {
      // 2. Fetch the entry of this level.
      const atLo = tableLo | (amdIndex(level, hi, lo) << 3);
      this.reads++;
      const failure = this.memory.readQuad(tableHi, atLo);
      if (failure !== 0) {
        watch?.readPaging('amd-paging-unreadable', level, tableHi, atLo, 0, 0);
        return this.fail(tableHi, atLo, failure);
      }
      const entryHi = this.memory.outHi;
      const entryLo = this.memory.outLo;
      // 3. PR=0: not mapped.
      if ((entryLo & amdEntry.present) === 0) {
        watch?.readPaging('amd-paging-not-present', level, tableHi, atLo, entryHi, entryLo);
        return event.pageFault;
      }
      const next = nextLevelOf(entryLo);
      const leaf = next === leafOwnSize || next === leafEncodedSize;
      // 4. Reserved bits must be 0.
      if ((entryHi & (leaf ? reservedInLeaf : reservedInTable)) !== 0) {
        this.flags = flag.present | flag.reserved;
        watch?.readPaging('amd-paging-reserved', level, tableHi, atLo, entryHi, entryLo);
        return event.pageFault;
      }
      // 5. IR and IW of every level count; a translation request takes what is left of them.
      rights &= entryHi >>> rightsShift;
      if (asks ? rights === 0 : (rights & needed) !== needed) {
        this.flags = flag.present | flag.permission;
        watch?.readPaging('amd-paging-forbidden', level, tableHi, atLo, entryHi, entryLo);
        return event.pageFault;
      }
      // 6. A size that is this level's or lies between its and the next one's; a level that is lower than this.
      const bits = next === leafEncodedSize ? encodedSizeBits(entryHi, entryLo) : lowestBitOf(level);
      const wrongSize =
        next === leafEncodedSize && (bits <= lowestBitOf(level) || bits >= Math.min(53, lowestBitOf(level + 1)));
      if (wrongSize || (!leaf && next >= level)) {
        this.flags = flag.present;
        watch?.readPaging(
          leaf ? 'amd-paging-wrong-size' : 'amd-paging-wrong-level',
          level,
          tableHi,
          atLo,
          entryHi,
          entryLo,
        );
        return event.pageFault;
      }
      // 7. Where levels are skipped, their address bits must be 0.
      const skips = !leaf && next < level - 1;
      if (skips && !bitsAreClear(hi, lo, lowestBitOf(next + 1), lowestBitOf(level))) {
        this.flags = flag.present;
        watch?.readPaging('amd-paging-skipped-bits', level, tableHi, atLo, entryHi, entryLo);
        return event.pageFault;
      }
      // 8. Accessed at every level, dirty at the leaf of a write, where HAD asks for it.
      const dirties = leaf && marks === marking.dirty && !asks && (needed & access.write) !== 0;
      const marked = entryLo | (marks === marking.none ? 0 : amdEntry.accessed) | (dirties ? amdEntry.dirty : 0);
      if (marked !== entryLo) {
        const refused = this.memory.writeQuad(tableHi, atLo, entryHi, marked);
        if (refused !== 0) {
          watch?.readPaging('amd-paging-mark-failed', level, tableHi, atLo, entryHi, entryLo);
          return this.fail(tableHi, atLo, refused);
        }
      }
      if (watch !== null)
        watch.readPaging(
          leaf ? 'amd-paging-is-leaf' : skips ? 'amd-paging-skips-levels' : 'amd-paging-leads-down',
          level,
          tableHi,
          atLo,
          entryHi,
          marked,
        );
      if (leaf) {
        this.outHi = addressHi(entryHi) & ~lowMaskHi(bits);
        this.outLo = entryLo & ~0xfff & ~lowMaskLo(bits);
        this.outBits = bits;
        this.outRights = rights;
        this.outDirty = marks !== marking.dirty || (marked & amdEntry.dirty) !== 0;
        return event.none;
      }
      tableHi = addressHi(entryHi);
      tableLo = entryLo & ~0xfff;
      level = next;
    }
  }
}
