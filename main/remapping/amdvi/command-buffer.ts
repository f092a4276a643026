import { noPasid } from '../access.ts';
import { DeviceInvalidations } from '../core/device-invalidations.ts';
import type { Quad } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Command } from './commands.ts';
import { isIllegal, namedByDeviceCommand, namedPages, opcode, opcodeOf } from './commands.ts';
import type { DmaRemapping } from './dma-remapping.ts';
import type { EventLog } from './event-log.ts';
import { event, hardwareTypeShift } from './events.ts';
import type { Features } from './features.ts';
import type { Invalidation } from './invalidation.ts';
import type { PageRequests } from './page-requests.ts';
import { control, register, status } from './registers.ts';

/** The parts of a unit that its commands work with. */
export interface CommandParts {
  readonly registers: RegisterFile;
  readonly memory: PhysicalMemory;
  readonly features: Features;
  readonly invalidation: Invalidation;
  readonly events: EventLog;
  readonly pageRequests: PageRequests;
  readonly dma: DmaRemapping;
  /** sends the unit's interrupt where this control bit asks for it */
  signal(wanted: number): boolean;
  /** who follows what happens outside a run: completions of devices */
  readonly watch: Watch | null;
}

const pageBytes = 4096;

/** The command buffer (AMD 48882 2.4): commands in memory between head and tail, run one after the other. */
export class CommandBuffer {
  /** invalidation requests to the TLBs of devices */
  readonly devices: DeviceInvalidations;
  private readonly parts: CommandParts;
  /** where the command of each request lies, by its tag */
  private readonly origins = new Map<number, Quad>();
  private running = false;

  constructor(parts: CommandParts) {
    this.parts = parts;
    this.devices = new DeviceInvalidations({
      sending: ({ source, rangeBits, tag }) =>
        parts.watch?.decided('amd-device-tlb-invalidation-sent', source, rangeBits, tag),
      settled: () => this.run(parts.watch),
      // AMD 48882 has no event for it: the completion is dropped [recall].
      unexpected: () => undefined,
    });
  }

  /** Runs until the buffer is empty or a command stops it. */
  run(watch: Watch | null): void {
    // A device that answers at once does so in the middle of a step.
    if (this.running) return;
    this.running = true;
    while (this.step(watch));
    this.running = false;
  }

  /** One command; false where there is nothing to run. */
  step(watch: Watch | null): boolean {
    const { registers, memory, features, events } = this.parts;
    // 1. Only while the buffer is switched on and no command has stopped it.
    if ((registers.read(register.STATUS) & status.commandRun) === 0) return false;
    const bytes = 16 << ((registers.read(register.CMD_BASE + 4) >>> 24) & 0xf);
    const head = registers.read(register.CMD_HEAD) % bytes;
    if (head === registers.read(register.CMD_TAIL) % bytes) return false;
    // 2. Fetch 16 bytes; the head stays where that fails.
    const lo = ((registers.read(register.CMD_BASE) & ~0xfff) >>> 0) + head;
    const atHi = (registers.read(register.CMD_BASE + 4) & 0xfffff) + Math.floor(lo / 2 ** 32);
    const command: [number, number, number, number] = [0, 0, 0, 0];
    for (let quad = 0; quad < 2; quad++) {
      const failure = memory.readQuad(atHi, (lo | 0) + quad * 8);
      if (failure !== 0) return this.stop(event.commandError, failure << hardwareTypeShift, atHi, lo | 0, watch);
      command[quad * 2] = memory.outLo;
      command[quad * 2 + 1] = memory.outHi;
    }
    // 3. An opcode or a bit that may not be: event, and the head stays on it.
    if (isIllegal(command, features)) {
      events.reportCommand(event.illegalCommand, 0, atHi, lo | 0, watch);
      return this.halt(event.illegalCommand, watch);
    }
    // 4. Run it, and go on to the next; the head goes round. It stays on one that must wait for devices.
    if (!this.perform(command, { hi: atHi, lo: lo | 0 }, watch)) return false;
    registers.set(register.CMD_HEAD, (head + 16) % bytes);
    return true;
  }

  private perform(command: Command, at: Quad, watch: Watch | null): boolean {
    const { invalidation, pageRequests } = this.parts;
    const source = command[0] & 0xffff;
    switch (opcodeOf(command)) {
      case opcode.completionWait:
        return this.wait(command, watch);
      case opcode.invalidateDeviceEntry:
        invalidation.deviceEntry(source, watch);
        return true;
      case opcode.invalidatePages:
        invalidation.domainPages(command, watch);
        return true;
      case opcode.invalidateInterruptTable:
        invalidation.interruptTable(source, watch);
        return true;
      case opcode.prefetch:
        this.prefetch(command);
        return true;
      case opcode.completePageRequest:
        pageRequests.complete(command);
        return true;
      case opcode.invalidateDeviceCache:
        return this.toDevice(command, at);
      default:
        invalidation.everything(watch);
        return true;
    }
  }

  /** INVALIDATE_IOTLB_PAGES; false where no tag is free or the function has as many under way as MaxPend says. */
  private toDevice(command: Command, at: Quad): boolean {
    const { pasid, hi, lo, sizeBits } = namedByDeviceCommand(command);
    const request = { source: command[0] & 0xffff, pasid: pasid ?? noPasid, everySpace: false, hi, lo };
    const tag = this.devices.issue({ ...request, rangeBits: sizeBits }, command[0] >>> 24);
    if (tag >= 0) this.origins.set(tag, at);
    return tag >= 0;
  }

  /**
   * The time of InvTimeOut is over for a function: an IOTLB_INV_TIMEOUT event for each of its requests, with the address of
   * the command (Linux iommu_print_event). The commands behind go on [recall]: Linux logs the event after its own wait for
   * COMPLETION_WAIT has run out, and keeps using the buffer.
   */
  timeOut(source: number): void {
    const { registers, events, watch } = this.parts;
    if ((registers.read(register.CONTROL) & control.invalidationTimeOut) === 0) return;
    for (const { tag } of this.devices.expire(source)) {
      watch?.decided('amd-device-tlb-timed-out', source, 0, 0);
      const { hi, lo } = this.origins.get(tag) ?? { hi: 0, lo: 0 };
      const named = { source, pasid: noPasid, domain: 0, flags: 0, addressHi: hi, addressLo: lo };
      events.report(event.deviceCacheTimeOut, named, false, watch);
    }
    this.run(watch);
  }

  /**
   * COMPLETION_WAIT: everything before it is done, device TLBs too; until then it is held, and with it what follows, which
   * may start early where F is 0 but never does here. S stores the data, I raises the interrupt.
   */
  private wait([w0, w1, w2, w3]: Command, watch: Watch | null): boolean {
    const { memory, registers } = this.parts;
    if (this.devices.oldest < this.devices.sent) return false;
    const hi = w1 & 0xfffff;
    const lo = w0 & ~7;
    // 1. The store first, so that who takes the interrupt finds it.
    if (w0 & 1) {
      const failure = memory.writeQuad(hi, lo, w3, w2);
      if (failure !== 0) return this.stop(event.commandError, failure << hardwareTypeShift, hi, lo, watch);
    }
    // 2. The interrupt.
    if (w0 & 2) {
      registers.raise(register.STATUS, status.waitInterrupt);
      this.parts.signal(control.waitInterrupt);
    }
    watch?.decided('amd-wait-completed', hi, lo, 0);
    return true;
  }

  /** A hint: the pages are looked up now; what cannot be translated is left alone, and not logged. */
  private prefetch(command: Command): void {
    const { dma } = this.parts;
    const { pasid, hi, lo } = namedPages(command);
    const space = pasid === null ? noPasid : command[1] & 0xfffff;
    const afresh = (command[2] & (1 << 4)) !== 0;
    const pages = Math.max(1, command[0] >>> 24);
    for (let page = 0; page < pages; page++) {
      const at = (lo >>> 0) + page * pageBytes;
      dma.prefetch(command[0] & 0xffff, space, hi + Math.floor(at / 2 ** 32), at | 0, afresh);
    }
  }

  private stop(code: number, flags: number, hi: number, lo: number, watch: Watch | null): false {
    this.parts.events.reportCommand(code, flags, hi, lo, watch);
    return this.halt(code, watch);
  }

  /** Software sees CmdBufRun 0, mends what is wrong, and turns the buffer off and on again. */
  private halt(code: number, watch: Watch | null): false {
    const { registers } = this.parts;
    registers.clear(register.STATUS, status.commandRun);
    watch?.decided('amd-command-stopped', code, registers.read(register.CMD_HEAD), 0);
    return false;
  }
}
