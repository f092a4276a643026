import { KeyedCache } from '../caches/keyed-cache.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { FaultLog } from './fault-log.ts';
import { fault } from './fault-reasons.ts';
import { entryProblem, postedDescriptorOf, sourceProblem } from './interrupt-entry.ts';
import type { InterruptEntry } from './interrupt-entry.ts';
import { deliveryModes, messageInterrupt } from './interrupt-message.ts';
import type { DeliveredInterrupt, Notification } from './interrupt-message.ts';
import { postInterrupt } from './posted-interrupts.ts';
import type { LatchedState } from './state.ts';

const remappable = 1 << 4;
const subhandleValid = 1 << 3;
/** Words of a cached entry: low quad, high quad. */
const payload = 4;
/** What became of a request: nothing, its own message, what the entry says, or a bit in a posted descriptor. */
const ways = { none: 0, message: 1, remapped: 2, posted: 3 } as const;

type Held = { -readonly [Word in keyof InterruptEntry]: InterruptEntry[Word] };

/** The parts of a unit that interrupt remapping works with. */
export interface InterruptParts {
  readonly memory: PhysicalMemory;
  readonly capabilities: Capabilities;
  readonly state: LatchedState;
  readonly faults: FaultLog;
}

/** An interrupt request (a write to FEEx_xxxx) through the remapping table (VT-d 5.1.4). */
export class InterruptRemapping {
  /** vector and destination of the last interrupt that went out as a message; what else it says is in `delivered` */
  vector = 0;
  destination = 0;
  /** index of the last request that had one; -1 otherwise */
  index = -1;
  recorded = false;
  readonly cache: KeyedCache;
  lookups = 0;
  hits = 0;
  faults = 0;
  private readonly parts: InterruptParts;
  private faultProcessingDisabled = false;
  private way: number = ways.none;
  /** the entry of the last request, or its message: kept as numbers, since most who ask want only where it went */
  private readonly entry: Held = { lowHi: 0, lowLo: 0, highHi: 0, highLo: 0 };
  private messageLo = 0;
  private messageData = 0;
  private notification: Notification | null = null;

  constructor(parts: InterruptParts, entries: number) {
    this.parts = parts;
    this.cache = new KeyedCache(entries, payload);
  }

  /** Answers a fault reason, 0 for none: then `delivered` says where it went. */
  remap(source: number, addressHi: number, addressLo: number, data: number, watch: Watch | null): number {
    this.index = -1;
    this.way = ways.none;
    this.faultProcessingDisabled = false;
    this.recorded = false;
    const reason = this.process(source, addressHi, addressLo, data, watch);
    return reason === fault.none ? reason : this.refuse(reason, source, watch);
  }

  private refuse(reason: number, source: number, watch: Watch | null): number {
    this.faults++;
    this.recorded = this.parts.faults.record(
      reason,
      {
        source,
        infoHi: this.index < 0 ? 0 : this.index << 16,
        infoLo: 0,
        read: false,
        pasid: -1,
        execute: false,
        privileged: false,
        addressType: 0,
      },
      this.faultProcessingDisabled,
      watch,
    );
    return reason;
  }

  private process(source: number, addressHi: number, addressLo: number, data: number, watch: Watch | null): number {
    const { state } = this.parts;
    // 1. IRES=0: the message itself is the interrupt.
    if (!state.remappingInterrupts) {
      watch?.decided('interrupt-remapping-off', 0, 0, 0);
      return this.passMessage(addressLo, data, watch);
    }
    // 2. Compatibility format: only with CFIS=1 and EIME=0.
    if ((addressLo & remappable) === 0) {
      if (!state.compatibilityAllowed || state.extendedInterrupts) {
        watch?.decided('format-compatibility-blocked', Number(state.extendedInterrupts), 0, 0);
        return fault.compatibilityBlocked;
      }
      watch?.decided('format-compatibility-passed', 0, 0, 0);
      return this.passMessage(addressLo, data, watch);
    }
    // 3. Reserved fields of the request: upper address, address bits 1:0, and data 31:16 beside a subhandle.
    const withSubhandle = (addressLo & subhandleValid) !== 0;
    if (addressHi !== 0 || (addressLo & 0b11) !== 0 || (withSubhandle && data >>> 16 !== 0)) {
      watch?.decided('interrupt-request-reserved', 0, 0, 0);
      return fault.interruptRequestReserved;
    }
    // 4. Index: handle 14:0 in address 19:5, its bit 15 in address bit 2, plus the subhandle.
    const handle = ((addressLo >>> 5) & 0x7fff) | (((addressLo >>> 2) & 1) << 15);
    const index = handle + (withSubhandle ? data & 0xffff : 0);
    watch?.decided('format-remappable', handle, withSubhandle ? data & 0xffff : 0, Number(withSubhandle));
    this.index = index & 0xffff;
    if (index >= state.interruptEntries) {
      watch?.decided('interrupt-index-beyond', index, state.interruptEntries, 0);
      return fault.interruptIndexBeyond;
    }
    watch?.decided('interrupt-index-in-table', index, state.interruptEntries, 0);
    // 5. The entry, from the interrupt-entry cache or the table.
    const problem = this.find(index, watch);
    if (problem !== fault.none) return problem;
    const { entry } = this;
    // 6. May this requester use it?
    if (sourceProblem(entry, source) !== fault.none) {
      watch?.decided('source-refused', entry.highLo & 0xffff, (entry.highLo >>> 16) & 3, (entry.highLo >>> 18) & 3);
      return fault.sourceRefused;
    }
    const checked = ((entry.highLo >>> 18) & 3) !== 0;
    watch?.decided(
      checked ? 'source-accepted' : 'source-not-checked',
      entry.highLo & 0xffff,
      (entry.highLo >>> 16) & 3,
      (entry.highLo >>> 18) & 3,
    );
    // 7. Posted: into the descriptor; remapped: out to the processor.
    return entry.lowLo & (1 << 15) ? this.post(watch) : this.passEntry(watch);
  }

  /** The interrupt table entry into `entry`; a fault reason where it may not be used. Only entries without fault are kept. */
  private find(index: number, watch: Watch | null): number {
    const { memory, state, capabilities } = this.parts;
    const { entry } = this;
    const { words } = this.cache;
    this.lookups++;
    const cached = this.cache.find(index);
    if (cached >= 0) {
      this.hits++;
      entry.lowLo = words[cached] ?? 0;
      entry.lowHi = words[cached + 1] ?? 0;
      entry.highLo = words[cached + 2] ?? 0;
      entry.highHi = words[cached + 3] ?? 0;
      this.faultProcessingDisabled = (entry.lowLo & 2) !== 0;
      watch?.decided('interrupt-cache-hit', index, 0, 0);
      return fault.none;
    }
    watch?.decided('interrupt-cache-miss', index, 0, 0);
    // 1. Fetch 16 bytes at IRTA + index * 16.
    const atHi = state.interruptTableHi;
    const atLo = state.interruptTableLo + index * 16;
    if (!fetchEntry(memory, atHi, atLo, entry)) {
      watch?.readEntry('interrupt-entry-unreadable', atHi, atLo, 0, 0, 0, 0);
      return fault.interruptUnreadable;
    }
    this.faultProcessingDisabled = (entry.lowLo & 2) !== 0;
    // 2. P=0, then reserved fields (which ones depends on EIME and on posted-interrupt support).
    const reason = entryProblem(entry, state.extendedInterrupts, capabilities.postedInterrupts);
    watch?.readEntry(
      reason === fault.none
        ? 'interrupt-entry-present'
        : reason === fault.interruptNotPresent
          ? 'interrupt-entry-not-present'
          : 'interrupt-entry-reserved',
      atHi,
      atLo,
      entry.highHi,
      entry.highLo,
      entry.lowHi,
      entry.lowLo,
    );
    if (reason !== fault.none) return reason;
    const at = this.cache.place(index);
    words[at] = entry.lowLo;
    words[at + 1] = entry.lowHi;
    words[at + 2] = entry.highLo;
    words[at + 3] = entry.highHi;
    return fault.none;
  }

  /** What the last request became; null where it was refused. */
  get delivered(): DeliveredInterrupt | null {
    const { entry, vector, destination, notification } = this;
    switch (this.way) {
      case ways.none:
        return null;
      case ways.message:
        return messageInterrupt(this.messageLo, this.messageData);
      case ways.posted:
        return {
          vector,
          destination,
          logical: false,
          redirectionHint: false,
          mode: 'fixed',
          trigger: 'edge',
          posted: { notification },
        };
      default:
        return {
          vector,
          destination,
          logical: (entry.lowLo & (1 << 2)) !== 0,
          redirectionHint: (entry.lowLo & (1 << 3)) !== 0,
          mode: deliveryModes[(entry.lowLo >>> 5) & 7] ?? 'fixed',
          trigger: entry.lowLo & (1 << 4) ? 'level' : 'edge',
          posted: null,
        };
    }
  }

  private passEntry(watch: Watch | null): number {
    const { lowLo, lowHi } = this.entry;
    this.way = ways.remapped;
    this.vector = (lowLo >>> 16) & 0xff;
    // In xAPIC mode the destination is the second byte of the field; the others are reserved.
    this.destination = this.parts.state.extendedInterrupts ? lowHi >>> 0 : (lowHi >>> 8) & 0xff;
    watch?.decided('interrupt-delivered', this.vector, this.destination, 0);
    return fault.none;
  }

  private passMessage(addressLo: number, data: number, watch: Watch | null): number {
    this.way = ways.message;
    this.messageLo = addressLo;
    this.messageData = data;
    this.vector = data & 0xff;
    this.destination = (addressLo >>> 12) & 0xff;
    watch?.decided('interrupt-delivered', this.vector, this.destination, 0);
    return fault.none;
  }

  private post(watch: Watch | null): number {
    const { entry } = this;
    const vector = (entry.lowLo >>> 16) & 0xff;
    const { hi, lo } = postedDescriptorOf(entry);
    const urgent = (entry.lowLo & (1 << 14)) !== 0;
    const posted = postInterrupt(this.parts.memory, hi, lo, vector, urgent, this.parts.state.extendedInterrupts);
    if (posted === 'unreadable') {
      watch?.decided('posted-descriptor-unreadable', hi, lo, vector);
      return fault.postedUnreadable;
    }
    if (posted === 'reserved') {
      watch?.decided('posted-descriptor-reserved', hi, lo, vector);
      return fault.postedReserved;
    }
    watch?.decided('interrupt-posted', hi, lo, vector);
    this.way = ways.posted;
    this.vector = vector;
    this.destination = 0;
    this.notification = posted.notification;
    return fault.none;
  }
}

/** False where it cannot be read whole; `into` is then not to be used. */
function fetchEntry(memory: PhysicalMemory, atHi: number, atLo: number, into: Held): boolean {
  if (memory.readQuad(atHi, atLo) !== 0) return false;
  into.lowHi = memory.outHi;
  into.lowLo = memory.outLo;
  if (memory.readQuad(atHi, atLo + 8) !== 0) return false;
  into.highHi = memory.outHi;
  into.highLo = memory.outLo;
  return true;
}
