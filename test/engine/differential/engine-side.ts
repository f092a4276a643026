import { access, noPasid } from '../../../main/remapping/access.ts';
import { bigOf, quadOf } from '../../../main/remapping/core/quad.ts';
import { PhysicalMemory } from '../../../main/remapping/memory/physical-memory.ts';
import { decodeCapabilities } from '../../../main/remapping/vtd/capabilities.ts';
import { global, register } from '../../../main/remapping/vtd/registers.ts';
import { tableMode } from '../../../main/remapping/vtd/state.ts';
import { VtdUnit } from '../../../main/remapping/vtd/unit.ts';
import { faultRecord, statusWord } from './commands.ts';
import { devices } from './edu.ts';
import { meaningful } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { data, isData, memoryBytes, patternOf, tagOf, writeSlot } from './world.ts';
import type { Step, World } from './world.ts';

/** CAP and ECAP as a unit says them. */
export interface Offered {
  readonly cap: bigint;
  readonly ecap: bigint;
  readonly width: number;
}

/** As many entries as QEMU has, so that neither side evicts what the other keeps. */
const caches = { iotlbEntries: 1024, iotlbWays: 1024, contextEntries: 64, interruptEntries: 64, pagingEntries: 16 };

const modes = { fixed: 0, lowest: 1, smi: 2, nmi: 4, init: 5, extint: 7 } as const;

/** The engine, driven by the steps of a world. */
export class EngineSide {
  readonly unit: VtdUnit;
  private requests = 0;
  private word: number | null = null;
  /** why the last request was blocked; 0 where it passed */
  reason = 0;
  private readonly cold: boolean;

  /** `cold`: forgets everything before each request, and so answers what the tables say now. */
  constructor(offered: Offered, cold = false) {
    this.cold = cold;
    const capabilities = decodeCapabilities(quadOf(offered.cap), quadOf(offered.ecap), offered.width);
    this.unit = new VtdUnit(capabilities, new PhysicalMemory(memoryBytes), caches);
    for (let page = 0; page < data.pages; page++)
      for (let word = 0; word < data.wordsUsed; word++) {
        const at = data.start + page * 4096 + word * 4;
        this.unit.memory.writeWord(0, at, tagOf(at) | 0);
      }
  }

  /** The outcome of a request; null for any other step. */
  play(step: Step, index: number): Outcome | null {
    switch (step.do) {
      case 'poke': {
        const { hi, lo } = quadOf(step.value);
        this.unit.memory.writeQuad(0, step.at, hi, lo);
        return null;
      }
      case 'register': {
        const { hi, lo } = quadOf(step.value);
        this.unit.writeRegister(step.offset, lo);
        if (step.bytes === 8) this.unit.writeRegister(step.offset + 4, hi);
        return null;
      }
      case 'dma':
        this.word = null;
        return this.outcome(index, this.dma(step), null);
      case 'message':
        return this.outcome(index, null, this.message(step));
    }
  }

  /** Did an FPD bit on the way silence the last DMA request? */
  get silent(): boolean {
    const { state, contexts, scalable } = this.unit;
    return (state.mode === tableMode.scalable ? scalable : contexts).faultProcessingDisabled;
  }

  /** Address that a request reaches; null where it is blocked. */
  reach(step: Extract<Step, { do: 'dma' }>): bigint | null {
    if (this.cold) this.forget();
    const { hi, lo } = quadOf(step.iova);
    const bits = step.write ? access.write : access.read;
    this.reason = this.unit.translate(devices[step.device]?.requester ?? 0, noPasid, hi, lo, bits);
    return this.reason === 0 ? bigOf(this.unit.dma.outHi, this.unit.dma.outLo) : null;
  }

  private dma(step: Extract<Step, { do: 'dma' }>): number | null {
    const request = this.requests++;
    const at = this.reach(step);
    if (at === null) return null;
    const address = at < 2n ** 53n ? Number(at) : 0;
    if (!isData(address)) return -1;
    if (step.write) this.unit.memory.writeWord(0, address, patternOf(step.device, writeSlot(request)) | 0);
    else this.word = this.wordAt(address);
    return address;
  }

  private wordAt(address: number): number {
    const { memory } = this.unit;
    memory.readQuad(0, address & ~7);
    return (address & 4 ? memory.outHi : memory.outLo) >>> 0;
  }

  private message(step: Extract<Step, { do: 'message' }>): string | null {
    if (this.cold) this.forget();
    const source = devices[step.device]?.requester ?? 0;
    this.reason = this.unit.interrupt(source, 0, step.address | 0, step.data);
    const { delivered } = this.unit.interrupts;
    if (this.reason !== 0 || delivered === null) return null;
    const { destination, logical, mode, vector, trigger } = delivered;
    return [destination, Number(logical), modes[mode], vector, Number(trigger === 'level')].join(' ');
  }

  private outcome(step: number, reached: number | null, delivered: string | null): Outcome {
    const read = (offset: number): number => this.unit.readRegister(offset) >>> 0;
    const quad = (offset: number): bigint => bigOf(this.unit.readRegister(offset + 4), this.unit.readRegister(offset));
    return {
      step,
      reached,
      delivered,
      faultStatus: read(register.FSTS),
      ...meaningful(quad(faultRecord), quad(faultRecord + 8)),
      queueHead: read(register.IQH),
      globalStatus: read(register.GSTS) & ~(global.rootTable | global.interruptTable),
      waited: this.wordAt(statusWord),
      completion: read(register.ICS),
      word: this.word,
      reason: this.reason,
    };
  }

  private forget(): void {
    const { unit } = this;
    unit.iotlb.clear();
    unit.structures.cache.clear();
    unit.contexts.cache.clear();
    unit.scalable.forget();
    unit.interrupts.cache.clear();
  }
}

/** Every outcome of a world, in order. */
export function engineOutcomes(world: World, offered: Offered): Outcome[] {
  const side = new EngineSide(offered);
  return world.steps.map((step, index) => side.play(step, index)).filter((outcome) => outcome !== null);
}
