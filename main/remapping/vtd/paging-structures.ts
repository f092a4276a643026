import { PagingStructureCache } from '../caches/paging-structure-cache.ts';
import { canBeLarge, entryBit, tableIndex } from '../formats/second-stage.ts';
import type { ReservedMasks } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { DecisionCode } from '../trace-codes.ts';
import type { Watch } from '../watch.ts';

/**
 * Walks that begin below the top, at what the paging-structure caches remember of the upper levels (VT-d 6.2.5 [recall]).
 * They give an answer only where it is one that the tables gave at one moment: the entry is remembered with the moment at
 * which it and all above it were true, and every table read below it must not have been written since. Whatever is not
 * plainly granted is left to the walk from the top, so no fault ever comes from these caches.
 */
export class PagingStructures {
  readonly cache: PagingStructureCache;
  lookups = 0;
  hits = 0;
  /** entries read by the last walk that began below the top */
  reads = 0;
  /** after `resume`: the table that was remembered, and the level of the entries in it */
  fromHi = 0;
  fromLo = 0;
  fromLevel = 0;
  /** the leaf, its level, and the bits that all entries have */
  leafHi = 0;
  leafLo = 0;
  leafLevel = 0;
  granted = 0;
  private readonly memory: PhysicalMemory;
  /** the translation that the walk is for: fields, since an object for each would be rubbish */
  private domain = 0;
  private space = 0;
  private levels = 0;
  private hi = 0;
  private lo = 0;

  constructor(memory: PhysicalMemory, entries: number) {
    this.memory = memory;
    this.cache = new PagingStructureCache(entries);
  }

  /** Not where accesses are made to fail: these read past that. */
  get on(): boolean {
    return this.cache.entries !== 0 && this.memory.inject === null;
  }

  /**
   * Names the translation: `space` as in the IOTLB, `hi` without the sign bits above 56, an address that the levels reach.
   */
  begin(domain: number, space: number, levels: number, hi: number, lo: number): void {
    this.domain = domain;
    this.space = space;
    this.levels = levels;
    this.hi = hi;
    this.lo = lo;
  }

  /** `needed`: bits that every entry must have; `leafNeeded`: those that the leaf must. */
  resume(masks: ReservedMasks, upperReserved: number, needed: number, leafNeeded: number): boolean {
    const { cache, domain, space, levels, hi, lo } = this;
    this.lookups++;
    for (let level = 2; level <= levels; level++) {
      const entry = cache.find(level, domain, space, hi, lo);
      if (entry < 0) continue;
      const found = this.descend(entry, level, masks, upperReserved, needed, leafNeeded);
      if (found) this.hits++;
      return found;
    }
    return false;
  }

  private descend(
    entry: number,
    level: number,
    masks: ReservedMasks,
    upperReserved: number,
    needed: number,
    leafNeeded: number,
  ): boolean {
    const { cache, memory, domain, space, hi, lo } = this;
    const stamp = cache.stampOf(entry);
    let granted = cache.grantedOf(entry);
    let tableHi = cache.tableHiOf(entry);
    let tableLo = cache.tableLoOf(entry);
    this.fromHi = tableHi;
    this.fromLo = tableLo;
    this.fromLevel = level - 1;
    for (let at = level - 1; ; at--) {
      const word = memory.entry(tableHi, tableLo, tableIndex(at, hi, lo));
      if (memory.writtenAt(word) > stamp) return false;
      const entryLo = memory.arena[word] ?? 0;
      const entryHi = memory.arena[word + 1] ?? 0;
      granted &= entryLo;
      const large = canBeLarge(at) && (entryLo & entryBit.large) !== 0;
      const reserved = (large ? masks.largeLo[at] : masks.lo[at]) ?? 0;
      if (((~granted & needed) | (entryHi & upperReserved) | (entryLo & reserved)) !== 0) return false;
      if (large || at === 1) {
        if ((entryLo & leafNeeded) !== leafNeeded) return false;
        this.reads = level - at;
        this.leafHi = entryHi;
        this.leafLo = entryLo;
        this.leafLevel = at;
        this.granted = granted;
        return true;
      }
      cache.keep(at, domain, space, hi, lo, entryHi, entryLo, granted, stamp);
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
    }
  }

  /** What the last `resume` found, and read on the way to the leaf. */
  tell(watch: Watch, leadsDown: DecisionCode, isLeaf: DecisionCode): void {
    const { memory, hi, lo } = this;
    let tableHi = this.fromHi;
    let tableLo = this.fromLo;
    watch.decided('paging-cache-hit', this.domain, this.fromLevel, 0);
    for (let level = this.fromLevel; level >= this.leafLevel; level--) {
      const index = tableIndex(level, hi, lo);
      const word = memory.entry(tableHi, tableLo, index);
      const entryLo = memory.arena[word] ?? 0;
      const entryHi = memory.arena[word + 1] ?? 0;
      const code = level === this.leafLevel ? isLeaf : leadsDown;
      watch.readPaging(code, level, tableHi, tableLo | (index << 3), entryHi, entryLo);
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
    }
  }

  /** A walk from this top table has just found a leaf at this level: what led there is remembered as it is now. */
  remember(topHi: number, topLo: number, leafLevel: number): void {
    const { cache, memory, domain, space, levels, hi, lo } = this;
    const stamp = memory.writes;
    let granted = -1;
    let tableHi = topHi;
    let tableLo = topLo;
    for (let level = levels; level > leafLevel; level--) {
      const word = memory.entry(tableHi, tableLo, tableIndex(level, hi, lo));
      const entryLo = memory.arena[word] ?? 0;
      const entryHi = memory.arena[word + 1] ?? 0;
      granted &= entryLo;
      cache.keep(level, domain, space, hi, lo, entryHi, entryLo, granted, stamp);
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
    }
  }
}
