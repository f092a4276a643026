import { noPasid } from '../access.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Command } from './commands.ts';
import { isIllegal, namedPages, opcode, opcodeOf } from './commands.ts';
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
}

const pageBytes = 4096;

/** The command buffer (AMD 48882 2.4): commands in memory between head and tail, run one after the other. */
export class CommandBuffer {
  private readonly parts: CommandParts;

  constructor(parts: CommandParts) {
    this.parts = parts;
  }

  /** Runs until the buffer is empty or a command stops it. */
  run(watch: Watch | null): void {
    while (this.step(watch));
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
    // 4. Run it, and go on to the next; the head goes round.
    if (!this.perform(command, watch)) return false;
    registers.set(register.CMD_HEAD, (head + 16) % bytes);
    return true;
  }

  private perform(command: Command, watch: Watch | null): boolean {
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
      case opcode.invalidateAll:
        invalidation.everything(watch);
        return true;
      default:
        // A device's own cache: every request is done by the time that it is seen, so there is nothing to wait for.
        return true;
    }
  }

  /** COMPLETION_WAIT: everything before it is done by now. S stores the data, I raises the interrupt. */
  private wait([w0, w1, w2, w3]: Command, watch: Watch | null): boolean {
    const { memory, registers } = this.parts;
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
