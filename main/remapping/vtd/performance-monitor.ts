import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { EventMessage } from './event-message.ts';
import { EventCounts } from './event-counts.ts';
import { eventNames, performanceEvents } from './performance-events.ts';
import {
  configurationOf,
  counters,
  enhancedCommand,
  filterEnabled,
  filters,
  overflow,
  performanceRegister,
  valueOf,
} from './performance-registers.ts';

/** Of whom a request is; -1 where there is none of it. */
export interface CountedRequest {
  readonly requester: number;
  readonly pasid: number;
  readonly domain: number;
}

const interruptWanted = 1 << 1;
/** Status in ECRSP 7:1: 0 done; what other codes mean is not known, 1 stands for all that is refused [recall]. */
const response = { done: 0, refused: 1 << 1 } as const;

/**
 * Performance monitoring (ECAP.PMS; Linux drivers/iommu/intel/perfmon.c): counters with an event selection each, which
 * count the requests that pass their filters. They are switched by enhanced commands.
 */
export class PerformanceMonitor {
  private readonly registers: RegisterFile;
  private readonly event: EventMessage;
  private readonly capabilities: Capabilities;
  private enabled = 0;
  private frozen = false;

  constructor(capabilities: Capabilities, registers: RegisterFile, event: EventMessage) {
    this.capabilities = capabilities;
    this.registers = registers;
    this.event = event;
  }

  /** Some counter counts: requests must be followed. */
  get counting(): boolean {
    return this.enabled !== 0 && !this.frozen;
  }

  /** ECMD was written: command 7:0, operand A from 16 up. It is done at once, so ECRSP.IP is never seen. */
  private commanded(): void {
    const written = this.registers.read(performanceRegister.ECMD);
    const done = this.capabilities.performanceMonitoring && this.perform(written & 0xff, written >>> 16);
    this.registers.set(performanceRegister.ECRSP, done ? response.done : response.refused);
  }

  private perform(command: number, counter: number): boolean {
    switch (command) {
      case enhancedCommand.freeze:
      case enhancedCommand.unfreeze:
        this.frozen = command === enhancedCommand.freeze;
        return true;
      case enhancedCommand.enable:
      case enhancedCommand.disable:
        if (counter >= counters.count) return false;
        this.enabled =
          command === enhancedCommand.enable ? this.enabled | (1 << counter) : this.enabled & ~(1 << counter);
        return true;
      default:
        return false;
    }
  }

  /** Who is told about a request that is to be counted, instead of `watch` and before it. */
  follow(watch: Watch | null): EventCounts {
    return new EventCounts(watch);
  }

  /** The request is over. */
  count(request: CountedRequest, { counts }: EventCounts): void {
    for (let counter = 0; counter < counters.count; counter++) {
      if ((this.enabled & (1 << counter)) === 0 || !this.passes(configurationOf(counter), request)) continue;
      const selected = this.registers.read(configurationOf(counter) + 4);
      const group = (this.registers.read(configurationOf(counter)) >>> 8) & 0xf;
      for (const name of eventNames) {
        const row = performanceEvents[name];
        if (row.group === group && (row.select & selected) !== 0) this.raise(counter, counts.get(name) ?? 0);
      }
    }
  }

  private passes(configuration: number, request: CountedRequest): boolean {
    return filters.every(({ name, at, mask }) => {
      const filter = this.registers.read(configuration + at);
      return (filter & filterEnabled) === 0 || request[name] === (filter & mask);
    });
  }

  /** Adds to a counter; where it goes round, its overflow bit is set, and the interrupt follows if the counter asks for it. */
  private raise(counter: number, by: number): void {
    const { registers } = this;
    const at = valueOf(counter);
    const sum = registers.read(at + 4) * 2 ** 32 + (registers.read(at) >>> 0) + by;
    const wrapped = sum % 2 ** counters.width;
    registers.set(at, wrapped | 0);
    registers.set(at + 4, Math.floor(wrapped / 2 ** 32));
    if (wrapped === sum) return;
    registers.raise(overflow, 1 << counter);
    if ((registers.read(configurationOf(counter)) & interruptWanted) === 0) return;
    if (registers.read(performanceRegister.PERFINTRSTS) !== 0) return;
    registers.set(performanceRegister.PERFINTRSTS, 1);
    this.event.raise();
  }

  /** A register was written that may be one of these. */
  written(offset: number): void {
    const { enhancedCommands, performanceMonitoring } = this.capabilities;
    if (enhancedCommands && offset === performanceRegister.ECMD) this.commanded();
    if (!performanceMonitoring) return;
    if (offset === performanceRegister.PERFINTRCTL) this.event.controlWritten();
    else if (offset === performanceRegister.PERFINTRSTS && this.registers.read(offset) === 0) this.event.withdraw();
  }
}
