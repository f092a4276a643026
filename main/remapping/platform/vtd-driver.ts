import { lowMaskLo } from '../core/quad.ts';
import { entryBit, pageSizeAt, tableIndex } from '../formats/second-stage.ts';
import { translationType } from '../vtd/context-table.ts';
import { global, register } from '../vtd/registers.ts';
import type { VtdUnit } from '../vtd/unit.ts';
import { PageAllocator } from './page-allocator.ts';

const present = 1;
const high = (address: number): number => Math.floor(address / 2 ** 32) | 0;
const low = (address: number): number => address | 0;

/** An address space that devices are attached to: Linux's dmar_domain. */
export interface Domain {
  readonly id: number;
  readonly levels: number;
  readonly topTable: number;
}

export interface Mapping {
  readonly iova: number;
  readonly physical: number;
  readonly bytes: number;
  readonly read: boolean;
  readonly write: boolean;
  /** largest leaf level: 1 only 4 KiB, 2 up to 2 MiB, 3 up to 1 GiB */
  readonly largestLevel: number;
}

/** Who may use an interrupt table entry (SVT, SQ and SID), and where it goes. */
export interface InterruptRoute {
  readonly index: number;
  readonly vector: number;
  readonly destination: number;
  /** requester that the entry belongs to; null: not checked */
  readonly source: number | null;
}

/**
 * A small driver in the manner of Linux drivers/iommu/intel: it builds real tables in the unit's memory and programs the
 * unit through its registers and its queue only. Separate from the hardware, so that a wrong driver can be shown too.
 * Addresses are byte addresses below 2^52 as numbers.
 */
export class VtdDriver {
  readonly unit: VtdUnit;
  readonly rootTable: number;
  readonly interruptTable: number;
  readonly interruptEntries: number;
  readonly tablePages: { level: number; address: number }[] = [];
  /** descriptors that were put into the queue, each with a wait */
  submissions = 0;
  private readonly pages: PageAllocator;
  private readonly queue: number;
  private readonly statusWord: number;
  private tail = 0;
  private nextDomain = 1;

  /** `tableBase`: where tables may be placed. Turns queue, interrupt remapping and translation on, in Linux's order. */
  constructor(unit: VtdUnit, tableBase: number) {
    this.unit = unit;
    this.pages = new PageAllocator(tableBase);
    this.rootTable = this.pages.take();
    this.queue = this.pages.take();
    this.statusWord = this.pages.take();
    // 65 536 entries, as Linux takes (INTR_REMAP_TABLE_REG_SIZE 0xf); the memory is sparse.
    this.interruptEntries = 65_536;
    this.interruptTable = this.pages.take(256);
    this.writeAddress(register.RTADDR, this.rootTable);
    this.command(global.rootTable);
    this.writeAddress(register.IQA, this.queue);
    unit.writeRegister(register.IQT, 0);
    this.command(global.queue);
    this.submit(0x11, 0, 0, 0);
    this.submit(0x12, 0, 0, 0);
    this.writeAddress(register.IRTA, this.interruptTable + 0xf);
    this.command(global.interruptTable);
    this.submit(0x04, 0, 0, 0);
    this.command(global.interrupts);
    unit.writeRegister(register.FEDATA, 0x4021);
    unit.writeRegister(register.FEADDR, 0xfee00000);
    unit.writeRegister(register.FECTL, 0);
    this.command(global.translation);
  }

  /** Sets one bit of the present status, as software must. */
  private command(bit: number): void {
    const levels = global.translation | global.queue | global.interrupts | global.compatibility;
    this.unit.writeRegister(register.GCMD, (this.unit.readRegister(register.GSTS) & levels) | bit);
  }

  /** Clears TE or IRE again (intel_iommu=off leaves interrupt remapping on, intremap=off the other way round). */
  turnOff(what: 'translation' | 'interrupts'): void {
    const levels = global.translation | global.queue | global.interrupts | global.compatibility;
    this.unit.writeRegister(register.GCMD, this.unit.readRegister(register.GSTS) & levels & ~global[what]);
  }

  private writeAddress(offset: number, address: number): void {
    this.unit.writeRegister(offset, low(address));
    this.unit.writeRegister(offset + 4, high(address));
  }

  private store(address: number, valueHi: number, valueLo: number): void {
    this.unit.memory.writeQuad(high(address), low(address), valueHi, valueLo);
  }

  /** Puts one descriptor and a wait for it into the queue, as qi_submit_sync does. */
  private submit(w0: number, w1: number, w2: number, w3: number): void {
    const slots = 256;
    this.submissions++;
    this.storeDescriptor(w0, w1, w2, w3);
    this.storeDescriptor(0x25, 2, low(this.statusWord), high(this.statusWord));
    this.unit.writeRegister(register.IQT, (this.tail % slots) * 16);
  }

  private storeDescriptor(w0: number, w1: number, w2: number, w3: number): void {
    const at = this.queue + (this.tail % 256) * 16;
    this.store(at, w1, w0);
    this.store(at + 8, w3, w2);
    this.tail++;
  }

  createDomain(levels: number): Domain {
    const topTable = this.pages.take();
    this.tablePages.push({ level: levels, address: topTable });
    return { id: this.nextDomain++, levels, topTable };
  }

  /** Points the requester's context entry at a domain (domain_context_mapping_one). */
  attach(source: number, domain: Domain): void {
    this.writeContext(source, domain, translationType.secondStage);
  }

  /** The same for a device whose ATS is enabled: it may keep translations itself. */
  attachCaching(source: number, domain: Domain): void {
    this.writeContext(source, domain, translationType.withDeviceTlb);
  }

  /** Lets a requester use memory addresses as they are (TT=10), as iommu=pt does for the host's own drivers. */
  pass(source: number): void {
    this.writeContext(source, { id: this.nextDomain++, levels: 4, topTable: 0 }, translationType.passThrough);
  }

  private writeContext(source: number, domain: Domain, type: number): void {
    const contextTable = this.contextTableOf(source >>> 8);
    const entry = contextTable + (source & 0xff) * 16;
    this.store(entry + 8, 0, (domain.id << 8) | (domain.levels - 2));
    this.store(entry, high(domain.topTable), low(domain.topTable) | (type << 2) | present);
    if (this.unit.capabilities.cachingMode) this.submit(0x31, source, 0, 0);
  }

  /** Moves a requester to another domain: its entry is never absent, and what was known of it is forgotten after. */
  move(source: number, from: Domain, to: Domain): void {
    this.attach(source, to);
    this.forget(source, from);
    this.submit((to.id << 16) | 0x22, 0, 0, 0);
  }

  /** Takes the requester’s context entry away. */
  detach(source: number, from: Domain): void {
    const entry = this.contextTableOf(source >>> 8) + (source & 0xff) * 16;
    this.store(entry, 0, 0);
    this.forget(source, from);
  }

  /** Its context entry first, then the translations of its domain (VT-d 6.5.3.1). */
  private forget(source: number, from: Domain): void {
    this.submit((from.id << 16) | 0x31, source, 0, 0);
    this.submit((from.id << 16) | 0x22, 0, 0, 0);
  }

  /** Address of the context table of a bus, made when it is first needed. */
  contextTableOf(bus: number): number {
    const at = this.rootTable + bus * 16;
    const held = this.load(at);
    if (held % 2 === present) return held - present;
    const table = this.pages.take();
    this.store(at, high(table), low(table) | present);
    return table;
  }

  private load(address: number): number {
    const { memory } = this.unit;
    memory.readQuad(high(address), low(address));
    return (memory.outHi >>> 0) * 2 ** 32 + (memory.outLo >>> 0);
  }

  /** Maps with the largest pages that alignment, length and the unit allow. */
  map(domain: Domain, mapping: Mapping): void {
    const rights = (mapping.read ? entryBit.read : 0) | (mapping.write ? entryBit.write : 0);
    let done = 0;
    while (done < mapping.bytes) {
      const level = this.leafLevel(mapping, done);
      const target = mapping.physical + done;
      const large = level > 1 ? entryBit.large : 0;
      this.store(this.entryFor(domain, mapping.iova + done, level), high(target), low(target) | rights | large);
      done += pageSizeAt(level);
    }
    if (this.unit.capabilities.cachingMode) this.flush(domain, mapping.iova, mapping.bytes);
  }

  private leafLevel(mapping: Mapping, done: number): number {
    const { pages2M, pages1G } = this.unit.capabilities;
    for (let level = Math.min(3, mapping.largestLevel); level > 1; level--) {
      const size = pageSizeAt(level);
      const offered = level === 2 ? pages2M : pages1G;
      const aligned = (mapping.iova + done) % size === 0 && (mapping.physical + done) % size === 0;
      if (offered && aligned && mapping.bytes - done >= size) return level;
    }
    return 1;
  }

  /** Address of the entry for an IOVA at a level; missing tables above it are made. */
  entryFor(domain: Domain, iova: number, level: number): number {
    let table = domain.topTable;
    for (let at = domain.levels; at > level; at--) {
      const entry = table + tableIndex(at, high(iova), low(iova)) * 8;
      const held = this.load(entry);
      if (held % 4 === 0) {
        table = this.pages.take();
        this.tablePages.push({ level: at - 1, address: table });
        this.store(entry, high(table), low(table) | entryBit.read | entryBit.write);
      } else if (at < 4 && Math.floor(held / entryBit.large) % 2 === 1) table = this.split(entry, held, at);
      else table = held - (held % 4096);
    }
    return table + tableIndex(level, high(iova), low(iova)) * 8;
  }

  /** Replaces a large page by a table of the next smaller pages, which map the same. */
  private split(entry: number, held: number, level: number): number {
    const table = this.pages.take();
    this.tablePages.push({ level: level - 1, address: table });
    const size = pageSizeAt(level - 1);
    const rights = held % 4;
    const first = held - (held % pageSizeAt(level));
    const mark = level - 1 > 1 ? entryBit.large : 0;
    for (let index = 0; index < 512; index++) {
      const target = first + index * size;
      this.store(table + index * 8, high(target), low(target) | rights | mark);
    }
    this.store(entry, high(table), low(table) | entryBit.read | entryBit.write);
    return table;
  }

  /** Clears 4 KiB entries and, unless `lazy`, invalidates them at once (Linux's strict mode). */
  unmap(domain: Domain, iova: number, bytes: number, lazy = false): void {
    for (let done = 0; done < bytes; done += 4096) this.store(this.entryFor(domain, iova + done, 1), 0, 0);
    if (!lazy) this.flush(domain, iova, bytes);
  }

  /** Invalidates everything that is known of a domain. */
  flushDomain(domain: Domain): void {
    this.submit((domain.id << 16) | 0x22, 0, 0, 0);
  }

  /** Page-selective invalidation of the smallest aligned power of two that covers the range; else the whole domain. */
  flush(domain: Domain, iova: number, bytes: number): void {
    const { pageSelective, maximumAddressMask } = this.unit.capabilities;
    const first = Math.floor(iova / 4096);
    const last = Math.floor((iova + bytes - 1) / 4096);
    let order = 0;
    while (Math.floor(first / 2 ** order) !== Math.floor(last / 2 ** order)) order++;
    if (!pageSelective || order > maximumAddressMask) this.flushDomain(domain);
    else {
      const page = (iova - (iova % (4096 * 2 ** order))) % 2 ** 52;
      this.submit((domain.id << 16) | 0x32, 0, (low(page) & ~lowMaskLo(12)) | order, high(page));
    }
  }

  /** Fills an interrupt table entry (fixed delivery, physical destination, edge) and invalidates it. */
  route(route: InterruptRoute): void {
    const destination = this.unit.state.extendedInterrupts ? route.destination : (route.destination & 0xff) << 8;
    this.writeInterruptEntry(route, 0, destination, (route.vector << 16) | present);
  }

  /** The same for an entry that posts the vector into a descriptor (VT-d 9.10): `descriptor`, its address. */
  routePosted(route: Omit<InterruptRoute, 'destination'>, descriptor: number): void {
    const posted = 1 << 15;
    this.writeInterruptEntry(route, high(descriptor), low(descriptor), (route.vector << 16) | posted | present);
  }

  private writeInterruptEntry(route: Omit<InterruptRoute, 'destination'>, top: number, hi: number, lo: number): void {
    const at = this.interruptTable + route.index * 16;
    // SVT=1 with SQ=0: the whole requester id must match.
    this.store(at + 8, top, route.source === null ? 0 : route.source | (1 << 18));
    this.store(at, hi, lo);
    this.submit(0x14, route.index, 0, 0);
  }

  /** The MSI address and data that make a device use an entry: remappable format, no subhandle. */
  messageFor(index: number): { address: number; data: number } {
    return { address: 0xfee00010 + (index % 0x8000) * 32 + (index >>> 15) * 4, data: 0 };
  }
}
