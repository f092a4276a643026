import { access, noPasid } from '../../../main/remapping/access.ts';
import { bigOf, quadOf } from '../../../main/remapping/core/quad.ts';
import { global, register } from '../../../main/remapping/vtd/registers.ts';
import type { BenchOptions } from './bench.ts';
import { Bench, qemuCap, qemuEcap, requester, rootTable } from './bench.ts';

/** QEMU 11.1.3's intel-iommu with scalable mode: second stage only, and first stage only (measured). */
export const qemuSecondEcap = 0x480080f00f4an;
export const qemuFirstCap = 0x81d2008c222f0606n;
export const qemuFirstEcap = 0x880000f00f4an;

const bit = (...positions: number[]): bigint => positions.reduce((sum, position) => sum | (1n << BigInt(position)), 0n);

/** Everything that scalable mode can have: 2M and 1G first-stage pages, five levels. */
export const fullCap = qemuCap | bit(56, 60);
/** DT, NEST, ERS, SRS, EAFS, PSS 19, PASID, SMTS, SSADS, SSTS, FSTS, RPS, RPRIVS. */
export const fullEcap = qemuEcap | bit(2, 26, 30, 31, 34, 40, 43, 45, 46, 47, 49, 53) | (19n << 35n);

export const scalableContext = 0x2000n;
export const directory = 0x3000n;
export const pasidTable = 0x4000n;
export const secondTop = 0x10000n;
export const firstTop = 0x11000n;

/** First-stage entry bits. */
export const P = 1n;
export const FW = 2n;
export const U = 4n;
export const A = 0x20n;
export const D = 0x40n;
export const user = P | FW | U;

export const pgtt: Readonly<Record<'first' | 'second' | 'nested' | 'pass', bigint>> = {
  first: 1n,
  second: 2n,
  nested: 3n,
  pass: 4n,
};

export interface Ask {
  kind?: 'read' | 'write';
  pasid?: number;
  extra?: number;
  source?: number;
}

/** A unit in scalable mode: root, context, directory and PASID entry 0 for `requester`. */
export class ScalableBench extends Bench {
  private nextTable = 0x40000n;

  constructor(options: BenchOptions = {}) {
    super({ cap: fullCap, ecap: fullEcap, ...options });
  }

  /** Scalable mode wants descriptors of 256 bits. */
  override startQueue(size = 0, wide = true): void {
    super.startQueue(size, wide);
  }

  /** `low`, `rid`: what is changed in the context entry; `entry`: what is changed in the PASID entry's first three quads. */
  begin({
    stage = pgtt.second,
    did = 5n,
    context = 0n,
    rid = 0n,
    entry = [0n, 0n, 0n] as readonly [bigint, bigint, bigint],
    pasid = 0,
  } = {}): this {
    this.write(rootTable, scalableContext | P, 0n);
    this.write(scalableContext + BigInt(requester & 0x7f) * 32n, directory | P | context, rid, 0n, 0n);
    this.write(directory + BigInt(pasid >>> 6) * 8n, pasidTable | P);
    this.writeEntry({ stage, did, entry, pasid });
    this.set64(register.RTADDR, rootTable | 0x400n);
    this.command(global.rootTable);
    this.command(global.translation);
    return this;
  }

  writeEntry({
    stage = pgtt.second,
    did = 5n,
    entry = [0n, 0n, 0n] as readonly [bigint, bigint, bigint],
    pasid = 0,
  } = {}): void {
    this.write(
      pasidTable + BigInt(pasid & 63) * 64n,
      (P | (2n << 2n) | (stage << 6n) | secondTop) ^ entry[0],
      did ^ entry[1],
      firstTop ^ entry[2],
      0n,
      0n,
      0n,
      0n,
      0n,
    );
  }

  /** Address of an entry in either kind of table; tables in between get `rights`. */
  slot(top: bigint, address: bigint, level: number, rights: bigint, levels = 4): bigint {
    let table = top;
    for (let at = levels; at > level; at--) {
      const slot = table + ((address >> BigInt(3 + 9 * at)) & 511n) * 8n;
      if (this.read(slot) === 0n) {
        this.write(slot, this.nextTable | rights);
        this.nextTable += 0x1000n;
      }
      table = this.read(slot) & 0xffffffffff000n;
    }
    return table + ((address >> BigInt(3 + 9 * level)) & 511n) * 8n;
  }

  mapSecond(address: bigint, target: bigint, rights = 3n, level = 1): void {
    this.write(this.slot(secondTop, address, level, 3n), target | rights | (level > 1 ? 0x80n : 0n));
  }
  mapFirst(address: bigint, target: bigint, rights = user, level = 1, levels = 4): void {
    this.write(this.slot(firstTop, address, level, user, levels), target | rights | (level > 1 ? 0x80n : 0n));
  }

  ask(address: bigint, { kind = 'read', pasid = noPasid, extra = 0, source = requester }: Ask = {}): number {
    const { hi, lo } = quadOf(address);
    return this.unit.translate(source, pasid, hi, lo, (kind === 'read' ? access.read : access.write) | extra);
  }

  /** Host physical address of a request that passes. */
  reached(address: bigint, ask: Ask = {}): bigint {
    const reason = this.ask(address, ask);
    if (reason !== 0) throw new Error(`fault ${reason.toString(16)}h`);
    return bigOf(this.unit.dma.outHi, this.unit.dma.outLo);
  }

  /** A whole record, with the fields of a request that names an address space. */
  spaceRecord() {
    const high = this.get64(this.faultBase + 8);
    return {
      pasid: Number((high >> 40n) & 0xfffffn),
      present: ((high >> 31n) & 1n) === 1n,
      execute: ((high >> 30n) & 1n) === 1n,
      privileged: ((high >> 29n) & 1n) === 1n,
    };
  }
}

/** 256-bit queue descriptors of scalable mode, their first two quads. */
export const scalableDescriptor = {
  pasidCache: (how: number, did: number, pasid = 0): [bigint, bigint] => [
    7n | (BigInt(how) << 4n) | (BigInt(did) << 16n) | (BigInt(pasid) << 32n),
    0n,
  ],
  pasidIotlb: (how: number, did: number, pasid: number, address = 0n, order = 0): [bigint, bigint] => [
    6n | (BigInt(how) << 4n) | (BigInt(did) << 16n) | (BigInt(pasid) << 32n),
    address | BigInt(order),
  ],
};
