import { treeOf, type TestFile, type TestTree } from './tree.ts';

/**
 * PCI trees made up from a list of numbers: what machines in captures seldom have (CardBus, bridges without a bus, ARI,
 * PCI behind switches, ports that call themselves by each other's names, VMD, several domains).
 */
export interface BuiltBus {
  readonly number: number;
  readonly domain: number;
  /** the bridge that leads here; null: a root bus */
  readonly self: BuiltFunction | null;
  readonly functions: BuiltFunction[];
}

export interface BuiltFunction {
  readonly address: string;
  readonly bus: BuiltBus;
  readonly devfn: number;
  readonly vendor: number;
  readonly device: number;
  readonly classCode: number;
  /** header type, bits 6:0 */
  readonly header: 0 | 1 | 2;
  /** bit 7 of the header type */
  readonly more: boolean;
  /** device/port type of the PCI Express capability; null: it has none */
  readonly type: number | null;
  /** ACS capability register; null: it has none */
  readonly acs: number | null;
  readonly role: Role;
  /** where a bridge leads to; null with bus number 0 */
  behind: BuiltBus | null;
}

const ids: readonly (readonly [vendor: number, device: number])[] = [
  [0x8086, 0x1234],
  [0x8086, 0x1c10], // Cougar Point root port
  [0x8086, 0xa110], // Sunrise Point root port
  [0x8086, 0x1521], // I350
  [0x1002, 0x4385], // SB7x0
  [0x1022, 0x780f],
  [0x1022, 0x1483],
  [0x10de, 0x2684],
  [0x1b4b, 0x9230], // Marvell: function 1 is the requester
  [0x1180, 0xe832], // Ricoh: function 0
  [0x10b5, 0x87b0], // PLX NTB: everyone on its bus
  [0x1d17, 0x0710], // Zhaoxin
  [0x1d17, 0x0800],
  [0x8088, 0x5010], // Wangxun
  [0x8088, 0x9999],
  [0x104c, 0x8231],
  [0x14e4, 0x9000],
  [0x177d, 0xa001],
];
const acsRegisters = [null, null, 0x1d, 0x5f, 0x7f, 0x00, 0x04, 0x1c] as const;

/** What a function is: a port with a link below it, a switch with ports below it, a bridge to slots, or none of these. */
type Role = 'port' | 'switch' | 'bridge' | 'none';

type Kind = Pick<BuiltFunction, 'header' | 'type' | 'classCode' | 'role'>;
const kind = (header: 0 | 1 | 2, type: number | null, classCode: number, role: Role = header === 0 ? 'none' : 'bridge'): Kind => ({
  header,
  type,
  classCode,
  role,
});
const upstreamPort = kind(1, 5, 0x060400, 'switch');
const downstreamPort = kind(1, 6, 0x060400, 'port');
/** Ports that call themselves by each other's names. */
const misnamedUpstreamPort = kind(1, 6, 0x060400, 'switch');
const misnamedDownstreamPort = kind(1, 5, 0x060400, 'port');
const rootPort = kind(1, 4, 0x060400, 'port');
const conventionalBridge = kind(1, null, 0x060400);
const endpoint = kind(0, 0, 0x030000);
const onRootBus = [
  rootPort,
  rootPort,
  rootPort,
  kind(0, 9, 0x040300),
  kind(0, null, 0x060100),
  kind(0, 0, 0x0c0330),
  kind(0, 10, 0x080700),
  conventionalBridge,
  kind(1, 7, 0x060400),
  kind(2, null, 0x060700),
  kind(0, null, 0x060000),
] as const;
const belowPort = [
  endpoint,
  endpoint,
  kind(0, 1, 0x020000),
  upstreamPort,
  upstreamPort,
  misnamedUpstreamPort,
  kind(1, 7, 0x060400),
  kind(0, null, 0x010000),
  conventionalBridge,
] as const;
const belowSwitch = [downstreamPort, downstreamPort, misnamedDownstreamPort, endpoint] as const;
const onConventionalBus = [kind(0, null, 0x020000), kind(0, null, 0x0c0310), conventionalBridge, kind(1, 8, 0x060400, 'port'), kind(2, null, 0x060700)] as const;

export class BuiltTopology {
  readonly roots: BuiltBus[] = [];
  readonly #tape: readonly number[];
  #at = 0;
  #nextBus = 0;
  #left: number;

  constructor(tape: readonly number[], mostFunctions = 60) {
    this.#tape = tape;
    this.#left = mostFunctions;
    const domains = this.#pick([[0], [0], [0, 1], [0, 0x10000]]);
    for (const domain of domains) {
      this.#nextBus = 0;
      for (let root = this.#pick([1, 1, 2]); root > 0; root--) this.#rootBus(domain, domain === 0 && domains.includes(0x10000));
    }
  }

  get functions(): BuiltFunction[] {
    const all: BuiltFunction[] = [];
    const add = (bus: BuiltBus): void => {
      all.push(...bus.functions);
      for (const { behind } of bus.functions) if (behind) add(behind);
    };
    this.roots.forEach(add);
    return all;
  }

  #number(): number {
    return this.#tape[this.#at++ % this.#tape.length] ?? 0;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#number() % from.length] as T;
  }

  #rootBus(domain: number, withVmd: boolean): void {
    const bus: BuiltBus = { number: this.#nextBus++, domain, self: null, functions: [] };
    this.roots.push(bus);
    if (withVmd) this.#add(bus, 0x0e << 3, kind(0, 9, 0x010400), false, [0x8086, 0x9a0b]);
    this.#slots(bus, onRootBus, 1 + (this.#number() % 7));
    this.#below(bus);
  }

  /** A few slots of a bus, each with one or several functions. */
  #slots(bus: BuiltBus, kinds: readonly Kind[], many: number): void {
    for (let slot = 1; slot <= many && this.#left > 0; slot++) this.#device(bus, slot, kinds, 1 + (this.#number() % 4 === 0 ? this.#number() % 4 : 0));
  }

  #device(bus: BuiltBus, slot: number, kinds: readonly Kind[], many: number): void {
    // Functions need not follow one another; the bit in function 0 may be set on a device of one.
    const step = this.#pick([1, 1, 2]);
    for (let number = 0; number < many; number++) {
      const fn = number * step;
      if (fn < 8) this.#add(bus, (slot << 3) | fn, this.#pick(kinds), fn > 0 ? this.#pick([true, false]) : many > 1 || this.#pick([false, false, true]));
    }
  }

  #add(bus: BuiltBus, devfn: number, { header, type, classCode, role }: Kind, more: boolean, id = this.#pick(ids)): void {
    this.#left--;
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
    const [vendor, device] = id;
    bus.functions.push({
      address: `${hex(bus.domain, 4)}:${hex(bus.number, 2)}:${hex(devfn >> 3, 2)}.${devfn & 7}`,
      bus,
      devfn,
      vendor,
      device,
      classCode,
      header,
      more,
      type,
      acs: type === null || type === 7 || type === 8 || type === 10 ? null : this.#pick(acsRegisters),
      role,
      behind: null,
    });
  }

  /** Buses behind the bridges of one, numbered as firmware does: the first branch to its end, then the next. */
  #below(bus: BuiltBus): void {
    for (const fn of bus.functions) {
      if (fn.header === 0 || this.#nextBus > 0xf0 || this.#number() % 9 === 0) continue;
      const behind: BuiltBus = { number: this.#nextBus++, domain: bus.domain, self: fn, functions: [] };
      fn.behind = behind;
      if (this.#left <= 0 || this.#number() % 7 === 0) continue;
      if (fn.role === 'port') this.#onLink(behind);
      else this.#slots(behind, fn.role === 'switch' ? belowSwitch : onConventionalBus, 1 + (this.#number() % 4));
      this.#below(behind);
    }
  }

  /** One device, as a link has it: with ARI its functions go on beyond the seventh. */
  #onLink(bus: BuiltBus): void {
    if (this.#number() % 6 > 0) return this.#device(bus, 0, belowPort, 1 + (this.#number() % 3 === 0 ? this.#number() % 8 : 0));
    for (let number = 0; number < 12; number += 1 + (this.#number() % 3)) this.#add(bus, number, endpoint, number === 0 ? true : this.#pick([true, false]));
  }
}

const lastBusOf = (bus: BuiltBus): number => Math.max(bus.number, ...bus.functions.map(({ behind }) => (behind ? lastBusOf(behind) : 0)));

/** Config space: 256 bytes, and 4096 with PCI Express. */
export function configBytes(fn: BuiltFunction): Uint8Array {
  const bytes = new Uint8Array(fn.type === null ? 256 : 4096);
  const view = new DataView(bytes.buffer);
  view.setUint16(0x00, fn.vendor, true);
  view.setUint16(0x02, fn.device, true);
  view.setUint32(0x08, fn.classCode << 8, true);
  bytes[0x0e] = fn.header | (fn.more ? 0x80 : 0);
  if (fn.header !== 0) {
    bytes[0x18] = fn.bus.number;
    bytes[0x19] = fn.behind?.number ?? 0;
    bytes[0x1a] = fn.behind ? lastBusOf(fn.behind) : 0;
  }
  if (fn.type === null) return bytes;
  view.setUint16(0x06, 0x10, true);
  bytes[fn.header === 2 ? 0x14 : 0x34] = 0x40;
  bytes[0x40] = 0x10;
  view.setUint16(0x42, 2 | (fn.type << 4), true);
  if (fn.acs !== null) {
    view.setUint32(0x100, 0x0001000d, true);
    view.setUint16(0x104, fn.acs, true);
  }
  return bytes;
}

export function treeOfTopology(topology: BuiltTopology): TestTree {
  const files: Record<string, TestFile> = {};
  const folder = (fn: BuiltFunction): string =>
    fn.bus.self
      ? `${folder(fn.bus.self)}/${fn.address}`
      : `sys/devices/pci${fn.address.slice(0, fn.address.lastIndexOf(':'))}/${fn.address}`;
  for (const fn of topology.functions) {
    files[`${folder(fn)}/config`] = configBytes(fn);
    files[`sys/bus/pci/devices/${fn.address}`] = { link: `../../../${folder(fn).replace(/^sys\//, '')}` };
  }
  return treeOf(files);
}

/** What `lspci -nxxxx` prints; zeros to the end of a page are printed too. */
export const dumpOfTopology = (topology: BuiltTopology): string =>
  topology.functions
    .map((fn) => {
      const bytes = configBytes(fn);
      const lines = Array.from({ length: bytes.length / 16 }, (_, line) => {
        const row = Array.from(bytes.subarray(line * 16, line * 16 + 16), (byte) => byte.toString(16).padStart(2, '0'));
        return `${(line * 16).toString(16).padStart(2, '0')}: ${row.join(' ')}`;
      });
      const hex = (value: number): string => value.toString(16).padStart(4, '0');
      return `${fn.address} ${hex(fn.classCode >> 8)}: ${hex(fn.vendor)}:${hex(fn.device)}\n${lines.join('\n')}\n`;
    })
    .join('\n');
