import { control, register } from '../amdvi/registers.ts';
import type { AmdUnit } from '../amdvi/unit.ts';
import {
  amdEntry,
  amdIndex,
  amdRights,
  forceCoherent,
  leafEncodedSize,
  leafOwnSize,
  lowestBitOf,
  nextLevelOf,
} from '../formats/amd-v1.ts';
import type { FirmwareDevices } from './ivhd-devices.ts';
import { settingBits } from './ivhd-devices.ts';
import { PageAllocator } from './page-allocator.ts';

const high = (address: number): number => Math.floor(address / 2 ** 32) | 0;
const low = (address: number): number => address | 0;

/** An address space that devices are attached to: Linux's protection_domain. */
export interface AmdDomain {
  readonly id: number;
  readonly levels: number;
  readonly topTable: number;
}

export interface AmdMapping {
  readonly iova: number;
  readonly physical: number;
  readonly bytes: number;
  readonly read: boolean;
  readonly write: boolean;
  /** largest page, as address bits inside it: 12 only 4 KiB, 21 up to 2 MiB */
  readonly largestBits: number;
}

/** A range that the firmware wants mapped one to one (IVMD). Devices from `first` to `last`; bytes. */
export interface UnityRange {
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly bytes: number;
  readonly read: boolean;
  readonly write: boolean;
}

/** What Linux takes from the firmware before it attaches anything. */
export interface Firmware {
  readonly devices: FirmwareDevices;
  readonly unity: readonly UnityRange[];
}

const noFirmware: Firmware = { devices: { settings: new Map(), aliases: new Map() }, unity: [] };
/** 512 entries of 16 bytes for commands, events and one device's interrupts (Linux CMD_BUFFER_ENTRIES, DTE_INTTABLEN). */
const entries = 512;
const interruptLength = 9;
/** The hardware has an erratum with pages of 512 GiB (Linux AMD_IOMMU_PGSIZES). */
const brokenSizeBits = 39;

/**
 * A small driver in the manner of Linux drivers/iommu/amd: it builds real tables in the unit's memory and programs the unit
 * through its registers and its commands only. Separate from the hardware, so that a wrong driver can be shown too.
 * Addresses are byte addresses below 2^52 as numbers.
 */
export class AmdDriver {
  readonly unit: AmdUnit;
  readonly deviceTable: number;
  readonly eventLog: number;
  readonly interruptEntries = entries;
  readonly tablePages: { level: number; address: number }[] = [];
  private readonly pages: PageAllocator;
  private readonly commands: number;
  private readonly semaphore: number;
  private readonly firmware: Firmware;
  private readonly interruptTables = new Map<number, number>();
  private readonly attached = new Map<number, AmdDomain>();
  /** devices that may keep translations themselves: I, bit 96 of their entries */
  private readonly caching = new Set<number>();
  private tail = 0;
  private waits = 0;
  private nextDomain = 1;

  /** `tableBase`: where tables may be placed. Turns commands, event log and translation on, with every device blocked. */
  constructor(unit: AmdUnit, tableBase: number, firmware: Firmware = noFirmware) {
    this.unit = unit;
    this.firmware = firmware;
    this.pages = new PageAllocator(tableBase);
    this.deviceTable = this.pages.take(512);
    this.commands = this.pages.take(2);
    this.eventLog = this.pages.take(2);
    this.semaphore = this.pages.take();
    // V and TV without tables and rights: nothing passes before it is attached (init_device_table_dma).
    for (let device = 0; device < 0x10000; device++) this.writeDevice(device, null);
    this.writeAddress(register.DEV_TABLE, this.deviceTable + 0x1ff, 0);
    this.writeAddress(register.CMD_BASE, this.commands, 9 << 24);
    this.writeAddress(register.EVT_BASE, this.eventLog, 9 << 24);
    unit.message = { hi: 0, lo: 0xfee00000 | 0, data: 0x21 };
    const on = control.enable | control.eventLog | control.eventInterrupt | control.commands;
    unit.writeRegister(register.CONTROL, on | (unit.features.guestApic ? control.guestApic : 0));
    if (unit.features.invalidateAll) this.submit(0, 8 << 28, 0, 0);
  }

  private writeAddress(offset: number, address: number, upper: number): void {
    this.unit.writeRegister(offset, low(address));
    this.unit.writeRegister(offset + 4, high(address) | upper);
  }

  private store(address: number, valueHi: number, valueLo: number): void {
    this.unit.memory.writeQuad(high(address), low(address), valueHi, valueLo);
  }

  private load(address: number): { hi: number; lo: number } {
    const { memory } = this.unit;
    memory.readQuad(high(address), low(address));
    return { hi: memory.outHi, lo: memory.outLo };
  }

  /** Puts one command and a COMPLETION_WAIT into the buffer, as iommu_completion_wait does. */
  private submit(w0: number, w1: number, w2: number, w3: number): void {
    this.storeCommand(w0, w1, w2, w3);
    this.waits++;
    this.storeCommand(low(this.semaphore) | 1, high(this.semaphore) | (1 << 28), this.waits, 0);
    this.unit.writeRegister(register.CMD_TAIL, (this.tail % entries) * 16);
  }

  private storeCommand(w0: number, w1: number, w2: number, w3: number): void {
    const at = this.commands + (this.tail % entries) * 16;
    this.store(at, w1, w0);
    this.store(at + 8, w3, w2);
    this.tail++;
  }

  /** Linux starts with three levels, which reach 512 GiB. */
  createDomain(levels = 3): AmdDomain {
    const topTable = this.pages.take();
    this.tablePages.push({ level: levels, address: topTable });
    return { id: this.nextDomain++, levels, topTable };
  }

  /** Points a device at a domain, whose tables then hold what the firmware wants mapped for it; its alias likewise. */
  attach(source: number, domain: AmdDomain, deviceCache = false): void {
    for (const { first, last, start, bytes, read, write } of this.firmware.unity)
      if (source >= first && source <= last)
        this.map(domain, { iova: start, physical: start, bytes, read, write, largestBits: 21 });
    const alias = this.firmware.devices.aliases.get(source);
    for (const device of alias === undefined || alias === source ? [source] : [source, alias]) {
      this.attached.set(device, domain);
      if (deviceCache) this.caching.add(device);
      this.writeDevice(device, domain);
      this.forgetDevice(device);
    }
  }

  /** Lets a device use memory addresses as they are: a domain of no levels (iommu=pt). */
  pass(source: number): void {
    this.attach(source, { id: this.nextDomain++, levels: 0, topTable: 0 });
  }

  /** Blocks a device again (clear_dte_entry). */
  detach(source: number): void {
    this.attached.delete(source);
    this.writeDevice(source, null);
    this.forgetDevice(source);
  }

  /** Switches the whole unit off: translation and the remapping of interrupts with it. */
  turnOff(): void {
    const { unit } = this;
    unit.writeRegister(register.CONTROL, unit.readRegister(register.CONTROL) & ~control.enable);
  }

  /** The four quads of a device's entry; null: blocked. */
  private writeDevice(source: number, domain: AmdDomain | null): void {
    const at = this.deviceTable + source * 32;
    const { management, passes } = settingBits(this.firmware.devices.settings.get(source) ?? 0);
    const table = this.interruptTables.get(source);
    const interrupts =
      table === undefined
        ? { hi: passes, lo: 0 }
        : { hi: high(table) | passes | (2 << 28), lo: low(table) | (interruptLength << 1) | 1 };
    if (interrupts.lo !== 0 || passes !== 0) this.store(at + 16, interrupts.hi, interrupts.lo);
    if (domain === null) {
      this.store(at, 0, 3);
      if (management !== 0) this.store(at + 8, management, 0);
      return;
    }
    this.store(at + 8, management | (this.caching.has(source) ? 1 : 0), domain.id);
    const root = domain.topTable;
    this.store(at, high(root) | amdRights.read | amdRights.write, low(root) | (domain.levels << 9) | 3);
  }

  private forgetDevice(source: number): void {
    this.submit(source, 2 << 28, 0, 0);
  }

  /** Maps with the largest pages that alignment and length allow: any power of two. */
  map(domain: AmdDomain, mapping: AmdMapping): void {
    let done = 0;
    while (done < mapping.bytes) {
      const bits = this.pageBits(mapping, done);
      this.writeLeaf(domain, mapping, done, bits);
      done += 2 ** bits;
    }
  }

  private pageBits(mapping: AmdMapping, done: number): number {
    for (let bits = mapping.largestBits; bits > 12; bits--) {
      const size = 2 ** bits;
      if (bits === brokenSizeBits || mapping.bytes - done < size) continue;
      if ((mapping.iova + done) % size === 0 && (mapping.physical + done) % size === 0) return bits;
    }
    return 12;
  }

  /** One entry for a size that is a level's own; for the others a run of equal ones, whose address encodes the size. */
  private writeLeaf(domain: AmdDomain, mapping: AmdMapping, done: number, bits: number): void {
    const level = Math.floor((bits - 12) / 9) + 1;
    const own = bits === lowestBitOf(level);
    const count = 2 ** (bits - lowestBitOf(level));
    const target = mapping.physical + done + (own ? 0 : 2 ** (bits - 1) - 4096);
    const rights = (mapping.read ? amdRights.read : 0) | (mapping.write ? amdRights.write : 0);
    const kind = (own ? leafOwnSize : leafEncodedSize) << 9;
    for (let index = 0; index < count; index++) {
      const at = this.entryFor(domain, mapping.iova + done + index * 2 ** lowestBitOf(level), level);
      this.store(at, high(target) | rights | forceCoherent, low(target) | kind | amdEntry.present);
    }
  }

  /** Address of the entry for an IOVA at a level; tables above it that are missing, or large pages there, become tables. */
  entryFor(domain: AmdDomain, iova: number, level: number): number {
    let table = domain.topTable;
    for (let at = domain.levels; at > level; at--) {
      const entry = table + amdIndex(at, high(iova), low(iova)) * 8;
      const { hi, lo } = this.load(entry);
      const leads = (lo & amdEntry.present) !== 0 && nextLevelOf(lo) === at - 1;
      table = leads ? (hi & 0xfffff) * 2 ** 32 + ((lo & ~0xfff) >>> 0) : this.addTable(entry, at - 1);
    }
    return table + amdIndex(level, high(iova), low(iova)) * 8;
  }

  private addTable(entry: number, level: number): number {
    const table = this.pages.take();
    this.tablePages.push({ level, address: table });
    const rights = amdRights.read | amdRights.write;
    this.store(entry, high(table) | rights, low(table) | (level << 9) | amdEntry.present);
    return table;
  }

  /** Clears 4 KiB entries and, unless `lazy`, invalidates them at once (Linux's strict mode). */
  unmap(domain: AmdDomain, iova: number, bytes: number, lazy = false): void {
    for (let done = 0; done < bytes; done += 4096) this.store(this.entryFor(domain, iova + done, 1), 0, 0);
    if (!lazy) this.flush(domain, iova, bytes);
  }

  /** INVALIDATE_IOMMU_PAGES of the smallest aligned power of two that covers the range (build_inv_address). */
  flush(domain: AmdDomain, iova: number, bytes: number): void {
    let bits = 12;
    while (Math.floor(iova / 2 ** bits) !== Math.floor((iova + bytes - 1) / 2 ** bits)) bits++;
    const first = iova - (iova % 2 ** bits);
    const encoded = bits === 12 ? first : first + 2 ** (bits - 1) - 4096;
    this.submit(0, (3 << 28) | domain.id, low(encoded) | (bits === 12 ? 0 : 1), high(encoded));
  }

  hasInterruptTable(source: number): boolean {
    return this.interruptTables.has(source);
  }

  /** Address of a device's interrupt table, made when it is first needed. */
  interruptTableOf(source: number): number {
    const held = this.interruptTables.get(source);
    if (held !== undefined) return held;
    const table = this.pages.take(2);
    this.interruptTables.set(source, table);
    this.writeDevice(source, this.attached.get(source) ?? null);
    this.forgetDevice(source);
    return table;
  }

  /** Fills an entry of a device's own interrupt table (fixed, physical, edge) and invalidates the table's cached entries. */
  route(source: number, index: number, vector: number, destination: number): void {
    const wide = this.unit.features.guestApic;
    const at = this.interruptTableOf(source) + index * (wide ? 16 : 4);
    if (wide) {
      this.store(at + 8, 0, vector);
      this.store(at, 0, 1 | (destination << 8));
    } else this.unit.memory.writeWord(high(at), low(at), 1 | (destination << 8) | (vector << 16));
    this.submit(source, 5 << 28, 0, 0);
  }

  /** The MSI address and data that make a device use an entry of its table: the index is the data (fill_msi_msg). */
  messageFor(index: number): { address: number; data: number } {
    return { address: 0xfee00000, data: index };
  }
}
