import { access, noPasid } from '../../../main/remapping/access.ts';
import { decodeFeatures } from '../../../main/remapping/amdvi/features.ts';
import { control, register, status } from '../../../main/remapping/amdvi/registers.ts';
import { AmdUnit } from '../../../main/remapping/amdvi/unit.ts';
import type { CacheSizes } from '../../../main/remapping/amdvi/unit.ts';
import { bigOf, quadOf } from '../../../main/remapping/core/quad.ts';
import { PhysicalMemory } from '../../../main/remapping/memory/physical-memory.ts';

/** QEMU 11.1.3's EFR (measured): PREF, PPR, GT, IA, GA, HE, six levels of host and guest tables. */
export const qemuEfr = 0x29d3n;
/** The same with X2APIC, NX, three levels of address spaces, guest vAPIC, MSI registers, GIO, HA, HD. */
export const fullEfr = qemuEfr | (1n << 2n) | (1n << 3n) | (2n << 14n) | (1n << 21n) | (1n << 46n) | (0x13n << 48n);
/** EFR2 with 2048 interrupts a device. */
export const manyInterrupts = 1n << 8n;

const smallCaches: CacheSizes = { pageEntries: 16, pageWays: 4, deviceEntries: 4, interruptEntries: 4 };

export const deviceTable = 0x100000n;
export const commandBuffer = 0x8000n;
export const eventLog = 0xa000n;
export const topTable = 0x10000n;
export const requester = 0x0020;
export const domain = 5;

/** Bits of paging entries. */
export const PR = 1n;
export const IR = 1n << 61n;
export const IW = 1n << 62n;
export const RW = IR | IW;
export const next = (level: number): bigint => BigInt(level) << 9n;

export interface AmdOptions {
  efr?: bigint;
  efr2?: bigint;
  memory?: number;
  caches?: Partial<CacheSizes>;
}

export interface DeviceEntry {
  mode?: bigint;
  root?: bigint;
  rights?: bigint;
  did?: bigint;
  valid?: boolean;
  translation?: boolean;
  source?: number;
  /** xored into quads 0 to 3 */
  extra?: readonly [bigint, bigint, bigint, bigint];
}

/** An AMD-Vi unit with hand-written tables: what is in memory is what the test wrote there. */
export class AmdBench {
  readonly unit: AmdUnit;
  readonly messages: { address: bigint; data: number }[] = [];
  sinkWorks = true;
  private nextPage = 0x20000n;
  private tail = 0;

  constructor(options: AmdOptions = {}) {
    const features = decodeFeatures(quadOf(options.efr ?? qemuEfr), quadOf(options.efr2 ?? 0n));
    const memory = new PhysicalMemory(options.memory ?? 0x8000000);
    this.unit = new AmdUnit(features, memory, { ...smallCaches, ...options.caches }, (hi, lo, data) => {
      this.messages.push({ address: bigOf(hi, lo), data });
      return this.sinkWorks;
    });
    this.unit.message = { hi: 0, lo: 0xfee00000 | 0, data: 0x22 };
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

  set64(offset: number, value: bigint): void {
    const { hi, lo } = quadOf(value);
    this.unit.writeRegister(offset, lo);
    this.unit.writeRegister(offset + 4, hi);
  }
  get64(offset: number): bigint {
    return bigOf(this.unit.readRegister(offset + 4), this.unit.readRegister(offset));
  }

  /** Device table of 2 MiB, command buffer and event log of 512 entries, everything on. */
  start(entry: DeviceEntry = {}, more = 0n): this {
    this.set64(register.DEV_TABLE, deviceTable | 0x1ffn);
    this.set64(register.CMD_BASE, commandBuffer | (9n << 56n));
    this.set64(register.EVT_BASE, eventLog | (9n << 56n));
    const on = control.enable | control.eventLog | control.eventInterrupt | control.commands | control.waitInterrupt;
    this.set64(register.CONTROL, BigInt(on) | more);
    this.device(entry);
    return this;
  }

  device({
    mode = 4n,
    root = topTable,
    rights = RW,
    did = BigInt(domain),
    valid = true,
    translation = true,
    source = requester,
    extra = [0n, 0n, 0n, 0n],
  }: DeviceEntry = {}): void {
    const first = (valid ? 1n : 0n) | (translation ? 2n : 0n) | (mode << 9n) | root | rights;
    this.write(deviceTable + BigInt(source) * 32n, first ^ extra[0], did ^ extra[1], extra[2], extra[3]);
  }

  /** Address of the entry for an address at a level; tables in between are made with IR and IW. */
  entry(address: bigint, level: number, levels = 4): bigint {
    let table = topTable;
    for (let at = levels; at > level; at--) {
      const slot = table + ((address >> BigInt(3 + 9 * at)) & 511n) * 8n;
      if (this.read(slot) === 0n) {
        this.write(slot, this.nextPage | PR | RW | next(at - 1));
        this.nextPage += 0x1000n;
      }
      table = this.read(slot) & 0xffffffffff000n;
    }
    return table + ((address >> BigInt(3 + 9 * level)) & 511n) * 8n;
  }

  map(address: bigint, target: bigint, { rights = RW, level = 1, levels = 4, extra = 0n } = {}): void {
    this.write(this.entry(address, level, levels), target | PR | rights | extra);
  }

  /** Event code of a request; 0 where it passes. */
  dma(address: bigint, kind: 'read' | 'write' = 'read', source = requester, extra = 0, pasid = noPasid): number {
    const { hi, lo } = quadOf(address);
    return this.unit.translate(source, pasid, hi, lo, (kind === 'read' ? access.read : access.write) | extra);
  }

  /** Host physical address of a request that passes. */
  translated(address: bigint, kind: 'read' | 'write' = 'read', source = requester, pasid = noPasid): bigint {
    const code = this.dma(address, kind, source, 0, pasid);
    if (code !== 0) throw new Error(`event ${code.toString(16)}h`);
    return this.out;
  }
  get out(): bigint {
    return bigOf(this.unit.dma.outHi, this.unit.dma.outLo);
  }

  /** The newest entry of the event log, decoded as Linux does. */
  get event() {
    const tail = Number(this.get64(register.EVT_TAIL));
    return this.eventAt((tail - 16 + 8192) % 8192);
  }
  eventAt(offset: number) {
    const low = this.read(eventLog + BigInt(offset));
    return {
      code: Number(low >> 60n),
      flags: Number((low >> 48n) & 0xfffn),
      space: Number((low >> 32n) & 0xffffn) | (Number((low >> 16n) & 0xfn) << 16),
      source: Number(low & 0xffffn),
      address: this.read(eventLog + BigInt(offset) + 8n),
    };
  }
  get events(): number {
    return Number(this.get64(register.EVT_TAIL)) / 16;
  }
  get status(): number {
    return this.unit.readRegister(register.STATUS);
  }
  get commandsRun(): boolean {
    return (this.status & status.commandRun) !== 0;
  }

  /** Puts commands into the buffer of 512 and moves the tail. */
  submit(...commands: [bigint, bigint][]): void {
    for (const [low, high] of commands) {
      this.write(commandBuffer + BigInt((this.tail % 512) * 16), low, high);
      this.tail++;
    }
    this.unit.writeRegister(register.CMD_TAIL, (this.tail % 512) * 16);
  }

  /** Interrupt table of the requester, 2^length entries, with IntCtl. */
  interruptTable(root: bigint, { length = 9n, control: how = 2n, valid = 1n, extra = 0n, quad0 = 0n } = {}): void {
    const entry = valid | (length << 1n) | root | (how << 60n) | extra;
    this.device({ extra: [quad0, 0n, entry, 0n] });
  }
  interrupt(data: number, address = 0xfee00000, source = requester): number {
    return this.unit.interrupt(source, 0, address | 0, data);
  }
}

/** Commands, as Linux builds them. */
export const command = {
  wait: (address: bigint, data: bigint, flags = 1n): [bigint, bigint] => [(1n << 60n) | address | flags, data],
  device: (source: number): [bigint, bigint] => [(2n << 60n) | BigInt(source), 0n],
  pages: (did: number, address: bigint, flags = 0n, pasid = 0): [bigint, bigint] => [
    (3n << 60n) | (BigInt(did) << 32n) | BigInt(pasid),
    address | flags,
  ],
  deviceCache: (source: number, address: bigint): [bigint, bigint] => [(4n << 60n) | BigInt(source), address],
  interrupts: (source: number): [bigint, bigint] => [(5n << 60n) | BigInt(source), 0n],
  prefetch: (source: number, address: bigint, count: number, flags = 0n): [bigint, bigint] => [
    (6n << 60n) | BigInt(source) | (BigInt(count) << 24n),
    address | flags,
  ],
  pageAnswer: (source: number, tag: number, response: number, pasid: number | null): [bigint, bigint] => [
    (7n << 60n) | BigInt(source) | (BigInt(pasid ?? 0) << 32n),
    (BigInt(tag | (response << 12)) << 32n) | (pasid === null ? 0n : 4n),
  ],
  all: (): [bigint, bigint] => [8n << 60n, 0n],
};
/** Address of an invalidation of everything, with S. */
export const allPages = 0x7fff_ffff_ffff_f000n | 1n;
