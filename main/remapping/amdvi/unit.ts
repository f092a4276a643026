import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { memoryStatus } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { MessageSink } from '../vtd/event-message.ts';
import type { Watch } from '../watch.ts';
import { CommandBuffer } from './command-buffer.ts';
import { DeviceTable } from './device-table.ts';
import { DmaRemapping } from './dma-remapping.ts';
import { EventLog } from './event-log.ts';
import type { Features } from './features.ts';
import { GuestWalk } from './guest-walk.ts';
import { HostWalk } from './host-walk.ts';
import { InterruptRemapping } from './interrupt-remapping.ts';
import { Invalidation } from './invalidation.ts';
import { PageRequests } from './page-requests.ts';
import type { PageRequest } from './page-requests.ts';
import { control, createRegisters, register, status } from './registers.ts';
import { eventRing, guestRing, pageRing, RingLog } from './ring-log.ts';
import { TranslationCache } from './translation-cache.ts';

/** Sizes of the caches, all powers of two. */
export interface CacheSizes {
  readonly pageEntries: number;
  readonly pageWays: number;
  readonly deviceEntries: number;
  readonly interruptEntries: number;
}

export const defaultCaches: CacheSizes = { pageEntries: 1024, pageWays: 4, deviceEntries: 64, interruptEntries: 64 };

/** What is on while its bit of CONTROL and the unit's own are. */
const runs = [
  [control.commands, status.commandRun],
  [control.eventLog, status.eventRun],
  [control.pageLog, status.pageRun],
  [control.guestLog, status.guestRun],
] as const;

/** An AMD-Vi unit: registers, tables in memory, caches. Everything that a write starts is done when it returns. */
export class AmdUnit {
  readonly features: Features;
  readonly memory: PhysicalMemory;
  readonly registers: RegisterFile;
  readonly devices: DeviceTable;
  readonly hostWalk: HostWalk;
  readonly guestWalk: GuestWalk;
  readonly pages: TranslationCache;
  readonly events: EventLog;
  readonly guestLog: RingLog;
  readonly dma: DmaRemapping;
  readonly interrupts: InterruptRemapping;
  readonly invalidation: Invalidation;
  readonly pageRequests: PageRequests;
  readonly commands: CommandBuffer;
  /** follows every transaction and command while set */
  watch: Watch | null = null;
  /** the unit's own interrupts: sent, and those whose write failed */
  sent = 0;
  lost = 0;
  /** message of the unit's own interrupt, as its PCI function's MSI capability holds it; null: not set up */
  message: { readonly hi: number; readonly lo: number; readonly data: number } | null = null;
  private readonly sink: MessageSink;

  constructor(
    features: Features,
    memory: PhysicalMemory,
    caches: CacheSizes = defaultCaches,
    sink: MessageSink = (hi, lo, data) =>
      (hi === 0 && lo >>> 20 === 0xfee) || memory.writeWord(hi, lo, data) === memoryStatus.ok,
  ) {
    this.features = features;
    this.memory = memory;
    this.sink = sink;
    this.registers = createRegisters(features);
    const log = (places: typeof eventRing, wanted: number): RingLog =>
      new RingLog(memory, this.registers, places, () => this.signal(wanted));
    this.events = new EventLog(log(eventRing, control.eventInterrupt), this.registers, features);
    this.guestLog = log(guestRing, control.guestInterrupt);
    this.devices = new DeviceTable(memory, this.registers, features, caches.deviceEntries);
    this.hostWalk = new HostWalk(memory);
    this.guestWalk = new GuestWalk(memory, features, this.hostWalk);
    this.pages = new TranslationCache(caches.pageEntries, caches.pageWays);
    this.dma = new DmaRemapping(this);
    this.interrupts = new InterruptRemapping(this, caches.interruptEntries);
    this.invalidation = new Invalidation(this.devices, this.pages, this.interrupts);
    this.pageRequests = new PageRequests(
      this.registers,
      this.devices,
      log(pageRing, control.pageInterrupt),
      this.events,
    );
    this.commands = new CommandBuffer(this);
  }

  /** See DmaRemapping.translate. */
  translate(source: number, pasid: number, hi: number, lo: number, bits: number): number {
    return this.dma.translate(source, pasid, hi, lo, bits, this.watch);
  }

  /** See InterruptRemapping.remap. */
  interrupt(source: number, addressHi: number, addressLo: number, data: number): number {
    return this.interrupts.remap(source, addressHi, addressLo, data, this.watch);
  }

  /** See PageRequests.receive. */
  pageRequest(request: PageRequest): boolean {
    return this.pageRequests.receive(request, this.watch);
  }

  /** Sends the unit's own interrupt, which is never remapped, where this bit of CONTROL asks for it. */
  signal(wanted: number): boolean {
    const { registers } = this;
    if ((registers.read(register.CONTROL) & wanted) === 0) {
      this.watch?.decided('amd-event-not-signalled', 0, 0, 0);
      return false;
    }
    const message = this.features.messageRegisters
      ? {
          hi: registers.read(register.MSI_ADDRESS_HI),
          lo: registers.read(register.MSI_ADDRESS),
          data: registers.read(register.MSI_DATA),
        }
      : this.message;
    if (message === null) return false;
    if (this.sink(message.hi, message.lo, message.data)) this.sent++;
    else this.lost++;
    this.watch?.decided('amd-event-signalled', 0, 0, 0);
    return true;
  }

  /** 32 bits at a byte offset divisible by 4. */
  readRegister(offset: number): number {
    return this.registers.read(offset);
  }

  /** 32 bits at a byte offset divisible by 4; a 64-bit register is written low half first. */
  writeRegister(offset: number, value: number): void {
    const { registers } = this;
    registers.write(offset, value);
    switch (offset) {
      case register.CONTROL:
        this.switchOn();
        break;
      // A new base starts its buffer afresh (QEMU amdvi_handle_cmdbase_write, amdvi_handle_evtbase_write).
      case register.CMD_BASE + 4:
        this.restart(register.CMD_HEAD, register.CMD_TAIL);
        break;
      case register.EVT_BASE + 4:
        this.restart(register.EVT_HEAD, register.EVT_TAIL);
        break;
      case register.PPR_BASE + 4:
        this.restart(register.PPR_HEAD, register.PPR_TAIL);
        break;
      case register.GA_BASE + 4:
        this.restart(register.GA_HEAD, register.GA_TAIL);
        break;
      case register.CMD_TAIL:
        break;
      default:
        return;
    }
    this.commands.run(this.watch);
  }

  private restart(head: number, tail: number): void {
    this.registers.set(head, 0);
    this.registers.set(tail, 0);
  }

  /** The run bits follow CONTROL; a buffer that stopped by itself starts again only when it is turned off and on. */
  private switchOn(): void {
    const { registers } = this;
    const value = registers.read(register.CONTROL);
    const on = (value & control.enable) !== 0;
    for (const [wanted, run] of runs) {
      const before = (this.wasOn & wanted) !== 0;
      const now = on && (value & wanted) !== 0;
      if (now && !before) registers.raise(register.STATUS, run);
      if (!now) registers.clear(register.STATUS, run);
      this.wasOn = now ? this.wasOn | wanted : this.wasOn & ~wanted;
    }
  }
  private wasOn = 0;
}
