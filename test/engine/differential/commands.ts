import { global, register } from '../../../main/remapping/vtd/registers.ts';
import type { Seeded } from './seeded.ts';
import type { Step } from './world.ts';

/** Where the descriptors of a case lie, and the status word of its waits. */
export const queueBase = 0x1e0000;
export const statusWord = 0x1d0000;
/** QEMU's CAP.FRO and ECAP.IRO. */
export const faultRecord = 0x220;
const iotlbRegisters = 0xf0;

/** Drives a unit as software does: global commands one bit at a time, and invalidations by register or by queue. */
export class Commands {
  private status = 0;
  private tail = 0;
  private readonly emit: (step: Step) => void;
  private readonly queued: boolean;
  private readonly wide: boolean;

  /** `queued`: by the queue, with descriptors of 256 bits where `wide`. */
  constructor(emit: (step: Step) => void, queued: boolean, wide: boolean) {
    this.emit = emit;
    this.queued = queued;
    this.wide = wide;
  }

  write(offset: number, value: bigint, bytes: 4 | 8 = 8): void {
    this.emit({ do: 'register', offset, value, bytes });
  }

  private command(bit: number): void {
    this.write(register.GCMD, BigInt((this.status | bit) >>> 0), 4);
  }

  level(bit: number): void {
    this.command(bit);
    this.status |= bit;
  }

  /** A level that goes off. */
  clear(bit: number): void {
    this.status &= ~bit;
    this.command(0);
  }

  root(at: number, scalable: boolean): void {
    this.write(register.RTADDR, BigInt(at) | (scalable ? 0x400n : 0n));
    this.command(global.rootTable);
  }

  interruptTable(at: number, sizeCode: number, extended: boolean): void {
    this.write(register.IRTA, BigInt(at) | BigInt(sizeCode) | (extended ? 0x800n : 0n));
    this.command(global.interruptTable);
  }

  /** Software stops the queue: QEMU does so only when it is empty, and its last descriptor was a wait. */
  stopQueue(data: number): void {
    this.wait(data, false);
    this.clear(global.queue);
    this.tail = 0;
  }

  startQueue(): void {
    this.write(register.IQT, 0n);
    this.write(register.IQA, BigInt(queueBase) | (this.wide ? 0x800n : 0n));
    this.level(global.queue);
  }

  /** Puts descriptors into the queue and moves the tail behind them. */
  submit(...descriptors: readonly (readonly bigint[])[]): void {
    const width = this.wide ? 32 : 16;
    for (const quads of descriptors) {
      const at = queueBase + this.tail * width;
      quads.forEach((value, quad) => this.emit({ do: 'poke', at: at + quad * 8, value }));
      this.tail++;
    }
    this.write(register.IQT, BigInt(this.tail * width));
  }

  /** 1 global, 2 domain, 3 device; `mask` as FM. */
  contexts(how: number, domain: number, source: number, mask = 0): void {
    const fields = (BigInt(source) << 16n) | BigInt(domain);
    if (this.queued) this.submit([1n | (BigInt(how) << 4n) | (fields << 16n) | (BigInt(mask) << 48n), 0n]);
    else this.write(register.CCMD, (1n << 63n) | (BigInt(how) << 61n) | (BigInt(mask) << 32n) | fields);
  }

  /** 1 global, 2 domain, 3 pages: 2^order of them. `leafOnly`: IH, no entry above the leaves has changed. */
  translations(how: number, domain: number, page: bigint, order: number, leafOnly = false): void {
    const address = (page & ~0xfffn) | BigInt(order) | (leafOnly ? 1n << 6n : 0n);
    if (this.queued) this.submit([2n | (BigInt(how) << 4n) | (BigInt(domain) << 16n), how === 3 ? address : 0n]);
    else {
      this.write(iotlbRegisters, address);
      this.write(iotlbRegisters + 8, (1n << 63n) | (BigInt(how) << 60n) | (BigInt(domain) << 32n));
    }
  }

  /** Queue only: 0 domain, 1 address space, 3 all. */
  pasidCache(how: number, domain: number, pasid: number): void {
    this.submit([7n | (BigInt(how) << 4n) | (BigInt(domain) << 16n) | (BigInt(pasid) << 32n), 0n]);
  }

  /** Queue only: 2 all of an address space, 3 pages of it. `leafOnly`: IH. */
  spaceTranslations(how: number, domain: number, pasid: number, page: bigint, order: number, leafOnly = false): void {
    const high = how === 3 ? (page & ~0xfffn) | BigInt(order) | (leafOnly ? 1n << 6n : 0n) : 0n;
    this.submit([6n | (BigInt(how) << 4n) | (BigInt(domain) << 16n) | (BigInt(pasid) << 32n), high]);
  }

  /** Queue only: all, or 2^order from an index. */
  interruptEntries(all: boolean, index = 0, order = 0): void {
    this.submit([4n | (all ? 0n : 16n) | (BigInt(order) << 27n) | (BigInt(index) << 32n), 0n]);
  }

  /** Queue only: leaves `data` in the status word, and raises the completion event where `event` asks for it. */
  wait(data: number, event: boolean): void {
    this.submit([5n | (1n << 5n) | (event ? 1n << 4n : 0n) | (BigInt(data) << 32n), BigInt(statusWord)]);
  }

  /** Software has seen the completion event. */
  clearCompletion(): void {
    this.write(register.ICS, 1n, 4);
  }

  /**
   * Software mends the descriptor that has just stopped the queue, as Linux does (dmar.c qi_check_fault): a wait in its place,
   * then IQE. QEMU goes on only when the tail is written again.
   */
  mend(data: number): void {
    const width = this.wide ? 32 : 16;
    const at = queueBase + (this.tail - 1) * width;
    const words = [5n | (1n << 5n) | (BigInt(data) << 32n), BigInt(statusWord), 0n, 0n].slice(0, width / 8);
    words.forEach((value, quad) => this.emit({ do: 'poke', at: at + quad * 8, value }));
    this.write(register.FSTS, 0x10n, 4);
    this.write(register.IQT, BigInt(this.tail * width));
  }

  /** Clears the fault record and the status, most of the time. */
  clearFaults(rng: Seeded): void {
    if (!rng.chance(0.85)) return;
    this.write(faultRecord + 8, 1n << 63n);
    this.write(register.FSTS, 0x7dn, 4);
  }
}
