import { KeyedCache } from '../caches/keyed-cache.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';
import type { LatchedState } from './state.ts';

const present = 1;
const payload = 3;

/**
 * Root and context tables of scalable mode, and the context cache in front (VT-d 3.4.3, 9.2, 9.4). A bus has two context
 * tables, for devfn below and from 80h; an entry is 32 bytes. After `find` the entry is in `lowHi`, `lowLo`, `rid`.
 */
export class ScalableContextTable {
  lowHi = 0;
  lowLo = 0;
  /** bits 31:0 of the second quad: RID_PASID 19:0, RID_PRIV 20 */
  rid = 0;
  faultProcessingDisabled = false;
  lookups = 0;
  hits = 0;
  readonly cache: KeyedCache;
  private readonly memory: PhysicalMemory;
  private readonly state: LatchedState;
  private readonly reservedHi: number;
  private readonly reservedLo: number;
  /** requester whose cached entry the fields hold, and the cache's generation then */
  private heldSource = -1;
  private heldGeneration = 0;

  constructor(memory: PhysicalMemory, capabilities: Capabilities, state: LatchedState, entries: number) {
    this.memory = memory;
    this.state = state;
    this.cache = new KeyedCache(entries, payload);
    this.reservedHi = ~lowMaskHi(capabilities.hostWidth);
    this.reservedLo = ~lowMaskLo(capabilities.hostWidth);
  }

  get deviceTlb(): boolean {
    return (this.lowLo & (1 << 2)) !== 0;
  }
  get pasidEnabled(): boolean {
    return (this.lowLo & (1 << 3)) !== 0;
  }
  get pageRequests(): boolean {
    return (this.lowLo & (1 << 4)) !== 0;
  }
  /** address spaces that the PASID directory reaches: 2^(PDTS+7) entries of 64 */
  get capacity(): number {
    return 1 << (((this.lowLo >>> 9) & 7) + 13);
  }

  /** The context entry of a requester; a fault reason, 0 for none. */
  find(source: number, watch: Watch | null): number {
    this.lookups++;
    if (watch === null && source === this.heldSource && this.cache.generation === this.heldGeneration) {
      this.hits++;
      this.faultProcessingDisabled = (this.lowLo & 2) !== 0;
      return fault.none;
    }
    this.heldSource = -1;
    const cached = this.cache.find(source);
    if (cached >= 0) {
      const { words } = this.cache;
      this.hits++;
      this.heldSource = source;
      this.heldGeneration = this.cache.generation;
      this.lowLo = words[cached] ?? 0;
      this.lowHi = words[cached + 1] ?? 0;
      this.rid = words[cached + 2] ?? 0;
      this.faultProcessingDisabled = (this.lowLo & 2) !== 0;
      watch?.decided('scalable-context-cache-hit', source, 0, 0);
      return fault.none;
    }
    watch?.decided('context-cache-miss', 0, 0, 0);
    this.faultProcessingDisabled = false;
    const reason = this.readRoot(source, watch) || this.readContext(source, watch);
    if (reason !== fault.none) return reason;
    const at = this.cache.place(source);
    this.cache.words[at] = this.lowLo;
    this.cache.words[at + 1] = this.lowHi;
    this.cache.words[at + 2] = this.rid;
    return fault.none;
  }

  /** The half of the root entry that devfn names: low quad below 80h, high quad from there. */
  private readRoot(source: number, watch: Watch | null): number {
    const { memory } = this;
    const atHi = this.state.rootHi;
    const atLo = this.state.rootLo | ((source >>> 8) << 4) | (source & 0x80 ? 8 : 0);
    // 1. Fetch the half.
    if (memory.readQuad(atHi, atLo) !== 0) {
      watch?.readEntry('root-unreadable', atHi, atLo, 0, 0, 0, 0);
      return fault.scalableRootUnreadable;
    }
    this.lowHi = memory.outHi;
    this.lowLo = memory.outLo;
    // 2. P=0 (LP or UP), then reserved: 11:1 and address bits beyond the host width.
    const absent = (this.lowLo & present) === 0;
    const reserved = (this.lowLo & (0xffe | this.reservedLo)) !== 0 || (this.lowHi & this.reservedHi) !== 0;
    watch?.readEntry(
      absent ? 'root-not-present' : reserved ? 'root-reserved' : 'root-entry-present',
      atHi,
      atLo,
      0,
      0,
      this.lowHi,
      this.lowLo,
    );
    if (absent) return fault.scalableRootNotPresent;
    return reserved ? fault.scalableRootReserved : fault.none;
  }

  private readContext(source: number, watch: Watch | null): number {
    const { memory } = this;
    const atHi = this.lowHi;
    const atLo = (this.lowLo & ~0xfff) | ((source & 0x7f) << 5);
    // 1. Fetch the 32-byte entry at CTP + (devfn & 7Fh) * 32.
    let upper = 0;
    for (let quad = 3; quad >= 0; quad--) {
      if (memory.readQuad(atHi, atLo + quad * 8) !== 0) {
        watch?.readEntry('context-unreadable', atHi, atLo, 0, 0, 0, 0);
        return fault.scalableContextUnreadable;
      }
      // 255:85 are reserved.
      if (quad >= 2) upper |= memory.outLo | memory.outHi;
      if (quad === 1) {
        upper |= memory.outHi | (memory.outLo & ~0x1fffff);
        this.rid = memory.outLo & 0x1fffff;
      }
    }
    this.lowHi = memory.outHi;
    this.lowLo = memory.outLo;
    // 2. From here on FPD silences what is qualified.
    this.faultProcessingDisabled = (this.lowLo & 2) !== 0;
    // 3. P=0, then reserved: 8:5, address bits beyond the host width, and the upper quads. DTE, PASIDE and PRE that the
    //    unit lacks have no effect, as in QEMU; VT-d 9.4 has hardware treat them as reserved then.
    const absent = (this.lowLo & present) === 0;
    const reserved =
      upper !== 0 || (this.lowLo & (0x1e0 | this.reservedLo)) !== 0 || (this.lowHi & this.reservedHi) !== 0;
    watch?.readEntry(
      absent ? 'context-not-present' : reserved ? 'context-reserved' : 'scalable-context-present',
      atHi,
      atLo,
      0,
      this.rid,
      this.lowHi,
      this.lowLo,
    );
    if (absent) return fault.scalableContextNotPresent;
    return reserved ? fault.scalableContextReserved : fault.none;
  }

  /** FM as in the legacy table. An entry names no domain, so a device goes whatever domain was said. */
  dropDevice(source: number, functionMask: number): void {
    const mask = ~([0, 4, 6, 7][functionMask] ?? 0);
    this.cache.drop((key) => ((key ^ source) & mask) === 0);
  }
}
