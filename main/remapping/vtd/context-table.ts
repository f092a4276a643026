import { KeyedCache } from '../caches/keyed-cache.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';
import type { LatchedState } from './state.ts';

/** TT, bits 3:2 of a legacy context entry. */
export const translationType = { secondStage: 0, withDeviceTlb: 1, passThrough: 2, reserved: 3 } as const;

const present = 1;
const faultProcessingDisable = 2;
/** Words of a cached entry: low quad, high quad. */
const payload = 4;

/**
 * Root and legacy context tables in memory, and the context cache in front (VT-d 3.4.2, 9.1, 9.3, 6.2.2). After `find`
 * the entry is in `lowHi`, `lowLo`, `highHi`, `highLo`.
 */
export class ContextTable {
  lowHi = 0;
  lowLo = 0;
  highHi = 0;
  highLo = 0;
  /** FPD of the entry that was fetched, whatever else is wrong with it */
  faultProcessingDisabled = false;
  readonly cache: KeyedCache;
  /** requests that were answered by what the fields hold, without a look into the cache */
  repeats = 0;
  private looked = 0;
  private found = 0;
  private readonly memory: PhysicalMemory;
  private readonly capabilities: Capabilities;
  private readonly state: LatchedState;
  private readonly reservedHi: number;
  private readonly reservedLo: number;
  /** requester whose cached entry the fields hold, and the cache's generation then */
  private heldSource = -1;
  /** its domain, and the table that its requests are walked from */
  heldDomain = 0;
  heldTableHi = 0;
  heldTableLo = 0;
  heldLevels = 0;
  private heldGeneration = 0;

  constructor(memory: PhysicalMemory, capabilities: Capabilities, state: LatchedState, entries: number) {
    this.memory = memory;
    this.capabilities = capabilities;
    this.state = state;
    this.cache = new KeyedCache(entries, payload);
    this.reservedHi = ~lowMaskHi(capabilities.hostWidth);
    this.reservedLo = ~lowMaskLo(capabilities.hostWidth);
  }

  get domain(): number {
    return (this.highLo >>> 8) & 0xffff;
  }
  get type(): number {
    return (this.lowLo >>> 2) & 3;
  }
  /** 3 to 5 */
  get levels(): number {
    return (this.highLo & 7) + 2;
  }

  get lookups(): number {
    return this.looked + this.repeats;
  }
  get hits(): number {
    return this.found + this.repeats;
  }

  /** Is the entry in the fields the cached one of this requester, with nothing changed since it was found? */
  holds(source: number): boolean {
    return source === this.heldSource && this.cache.generation === this.heldGeneration;
  }

  /** FPD of the entry in the fields. */
  judgeSilence(): void {
    this.faultProcessingDisabled = (this.lowLo & faultProcessingDisable) !== 0;
  }

  /** The context entry of a requester; a fault reason, 0 for none. */
  find(source: number, watch: Watch | null): number {
    this.looked++;
    // The same requester again, and nothing invalidated or filled since: the fields still hold its entry.
    if (watch === null && this.holds(source)) {
      this.found++;
      this.judgeSilence();
      return fault.none;
    }
    const cached = this.cache.find(source);
    this.heldSource = -1;
    if (cached >= 0) {
      this.heldSource = source;
      this.heldGeneration = this.cache.generation;
      const words = this.cache.words;
      this.found++;
      this.lowLo = words[cached] ?? 0;
      this.lowHi = words[cached + 1] ?? 0;
      this.highLo = words[cached + 2] ?? 0;
      this.highHi = words[cached + 3] ?? 0;
      this.heldDomain = this.domain;
      this.heldTableHi = this.lowHi;
      this.heldTableLo = this.lowLo & ~0xfff;
      this.heldLevels = this.levels;
      this.judgeSilence();
      if (watch !== null) watch.decided('context-cache-hit', this.domain, 0, 0);
      return fault.none;
    }
    watch?.decided('context-cache-miss', 0, 0, 0);
    this.faultProcessingDisabled = false;
    const reason = this.readRoot(source, watch) || this.readContext(source, watch);
    if (reason === fault.none) this.keep(source);
    return reason;
  }

  /** The root entry of the requester's bus; leaves the context table's address in `lowHi`, `lowLo`. */
  private readRoot(source: number, watch: Watch | null): number {
    const atHi = this.state.rootHi;
    const atLo = this.state.rootLo | ((source >>> 8) << 4);
    // 1. Fetch the 16-byte entry at RTA + bus * 16.
    if (!this.fetch(atHi, atLo)) {
      watch?.readEntry('root-unreadable', atHi, atLo, 0, 0, 0, 0);
      return fault.rootUnreadable;
    }
    const { lowHi, lowLo, highHi, highLo } = this;
    let reason: number = fault.none;
    // 2. P=0: the bus has no devices that may pass.
    if ((lowLo & present) === 0) reason = fault.rootNotPresent;
    // 3. Reserved: bits 11:1, address bits beyond the host width, the whole high quad.
    else if (
      (lowLo & (0xffe | this.reservedLo)) !== 0 ||
      (lowHi & this.reservedHi) !== 0 ||
      highHi !== 0 ||
      highLo !== 0
    )
      reason = fault.rootReserved;
    watch?.readEntry(
      reason === fault.none
        ? 'root-entry-present'
        : reason === fault.rootNotPresent
          ? 'root-not-present'
          : 'root-reserved',
      atHi,
      atLo,
      highHi,
      highLo,
      lowHi,
      lowLo,
    );
    return reason;
  }

  /** The context entry of device and function, in the table that the root entry just read names. */
  private readContext(source: number, watch: Watch | null): number {
    const atHi = this.lowHi;
    const atLo = (this.lowLo & ~0xfff) | ((source & 0xff) << 4);
    // 1. Fetch the 16-byte entry at CTP + devfn * 16.
    if (!this.fetch(atHi, atLo)) {
      watch?.readEntry('context-unreadable', atHi, atLo, 0, 0, 0, 0);
      return fault.contextUnreadable;
    }
    // 2. From here on FPD silences what is qualified, even where P=0.
    this.judgeSilence();
    const reason = this.judge();
    if (watch !== null) {
      const code =
        reason === fault.contextNotPresent
          ? 'context-not-present'
          : reason === fault.contextReserved
            ? 'context-reserved'
            : reason === fault.contextUnsupported
              ? 'context-unsupported'
              : this.type === translationType.passThrough
                ? 'context-entry-passes'
                : 'context-entry-translates';
      watch.readEntry(code, atHi, atLo, this.highHi, this.highLo, this.lowHi, this.lowLo);
    }
    return reason;
  }

  private judge(): number {
    const { capabilities } = this;
    // 3. P=0.
    if ((this.lowLo & present) === 0) return fault.contextNotPresent;
    // 4. Reserved: low 11:4 and address bits beyond the host width; high 7 and 63:24. Bits 6:3 of the high quad are ignored.
    if ((this.lowLo & (0xff0 | this.reservedLo)) !== 0 || (this.lowHi & this.reservedHi) !== 0)
      return fault.contextReserved;
    if ((this.highLo & 0xff000080) !== 0 || this.highHi !== 0) return fault.contextReserved;
    // 5. A translation type that is reserved or that this unit lacks.
    const type = this.type;
    if (type === translationType.reserved) return fault.contextUnsupported;
    if (type === translationType.passThrough && !capabilities.passThrough) return fault.contextUnsupported;
    if (type === translationType.withDeviceTlb && !capabilities.deviceTlb) return fault.contextUnsupported;
    // 6. An address width that SAGAW does not offer; looked at for pass-through too.
    if (((capabilities.adjustedWidths >>> (this.highLo & 7)) & 1) === 0) return fault.contextUnsupported;
    return fault.none;
  }

  private fetch(atHi: number, atLo: number): boolean {
    const { memory } = this;
    if (memory.readQuad(atHi, atLo) !== 0) return false;
    this.lowHi = memory.outHi;
    this.lowLo = memory.outLo;
    if (memory.readQuad(atHi, atLo + 8) !== 0) return false;
    this.highHi = memory.outHi;
    this.highLo = memory.outLo;
    return true;
  }

  private keep(source: number): void {
    const at = this.cache.place(source);
    const words = this.cache.words;
    words[at] = this.lowLo;
    words[at + 1] = this.lowHi;
    words[at + 2] = this.highLo;
    words[at + 3] = this.highHi;
  }

  dropDomain(domain: number): void {
    this.cache.drop((_, offset) => (((this.cache.words[offset + 2] ?? 0) >>> 8) & 0xffff) === domain);
  }

  /**
   * FM 0, 1, 2, 3 ignore no function bit, bit 2, bits 2:1, bits 2:0 of the requester. The domain that is named may be that of
   * the old entry or of the new one; an entry may always be forgotten, so it is not compared, nor is it in QEMU
   * (vtd_context_device_invalidate).
   */
  dropDevice(source: number, functionMask: number): void {
    const mask = ~([0, 4, 6, 7][functionMask] ?? 0);
    this.cache.drop((key) => ((key ^ source) & mask) === 0);
  }
}
