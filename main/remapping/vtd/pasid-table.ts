import { PasidCache } from '../caches/pasid-cache.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';

/** PGTT, bits 8:6 of a PASID-table entry. */
export const translationStage = { first: 1, second: 2, nested: 3, passThrough: 4 } as const;

const present = 1;
const quads = 8;
/** Words that are kept: quads 0 to 2, and whether FPD was found on the way. */
const payload = 7;

/**
 * PASID directory and PASID table, and the PASID cache in front (VT-d 3.4.3, 9.5, 9.6). After `find` the first three quads of
 * the 64-byte entry are in `words`, low half first.
 */
export class PasidTable {
  readonly words = new Int32Array(quads * 2);
  faultProcessingDisabled = false;
  lookups = 0;
  hits = 0;
  readonly cache: PasidCache;
  private readonly memory: PhysicalMemory;
  private readonly capabilities: Capabilities;
  private readonly reservedHi: number;
  private readonly reservedLo: number;
  /** whose cached entry the words hold, its FPD, and the cache's generation then */
  private heldSource = -1;
  private heldPasid = -1;
  private heldSilent = false;
  private heldGeneration = 0;

  constructor(memory: PhysicalMemory, capabilities: Capabilities, entries: number) {
    this.memory = memory;
    this.capabilities = capabilities;
    this.cache = new PasidCache(entries, payload);
    this.reservedHi = ~lowMaskHi(capabilities.hostWidth);
    this.reservedLo = ~lowMaskLo(capabilities.hostWidth);
  }

  private word(index: number): number {
    return this.words[index] ?? 0;
  }
  get domain(): number {
    return this.word(2) & 0xffff;
  }
  get stage(): number {
    return (this.word(0) >>> 6) & 7;
  }
  /** second stage: 3 to 5 */
  get secondLevels(): number {
    return ((this.word(0) >>> 2) & 7) + 2;
  }
  get secondAccessedDirty(): boolean {
    return (this.word(0) & (1 << 9)) !== 0;
  }
  get secondHi(): number {
    return this.word(1);
  }
  get secondLo(): number {
    return this.word(0) & ~0xfff;
  }
  /** first stage: SRE 0, ERE 1, FSPM 3:2, WPE 4, NXE 5, SMEP 6, EAFE 7 */
  get firstFlags(): number {
    return this.word(4) & 0xfff;
  }
  get firstHi(): number {
    return this.word(5);
  }
  get firstLo(): number {
    return this.word(4) & ~0xfff;
  }

  /** `directoryHi`, `directoryLo`: PASIDDIRPTR. The caller has checked that the directory reaches this PASID. */
  find(source: number, pasid: number, directoryHi: number, directoryLo: number, watch: Watch | null): number {
    this.lookups++;
    if (
      watch === null &&
      source === this.heldSource &&
      pasid === this.heldPasid &&
      this.cache.generation === this.heldGeneration
    ) {
      this.hits++;
      this.faultProcessingDisabled = this.heldSilent;
      return fault.none;
    }
    this.heldSource = -1;
    const cached = this.cache.find(source, pasid);
    if (cached >= 0) {
      this.hits++;
      for (let index = 0; index < 6; index++) this.words[index] = this.cache.words[cached + index] ?? 0;
      this.faultProcessingDisabled = this.cache.words[cached + 6] === 1;
      this.heldSource = source;
      this.heldPasid = pasid;
      this.heldGeneration = this.cache.generation;
      this.heldSilent = this.faultProcessingDisabled;
      watch?.decided('pasid-cache-hit', pasid, this.domain, 0);
      return fault.none;
    }
    watch?.decided('pasid-cache-miss', pasid, 0, 0);
    this.faultProcessingDisabled = false;
    const reason =
      this.readDirectory(pasid, directoryHi, directoryLo, watch) ||
      this.readEntry(pasid, this.word(1), this.word(0) & ~0xfff, watch);
    if (reason === fault.none) this.keep(source, pasid);
    return reason;
  }

  private keep(source: number, pasid: number): void {
    const at = this.cache.place(source, pasid, this.domain);
    for (let index = 0; index < 6; index++) this.cache.words[at + index] = this.word(index);
    this.cache.words[at + 6] = Number(this.faultProcessingDisabled);
  }

  /** Leaves the directory entry in the first quad. */
  private readDirectory(pasid: number, tableHi: number, tableLo: number, watch: Watch | null): number {
    const { memory } = this;
    // 1. Fetch 8 bytes at PASIDDIRPTR + (PASID >> 6) * 8; a directory of 2^14 entries may cross a 4 GiB line.
    const at = (tableLo >>> 0) + (pasid >>> 6) * 8;
    const atHi = tableHi + Math.floor(at / 2 ** 32);
    const atLo = at | 0;
    if (memory.readQuad(atHi, atLo) !== 0) {
      watch?.readEntry('pasid-directory-unreadable', atHi, atLo, 0, 0, 0, 0);
      return fault.directoryUnreadable;
    }
    const lo = memory.outLo;
    const hi = memory.outHi;
    this.words[0] = lo;
    this.words[1] = hi;
    // 2. P=0, then reserved: 11:2 and address bits beyond the host width.
    const absent = (lo & present) === 0;
    const reserved = (lo & (0xffc | this.reservedLo)) !== 0 || (hi & this.reservedHi) !== 0;
    watch?.readEntry(
      absent ? 'pasid-directory-not-present' : reserved ? 'pasid-directory-reserved' : 'pasid-directory-present',
      atHi,
      atLo,
      0,
      0,
      hi,
      lo,
    );
    if (absent) return fault.directoryNotPresent;
    if (reserved) return fault.directoryReserved;
    // 3. FPD silences what lies behind the entry; what is wrong with the entry itself only the context entry silences, in
    //    QEMU too (hw/i386/intel_iommu.c vtd_do_iommu_translate).
    this.faultProcessingDisabled = (lo & 2) !== 0;
    return fault.none;
  }

  private readEntry(pasid: number, tableHi: number, tableLo: number, watch: Watch | null): number {
    const { memory } = this;
    const atLo = tableLo | ((pasid & 63) << 6);
    // 1. Fetch 64 bytes at SMPTBLPTR + (PASID & 63) * 64.
    for (let quad = 0; quad < quads; quad++) {
      if (memory.readQuad(tableHi, atLo + quad * 8) !== 0) {
        watch?.readEntry('pasid-entry-unreadable', tableHi, atLo, 0, 0, 0, 0);
        return fault.pasidEntryUnreadable;
      }
      this.words[quad * 2] = memory.outLo;
      this.words[quad * 2 + 1] = memory.outHi;
    }
    this.faultProcessingDisabled ||= (this.word(0) & 2) !== 0;
    // 2. P=0, reserved fields, and what the unit does not offer.
    const reason = this.judge();
    watch?.readEntry(
      reason === fault.none
        ? 'pasid-entry-present'
        : reason === fault.pasidEntryNotPresent
          ? 'pasid-entry-not-present'
          : reason === fault.pasidEntryReserved
            ? 'pasid-entry-reserved'
            : 'pasid-entry-unsupported',
      tableHi,
      atLo,
      this.word(3),
      this.word(2),
      this.word(1),
      this.word(0),
    );
    return reason;
  }

  private judge(): number {
    const { capabilities, stage } = this;
    if ((this.word(0) & present) === 0) return fault.pasidEntryNotPresent;
    if (this.hasReserved(stage)) return fault.pasidEntryReserved;
    const first = stage === translationStage.first || stage === translationStage.nested;
    const second = stage === translationStage.second || stage === translationStage.nested;
    const offered =
      (stage === translationStage.passThrough && capabilities.passThrough) ||
      (stage === translationStage.first && capabilities.firstStage) ||
      (stage === translationStage.second && capabilities.secondStage) ||
      (stage === translationStage.nested && capabilities.nested);
    if (!offered) return fault.pasidEntryUnsupported;
    // FSPM: 00 four levels, 01 five where FS5LP offers them.
    const mode = (this.firstFlags >>> 2) & 3;
    if (first && mode !== 0 && !(mode === 1 && capabilities.firstStage5)) return fault.pasidEntryUnsupported;
    if (second && ((capabilities.adjustedWidths >>> ((this.word(0) >>> 2) & 7)) & 1) === 0)
      return fault.pasidEntryUnsupported;
    return fault.none;
  }

  /**
   * Reserved: 11:10; 86:80 and 95:94; 139:136; quads 3 to 7; address bits beyond the host width of the tables that are used
   * (in nested translation the first-stage pointer is a guest address); and SSADE, PWSNP, PGSNP, EAFE where the unit lacks them.
   */
  private hasReserved(stage: number): boolean {
    const { capabilities } = this;
    const second = stage === translationStage.second || stage === translationStage.nested;
    let reserved = this.word(0) & (0xc00 | (capabilities.secondAccessedDirty ? 0 : 1 << 9));
    reserved |= this.word(2) & (0xc07f0000 | (capabilities.snoopControl ? 0 : 1 << 24));
    reserved |= this.word(2) & (capabilities.pageWalkSnoop ? 0 : 1 << 23);
    reserved |= this.word(4) & (0xf00 | (capabilities.extendedAccessed ? 0 : 1 << 7));
    for (let index = 6; index < quads * 2; index++) reserved |= this.word(index);
    if (second) reserved |= (this.word(0) & this.reservedLo) | (this.word(1) & this.reservedHi);
    if (stage === translationStage.first)
      reserved |= (this.word(4) & this.reservedLo) | (this.word(5) & this.reservedHi);
    return reserved !== 0;
  }
}
