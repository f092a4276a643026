import { noPasid } from '../access.ts';
import { KeyedCache } from '../caches/keyed-cache.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import { messageInterrupt } from '../vtd/interrupt-message.ts';
import type { DeliveredInterrupt } from '../vtd/interrupt-message.ts';
import type { Watch } from '../watch.ts';
import type { DeviceTable } from './device-table.ts';
import { entryProblem, found, interruptControl } from './device-table.ts';
import type { EventLog } from './event-log.ts';
import { event, flag, hardwareTypeShift, requestType } from './events.ts';
import { noteInGuestPage } from './guest-interrupts.ts';
import * as irte from './interrupt-entry.ts';
import type { InterruptEntry } from './interrupt-entry.ts';
import { control, controlHi, register } from './registers.ts';
import type { RingLog } from './ring-log.ts';

/** Words of a cached entry: low quad, high quad. */
const payload = 4;
/** MSI data 10:0 is the index (AMD 48882 2.2.5; VirtualBox IOMMU_MSI_DATA_IRTE_OFFSET_MASK). */
const indexMask = 0x7ff;
/** 2^11 entries is the longest table. */
const longest = 11;
const logicalDestination = 1 << 2;
/** Delivery modes of the message, data 10:8. */
const deliveryMode = { smi: 2, nmi: 4, init: 5, external: 7 } as const;
/** GA log entry: a guest's processor that is not running got an interrupt (Linux GA_GUEST_NR). */
const guestNotRunning = 1;

/** The parts of a unit that interrupt remapping works with. */
export interface InterruptParts {
  readonly memory: PhysicalMemory;
  readonly registers: RegisterFile;
  readonly devices: DeviceTable;
  readonly events: EventLog;
  readonly guestLog: RingLog;
}

/** An interrupt request (a write to FEEx_xxxx) through the device's own table (AMD 48882 2.2.5). */
export class InterruptRemapping {
  delivered: DeliveredInterrupt | null = null;
  /** index of the last request that had one; -1 otherwise */
  index = -1;
  recorded = false;
  readonly cache: KeyedCache;
  lookups = 0;
  hits = 0;
  faults = 0;
  private readonly parts: InterruptParts;
  private flags = 0;
  private quiet = false;
  private addressHi = 0;
  private addressLo = 0;

  constructor(parts: InterruptParts, entries: number) {
    this.parts = parts;
    this.cache = new KeyedCache(entries, payload);
  }

  /** Answers an event code, 0 for none: then `delivered` says where it went. */
  remap(source: number, addressHi: number, addressLo: number, data: number, watch: Watch | null): number {
    this.index = -1;
    this.delivered = null;
    this.recorded = false;
    this.flags = 0;
    this.quiet = false;
    this.addressHi = addressHi;
    this.addressLo = addressLo;
    const code = this.process(source, addressLo, data, watch);
    if (code !== event.none) this.report(code, source, watch);
    return code;
  }

  private report(code: number, source: number, watch: Watch | null): void {
    const { devices, events } = this.parts;
    this.faults++;
    const ofDomain = code === event.pageFault || code === event.pageTableError;
    events.report(
      code,
      {
        source,
        pasid: noPasid,
        domain: ofDomain ? devices.domain : 0,
        flags: this.flags | (code === event.deviceRequest ? 0 : flag.interrupt),
        addressHi: this.addressHi,
        addressLo: this.addressLo,
      },
      code === event.pageFault && (this.quiet || devices.ignoresUnmapped),
      watch,
    );
    this.recorded = events.recorded;
  }

  private process(source: number, address: number, data: number, watch: Watch | null): number {
    const { registers, devices } = this.parts;
    // 1. The unit is off: the message itself is the interrupt.
    if ((registers.read(register.CONTROL) & control.enable) === 0) return this.passOn(address, data, watch);
    // 2. The device's entry, of which the upper half is about interrupts.
    const outcome = devices.find(source, watch, true);
    if (outcome === found.beyond) return event.pageFault;
    if (outcome === found.unreadable) return this.unreadable(devices.atHi, devices.atLo, devices.failure, true);
    // 3. IV=0: not remapped.
    if (!devices.interruptsValid) return this.passOn(address, data, watch);
    if (devices.interruptProblem() !== entryProblem.none) return this.illegal(flag.reserved, watch);
    // 4. Fixed and lowest priority go by IntCtl; the others by bits of their own. With 2048 interrupts data 10:8 are of the
    //    index, so only what such a bit lets through is still a message of its kind, and with DM=1 nothing is (Linux
    //    drivers/iommu/amd/iommu.c fill_msi_msg sets it).
    const kind = (data >>> 8) & 7;
    const many = (registers.read(register.CONTROL + 4) & (3 << 11)) === controlHi.manyInterrupts;
    const byTable = many && ((address & logicalDestination) !== 0 || !this.isLetThrough(kind));
    if (!byTable && kind > 1) return this.special(kind, address, data, watch);
    switch (devices.interruptControl) {
      case interruptControl.abort:
        watch?.decided('amd-interrupts-refused', 0, 0, 0);
        this.flags = requestType.interruptNotAllowed;
        return event.deviceRequest;
      case interruptControl.pass:
        return this.passOn(address, data, watch);
      case interruptControl.remap:
        return this.throughTable(source, data, watch);
      default:
        return this.illegal(flag.reserved, watch);
    }
  }

  private passOn(address: number, data: number, watch: Watch | null): number {
    watch?.decided('amd-interrupt-not-remapped', 0, 0, 0);
    return this.deliver(messageInterrupt(address, data), watch);
  }

  /** SMI passes; NMI, INIT and ExtInt where the entry lets them, with a physical destination (VirtualBox iommuAmdIntrTableLookup). */
  private special(kind: number, address: number, data: number, watch: Watch | null): number {
    const passes = kind === deliveryMode.smi || this.isLetThrough(kind);
    if (passes && (address & logicalDestination) === 0) return this.passOn(address, data, watch);
    watch?.decided('amd-interrupt-kind-refused', kind, 0, 0);
    return event.pageFault;
  }

  /** NMIPass, InitPass and EIntPass of the device's entry. */
  private isLetThrough(kind: number): boolean {
    const { devices } = this.parts;
    return (
      (kind === deliveryMode.nmi && devices.nmiPasses) ||
      (kind === deliveryMode.init && devices.initPasses) ||
      (kind === deliveryMode.external && devices.externalPasses)
    );
  }

  private illegal(flags: number, watch: Watch | null): number {
    watch?.decided('amd-interrupt-control-malformed', 0, 0, 0);
    this.flags = flags;
    return event.illegalDeviceEntry;
  }

  private throughTable(source: number, data: number, watch: Watch | null): number {
    const { devices } = this.parts;
    // 5. Index in the message, length in the device's entry.
    const index = data & indexMask;
    this.index = index;
    const length = devices.interruptLength;
    if (length > longest) return this.illegal(0, watch);
    watch?.decided('amd-interrupt-control-remaps', devices.interruptTableHi, devices.interruptTableLo, 2 ** length);
    if (index >= 2 ** length) {
      watch?.decided('amd-interrupt-index-beyond', index, 2 ** length, 0);
      return event.pageFault;
    }
    watch?.decided('amd-interrupt-index-in-table', index, 2 ** length, 0);
    // 6. The entry, from the cache or the table.
    const wide = (this.parts.registers.read(register.CONTROL) & control.guestApic) !== 0;
    const entry = this.find(source, index, wide, watch);
    if (typeof entry === 'number') return entry;
    // 7. A guest's: into its APIC page; else out to the processor.
    if (irte.isGuests(entry)) return this.toGuest(source, entry, watch);
    const x2apic = (this.parts.registers.read(register.CONTROL + 4) & controlHi.x2apic) !== 0;
    return this.deliver(irte.remapped(entry, wide, x2apic), watch);
  }

  /** The table entry, checked; an event code where it may not be used. Only entries without fault are kept. */
  private find(source: number, index: number, wide: boolean, watch: Watch | null): InterruptEntry | number {
    const { devices } = this.parts;
    const { words } = this.cache;
    const key = (source << 11) | index;
    this.lookups++;
    const cached = this.cache.find(key);
    if (cached >= 0) {
      this.hits++;
      watch?.decided('amd-interrupt-cache-hit', index, 0, 0);
      const [lowLo = 0, lowHi = 0, highLo = 0, highHi = 0] = words.subarray(cached, cached + payload);
      return { lowLo, lowHi, highLo, highHi };
    }
    watch?.decided('amd-interrupt-cache-miss', index, 0, 0);
    // 1. 16 bytes at root + index * 16, or 4 at root + index * 4.
    const lo = (devices.interruptTableLo >>> 0) + index * (wide ? 16 : 4);
    const atHi = devices.interruptTableHi + Math.floor(lo / 2 ** 32);
    const entry = this.fetch(atHi, lo | 0, wide);
    if (typeof entry === 'number') {
      watch?.readEntry('amd-interrupt-entry-unreadable', atHi, lo | 0, 0, 0, 0, 0);
      return this.unreadable(atHi, lo | 0, entry, false);
    }
    // 2. RemapEn; then what may not be in an entry.
    this.quiet = irte.isQuiet(entry);
    const enabled = irte.isEnabled(entry);
    const guestMode = (this.parts.registers.read(register.CONTROL) & (7 << 25)) === control.guestApicMode;
    const malformed = enabled && irte.isMalformed(entry, wide, guestMode);
    const code = !enabled
      ? 'amd-interrupt-entry-off'
      : malformed
        ? 'amd-interrupt-entry-malformed'
        : wide
          ? 'amd-interrupt-entry-remaps'
          : 'amd-interrupt-entry-remaps-narrow';
    watch?.readEntry(code, atHi, lo | 0, entry.highHi, entry.highLo, entry.lowHi, entry.lowLo);
    if (!enabled) return event.pageFault;
    if (malformed) {
      this.flags = flag.present | flag.reserved;
      return event.pageFault;
    }
    const at = this.cache.place(key);
    words[at] = entry.lowLo;
    words[at + 1] = entry.lowHi;
    words[at + 2] = entry.highLo;
    words[at + 3] = entry.highHi;
    return entry;
  }

  /** The entry, or the status of the access that failed. */
  private fetch(atHi: number, atLo: number, wide: boolean): InterruptEntry | number {
    const { memory } = this.parts;
    const low = memory.readQuad(atHi, atLo & ~7);
    if (low !== 0) return low;
    const lowLo = atLo & 4 ? memory.outHi : memory.outLo;
    if (!wide) return { lowLo, lowHi: 0, highLo: 0, highHi: 0 };
    const lowHi = memory.outHi;
    const high = memory.readQuad(atHi, atLo + 8);
    return high === 0 ? { lowLo, lowHi, highLo: memory.outLo, highHi: memory.outHi } : high;
  }

  /** The specification does not say which event an unreadable interrupt table is (VirtualBox asks too): a page table's. */
  private unreadable(hi: number, lo: number, failure: number, deviceTable: boolean): number {
    this.addressHi = hi;
    this.addressLo = lo;
    this.flags = failure << hardwareTypeShift;
    return deviceTable ? event.deviceTableError : event.pageTableError;
  }

  /**
   * Guest mode (AMD 48882 2.2.5.3 [recall]): the vector goes into the guest's APIC page. Its processor is told by a doorbell
   * while it runs; where it does not, and the entry asks for it, the guest log tells the hypervisor.
   */
  private toGuest(source: number, entry: InterruptEntry, watch: Watch | null): number {
    const { memory, guestLog, registers } = this.parts;
    const hi = entry.highHi & 0xfffff;
    const lo = entry.highLo & ~0xfff;
    const vector = irte.guestVector(entry);
    const failure = noteInGuestPage(memory, hi, lo, vector);
    if (failure !== 0) {
      watch?.decided('amd-guest-page-unreadable', hi, lo, vector);
      return this.unreadable(hi, lo, failure, false);
    }
    const running = irte.isRunning(entry);
    if (!running && irte.logsToGuest(entry)) guestLog.append([irte.guestTag(entry), source | (guestNotRunning << 28)]);
    watch?.decided(running ? 'amd-interrupt-to-running-guest' : 'amd-interrupt-to-waiting-guest', hi, lo, vector);
    const x2apic = (registers.read(register.CONTROL + 4) & controlHi.x2apic) !== 0;
    this.delivered = {
      vector,
      destination: 0,
      logical: false,
      redirectionHint: false,
      mode: 'fixed',
      trigger: 'edge',
      posted: { notification: running ? { vector, destination: irte.destinationOf(entry, true, x2apic) } : null },
    };
    return event.none;
  }

  private deliver(interrupt: DeliveredInterrupt, watch: Watch | null): number {
    this.delivered = interrupt;
    watch?.decided('amd-interrupt-delivered', interrupt.vector, interrupt.destination, 0);
    return event.none;
  }

  /** Entries of one device. */
  forget(source: number): void {
    this.cache.drop((key) => key >>> 11 === source);
  }
}
