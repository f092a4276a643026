import { KeyedCache } from '../caches/keyed-cache.ts';
import { bitsOf } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Features } from './features.ts';
import { register } from './registers.ts';

const entryBytes = 32;
/** Words of a cached entry: four quads, and whether it has reported a page fault. */
const payload = 9;
const reportedAt = 8;

/** What is wrong with an entry, before any table is walked. */
export const entryProblem = { none: 0, reserved: 1, level: 2 } as const;

/** Why an entry could not be had. */
export const found = { entry: 0, beyond: 1, unreadable: 2 } as const;

/** IntCtl, bits 189:188. */
export const interruptControl = { abort: 0, pass: 1, remap: 2, reserved: 3 } as const;

/**
 * The device table and the cache in front of it (AMD 48882 2.2.2.1; Linux amd_iommu_types.h DTE_*, DEV_ENTRY_*). After
 * `find` the entry's eight words are in `words`, lowest first; its fields are the getters.
 */
export class DeviceTable {
  readonly words = new Int32Array(8);
  readonly cache: KeyedCache;
  lookups = 0;
  hits = 0;
  /** address of the entry, and the status of its failed read */
  atHi = 0;
  atLo = 0;
  failure = 0;
  /** what is wrong with the entry's lower half, while V=1; one of `entryProblem` */
  problem = 0;
  private readonly memory: PhysicalMemory;
  private readonly registers: RegisterFile;
  private readonly features: Features;
  private readonly reservedLo: number;
  private readonly reservedHi: number;
  private readonly reservedUpperHi: number;
  /** requester whose cached entry is in `words`, its place in the cache, and the cache's generation then */
  private held = -1;
  private heldAt = -1;
  private heldGeneration = 0;

  constructor(memory: PhysicalMemory, registers: RegisterFile, features: Features, entries: number) {
    this.memory = memory;
    this.registers = registers;
    this.features = features;
    this.cache = new KeyedCache(entries, payload);
    const { hostAccessed, pageRequests, guestIo, guestTranslation } = features;
    // Bits 6:2 always; HAD 8:7 without its feature.
    this.reservedLo = 0x7c | (hostAccessed ? 0 : 0x180);
    // 63 always; PPR 52, GPRP 53, GIOV 54, GV 55, GLX 57:56 and GCR3 60:58 without their features.
    this.reservedHi =
      (1 << 31) | (pageRequests ? 0 : 3 << 20) | (guestIo ? 0 : 1 << 22) | (guestTranslation ? 0 : 0x3f << 23);
    // 117:116; guest paging mode 119:118 without guest translation.
    this.reservedUpperHi = (3 << 20) | (guestTranslation ? 0 : 3 << 22);
  }

  private word(index: number): number {
    return this.words[index] ?? 0;
  }
  private bit(index: number): boolean {
    return ((this.word(index >>> 5) >>> (index & 31)) & 1) === 1;
  }
  get valid(): boolean {
    return this.bit(0);
  }
  get translationValid(): boolean {
    return this.bit(1);
  }
  /** HAD: 0 none, 1 accessed, 3 accessed and dirty */
  get marks(): number {
    return (this.word(0) >>> 7) & 3;
  }
  /** levels of the host's tables; 0: the address is used as it is */
  get mode(): number {
    return (this.word(0) >>> 9) & 7;
  }
  get rootHi(): number {
    return this.word(1) & 0xfffff;
  }
  get rootLo(): number {
    return this.word(0) & ~0xfff;
  }
  get pageRequests(): boolean {
    return this.bit(52);
  }
  /** requests without an address space use number 0 of the guest table */
  get guestIo(): boolean {
    return this.bit(54);
  }
  get guestTranslation(): boolean {
    return this.bit(55);
  }
  /** levels of the table of address spaces: 1 to 3 */
  get spaceLevels(): number {
    return ((this.word(1) >>> 24) & 3) + 1;
  }
  /** GCR3 is in three pieces: 60:58 are its 14:12, 95:80 its 30:15, 127:107 its 51:31. */
  get spacesLo(): number {
    const low = bitsOf(this.word(1), this.word(0), 60, 58) << 12;
    const middle = ((this.word(2) >>> 16) & 0xffff) << 15;
    return low | middle | ((this.word(3) >>> 11) << 31);
  }
  get spacesHi(): number {
    return (this.word(3) >>> 12) & 0xfffff;
  }
  /** read 1, write 2 */
  get rights(): number {
    return (this.word(1) >>> 29) & 3;
  }
  get domain(): number {
    return this.word(2) & 0xffff;
  }
  get deviceCacheAllowed(): boolean {
    return this.bit(96);
  }
  /** SE: only the first page fault of the entry is logged [recall]; SA: none is */
  get quietAfterFirst(): boolean {
    return this.bit(97);
  }
  get quiet(): boolean {
    return this.bit(98);
  }
  get excluded(): boolean {
    return this.bit(103);
  }
  get interruptsValid(): boolean {
    return this.bit(128);
  }
  /** IntTabLen: 2^n entries; above 11 reserved */
  get interruptLength(): number {
    return (this.word(4) >>> 1) & 0xf;
  }
  /** IG: interrupts that are not mapped are not logged */
  get ignoresUnmapped(): boolean {
    return this.bit(133);
  }
  get interruptTableHi(): number {
    return this.word(5) & 0xfffff;
  }
  get interruptTableLo(): number {
    return this.word(4) & ~0x3f;
  }
  get guestLevels(): number {
    return 4 + ((this.word(5) >>> 22) & 1);
  }
  get initPasses(): boolean {
    return this.bit(184);
  }
  get externalPasses(): boolean {
    return this.bit(185);
  }
  get nmiPasses(): boolean {
    return this.bit(186);
  }
  get interruptControl(): number {
    return (this.word(5) >>> 28) & 3;
  }

  /** One of `found`. `interrupt`: the upper half is what it is about. */
  find(source: number, watch: Watch | null, interrupt = false): number {
    this.lookups++;
    // The same requester again, and nothing forgotten or filled since: the words still hold its entry.
    if (watch === null && source === this.held && this.cache.generation === this.heldGeneration) {
      this.hits++;
      return found.entry;
    }
    this.held = -1;
    const cached = this.cache.find(source);
    if (cached >= 0) {
      this.hits++;
      for (let word = 0; word < 8; word++) this.words[word] = this.cache.words[cached + word] ?? 0;
      this.hold(source, cached);
      this.problem = entryProblem.none;
      if (watch !== null) watch.decided('amd-device-entry-cached', this.domain, 0, 0);
      return found.entry;
    }
    watch?.decided('amd-device-entry-miss', 0, 0, 0);
    return this.read(source, watch, interrupt);
  }

  private hold(source: number, at: number): void {
    this.held = source;
    this.heldAt = at;
    this.heldGeneration = this.cache.generation;
  }

  private read(source: number, watch: Watch | null, interrupt: boolean): number {
    const { registers, memory, words } = this;
    const base = registers.read(register.DEV_TABLE);
    // 1. The table has (size + 1) * 4 KiB, 128 entries each.
    if (source >= ((base & 0x1ff) + 1) * (4096 / entryBytes)) {
      words.fill(0);
      watch?.decided('amd-device-beyond-table', source, ((base & 0x1ff) + 1) * (4096 / entryBytes), 0);
      return found.beyond;
    }
    // 2. All 32 bytes.
    const lo = ((base & ~0xfff) >>> 0) + source * entryBytes;
    this.atHi = (registers.read(register.DEV_TABLE + 4) & 0xfffff) + Math.floor(lo / 2 ** 32);
    this.atLo = lo | 0;
    for (let quad = 0; quad < 4; quad++) {
      this.failure = memory.readQuad(this.atHi, this.atLo + quad * 8);
      if (this.failure !== 0) {
        words.fill(0);
        watch?.readWide('amd-device-entry-unreadable', this.atHi, this.atLo, words);
        return found.unreadable;
      }
      words[quad * 2] = memory.outLo;
      words[quad * 2 + 1] = memory.outHi;
    }
    // 3. Entries that are valid and well formed are kept; V=0 is no entry, and looked up each time.
    this.problem = this.valid ? this.judge() : entryProblem.none;
    if (this.valid && this.problem === entryProblem.none) {
      const at = this.cache.place(source);
      for (let word = 0; word < 8; word++) this.cache.words[at + word] = words[word] ?? 0;
      this.cache.words[at + reportedAt] = 0;
      this.hold(source, at);
    }
    watch?.readWide(interrupt ? 'amd-device-entry-interrupts' : this.readCode(), this.atHi, this.atLo, words);
    return found.entry;
  }

  private readCode() {
    if (!this.valid) return 'amd-device-entry-not-valid' as const;
    const { problem } = this;
    if (problem === entryProblem.reserved) return 'amd-device-entry-malformed' as const;
    if (problem === entryProblem.level) return 'amd-device-entry-wrong-levels' as const;
    return this.mode === 0 ? ('amd-device-entry-passes' as const) : ('amd-device-entry-translates' as const);
  }

  /** Bits 127:0, which count while V=1. */
  private judge(): number {
    const { features } = this;
    // 1. Reserved bits, among them the fields of features that the unit lacks (QEMU AMDVI_DTE_QUAD0_RESERVED, VirtualBox
    //    IOMMU_DTE_QWORD_*_VALID_MASK).
    if ((this.word(0) & this.reservedLo) !== 0 || (this.word(1) & this.reservedHi) !== 0) return entryProblem.reserved;
    if ((this.word(3) & (1 << 10)) !== 0) return entryProblem.reserved;
    if (!features.guestTranslation && (this.word(2) >>> 16 !== 0 || this.word(3) >>> 11 !== 0))
      return entryProblem.reserved;
    if (this.marks === 2 || (this.marks === 3 && !features.hostDirty)) return entryProblem.reserved;
    // 2. Levels that the unit cannot walk, and Mode 7. VirtualBox reports the latter as a page fault and says that the
    //    specification leaves it open.
    if (this.mode > features.hostLevels) return entryProblem.level;
    if (!this.guestTranslation) return entryProblem.none;
    if (this.spaceLevels > features.spaceLevels || ((this.word(5) >>> 22) & 3) > (features.guestLevels5 ? 1 : 0))
      return entryProblem.level;
    return entryProblem.none;
  }

  /** Bits 255:128, which count while IV=1 (QEMU AMDVI_DTE_QUAD2_RESERVED, AMDVI_DTE_QUAD3_RESERVED). */
  interruptProblem(): number {
    if ((this.word(5) & this.reservedUpperHi) !== 0) return entryProblem.reserved;
    if ((this.word(6) & 0x7fff) !== 0 || (this.word(7) & 0x3f0000) !== 0) return entryProblem.reserved;
    return entryProblem.none;
  }

  /** May a page fault of this entry be logged? Notes that one was. */
  mayReport(): boolean {
    if (this.quiet) return false;
    if (!this.quietAfterFirst || this.heldAt < 0 || this.held < 0) return true;
    const reported = this.cache.words[this.heldAt + reportedAt] === 1;
    this.cache.words[this.heldAt + reportedAt] = 1;
    return !reported;
  }

  forget(source: number): void {
    this.cache.drop((key) => key === source);
  }
}
