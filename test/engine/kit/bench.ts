import { access, noPasid } from '../../../main/remapping/access.ts';
import { bigOf, quadOf } from '../../../main/remapping/core/quad.ts';
import { PhysicalMemory } from '../../../main/remapping/memory/physical-memory.ts';
import { decodeCapabilities } from '../../../main/remapping/vtd/capabilities.ts';
import { global, register } from '../../../main/remapping/vtd/registers.ts';
import { VtdUnit } from '../../../main/remapping/vtd/unit.ts';
import type { CacheSizes } from '../../../main/remapping/vtd/unit.ts';

/** QEMU 11.1.3's default CAP and ECAP (measured): 39 and 48 bits, 2 MiB and 1 GiB pages, one fault record, QI, IR, PT. */
export const qemuCap = 0x80d2008c222f0606n;
export const qemuEcap = 0xf00f4an;
/** The same with EIM: 32-bit destinations. */
export const extendedEcap = qemuEcap | (1n << 4n);

export interface BenchOptions {
  cap?: bigint;
  ecap?: bigint;
  hostWidth?: number;
  memory?: number;
  caches?: Partial<CacheSizes>;
}

/** Small caches, so that eviction and staleness are easy to reach. */
const smallCaches: CacheSizes = {
  iotlbEntries: 16,
  iotlbWays: 4,
  contextEntries: 4,
  interruptEntries: 4,
  pagingEntries: 4,
};

export const rootTable = 0x1000n;
export const contextTable = 0x2000n;
export const topTable = 0x10000n;
export const requester = 0x0020;
export const domain = 5;

/** Entry bits of second-stage tables. */
export const R = 1n;
export const W = 2n;
export const RW = 3n;
export const PS = 0x80n;

/** A VT-d unit with hand-written tables: what is in memory is what the test wrote there. */
export class Bench {
  readonly unit: VtdUnit;
  readonly messages: { address: bigint; data: number }[] = [];
  sinkWorks = true;
  private nextPage = 0x20000n;

  constructor(options: BenchOptions = {}) {
    const capabilities = decodeCapabilities(
      quadOf(options.cap ?? qemuCap),
      quadOf(options.ecap ?? qemuEcap),
      options.hostWidth ?? null,
    );
    const memory = new PhysicalMemory(options.memory ?? 0x8000000);
    this.unit = new VtdUnit(capabilities, memory, { ...smallCaches, ...options.caches }, (hi, lo, data) => {
      this.messages.push({ address: bigOf(hi, lo), data });
      return this.sinkWorks;
    });
  }

  write(address: bigint, ...quads: bigint[]): void {
    quads.forEach((value, index) => {
      const at = quadOf(address + BigInt(index * 8));
      const quad = quadOf(value);
      if (this.unit.memory.writeQuad(at.hi, at.lo, quad.hi, quad.lo) !== 0) throw new Error('no memory there');
    });
  }

  read(address: bigint): bigint {
    const at = quadOf(address);
    if (this.unit.memory.readQuad(at.hi, at.lo) !== 0) throw new Error('no memory there');
    return bigOf(this.unit.memory.outHi, this.unit.memory.outLo);
  }

  set32(offset: number, value: number): void {
    this.unit.writeRegister(offset, value | 0);
  }
  get32(offset: number): number {
    return this.unit.readRegister(offset) >>> 0;
  }
  set64(offset: number, value: bigint): void {
    const { hi, lo } = quadOf(value);
    this.set32(offset, lo);
    this.set32(offset + 4, hi);
  }
  get64(offset: number): bigint {
    return bigOf(this.get32(offset + 4), this.get32(offset));
  }

  /** Writes the present levels with this bit set. */
  command(bit: number): void {
    const levels = global.translation | global.queue | global.interrupts | global.compatibility;
    this.set32(register.GCMD, (this.get32(register.GSTS) & levels) | bit);
  }
  off(bit: number): void {
    const levels = global.translation | global.queue | global.interrupts | global.compatibility;
    this.set32(register.GCMD, this.get32(register.GSTS) & levels & ~bit);
  }

  /** Root and context entry of `requester`, tables latched, translation on. `aw` 1, 2, 3; `tt` as in the entry. */
  start({ aw = 2n, tt = 0n, did = BigInt(domain), low = 0n, high = 0n } = {}): this {
    this.write(rootTable, contextTable | 1n, 0n);
    this.writeContext({ aw, tt, did, low, high });
    this.set64(register.RTADDR, rootTable);
    this.command(global.rootTable);
    this.command(global.translation);
    return this;
  }

  writeContext({ aw = 2n, tt = 0n, did = BigInt(domain), low = 0n, high = 0n, source = requester } = {}): void {
    this.write(
      contextTable + BigInt(source & 0xff) * 16n,
      (topTable | (tt << 2n) | 1n) ^ low,
      ((did << 8n) | aw) ^ high,
    );
  }

  /** Address of the entry for an address at a level; tables in between are made with R and W. */
  entry(address: bigint, level: number, levels = 4): bigint {
    let table = topTable;
    for (let at = levels; at > level; at--) {
      const slot = table + ((address >> BigInt(3 + 9 * at)) & 511n) * 8n;
      if (this.read(slot) === 0n) {
        this.write(slot, this.nextPage | RW);
        this.nextPage += 0x1000n;
      }
      table = this.read(slot) & 0xffffffffff000n;
    }
    return table + ((address >> BigInt(3 + 9 * level)) & 511n) * 8n;
  }

  map(address: bigint, target: bigint, { rights = RW, level = 1, levels = 4, extra = 0n } = {}): void {
    const large = level > 1 ? PS : 0n;
    this.write(this.entry(address, level, levels), target | rights | large | extra);
  }

  /** Fault reason of a request; 0 where it passes. */
  dma(address: bigint, kind: 'read' | 'write' = 'read', source = requester, extra = 0): number {
    const { hi, lo } = quadOf(address);
    return this.unit.translate(source, noPasid, hi, lo, (kind === 'read' ? access.read : access.write) | extra);
  }

  /** Host physical address of a request that passes. */
  translated(address: bigint, kind: 'read' | 'write' = 'read', source = requester): bigint {
    const reason = this.dma(address, kind, source);
    if (reason !== 0) throw new Error(`fault ${reason.toString(16)}h`);
    return bigOf(this.unit.dma.outHi, this.unit.dma.outLo);
  }

  get faultBase(): number {
    return this.unit.capabilities.faultRecords;
  }

  /** A fault record, decoded. */
  record(index = 0) {
    const at = this.faultBase + 16 * index;
    const high = this.get64(at + 8);
    return {
      info: this.get64(at),
      source: Number(high & 0xffffn),
      reason: Number((high >> 32n) & 0xffn),
      read: ((high >> 62n) & 1n) === 1n,
      set: high >> 63n === 1n,
      pasidPresent: ((high >> 31n) & 1n) === 1n,
      addressType: Number((high >> 60n) & 3n),
    };
  }

  clearRecord(index = 0): void {
    this.set32(this.faultBase + 16 * index + 12, 0x80000000);
  }

  /** Register-based invalidations. */
  contextCommand(granularity: number, did = 0, source = 0, functionMask = 0): void {
    this.set64(
      register.CCMD,
      (1n << 63n) |
        (BigInt(granularity) << 61n) |
        (BigInt(functionMask) << 32n) |
        (BigInt(source) << 16n) |
        BigInt(did),
    );
  }
  iotlbCommand(granularity: number, did = 0, address = 0n, order = 0, leafOnly = false): void {
    const at = this.unit.capabilities.iotlbRegisters;
    this.set64(at, address | BigInt(order) | (leafOnly ? 0x40n : 0n));
    this.set64(at + 8, (1n << 63n) | (BigInt(granularity) << 60n) | (BigInt(did) << 32n));
  }

  readonly queueBase = 0x8000n;
  private tail = 0;

  /** `wide`: descriptors of 256 bits, half as many. */
  startQueue(size = 0, wide = false): void {
    this.set64(register.IQA, this.queueBase | BigInt(size) | (wide ? 0x800n : 0n));
    this.set32(register.IQT, 0);
    this.tail = 0;
    this.command(global.queue);
  }
  /** Puts descriptors into the queue and moves the tail. */
  submit(...descriptors: [bigint, bigint][]): void {
    const queue = this.get32(register.IQA);
    const width = queue & 0x800 ? 32 : 16;
    const slots = (4096 / width) << (queue & 7);
    for (const [low, high] of descriptors) {
      this.write(this.queueBase + BigInt((this.tail % slots) * width), low, high);
      this.tail++;
    }
    this.set32(register.IQT, (this.tail % slots) * width);
  }
}

/** Queue descriptors. */
export const descriptor = {
  context: (granularity: number, did = 0, source = 0, mask = 0): [bigint, bigint] => [
    1n | (BigInt(granularity) << 4n) | (BigInt(did) << 16n) | (BigInt(source) << 32n) | (BigInt(mask) << 48n),
    0n,
  ],
  iotlb: (granularity: number, did = 0, address = 0n, order = 0): [bigint, bigint] => [
    2n | (BigInt(granularity) << 4n) | (BigInt(did) << 16n),
    address | BigInt(order),
  ],
  interrupts: (selective: boolean, index = 0, order = 0): [bigint, bigint] => [
    4n | (selective ? 16n : 0n) | (BigInt(order) << 27n) | (BigInt(index) << 32n),
    0n,
  ],
  wait: (address: bigint, data: number, flags = 0x20n): [bigint, bigint] => [
    5n | flags | (BigInt(data) << 32n),
    address,
  ],
};
