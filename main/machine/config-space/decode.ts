import { known, measured, unknown, valueOr, type Fact, type Unknown } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import { decodeBars } from './bars.ts';
import {
  announcesCapabilities,
  classicCapabilities,
  extendedCapabilities,
  type CapabilityList,
} from './capability-list.ts';
import { classicId, extendedId } from './capability-names.ts';
import { decodeExpress } from './express.ts';
import { decodePower } from './power.ts';
import { decodeAriForwarding, decodeSlot } from './slot.ts';
import {
  decodeAcs,
  decodeAri,
  decodeAts,
  decodePasid,
  decodePri,
  decodeResizableBars,
  decodeSriov,
  hasThunderboltMark,
} from './extended.ts';
import { decodeHeader, decodeIds, type Header } from './header.ts';
import { decodeMsi, decodeMsix } from './message-interrupts.ts';
import { byteAt, dwordAt, wordAt } from './registers.ts';

/** Everything of a function that its config space tells by itself. */
export type DecodedConfig = Pick<
  PciFunction,
  | 'ids'
  | 'classCode'
  | 'header'
  | 'multifunction'
  | 'bridge'
  | 'configBytes'
  | 'capabilities'
  | 'express'
  | 'acs'
  | 'ats'
  | 'sriov'
  | 'resizableBars'
  | 'msi'
  | 'msix'
  | 'bars'
  | 'pri'
  | 'pasid'
  | 'ari'
  | 'ariForwarding'
  | 'power'
  | 'slot'
  | 'link'
  | 'rom'
  | 'thunderbolt'
>;

/**
 * What the end of the bytes means: `cut` is where a dump stops (`lspci -xxx` ends at 256 whatever the device has);
 * `whole` is all that the kernel reaches, as sysfs `config` read by root (drivers/pci/probe.c pci_cfg_space_size).
 */
export type ConfigEnd = 'cut' | 'whole';

/**
 * Decodes the config space of one function: 64, 256 or 4096 bytes as sources have them, but any length is safe, and
 * lists that loop or point outside end where the kernel's walk ends. What the bytes do not hold is unknown, never zero.
 */
export function decodeConfigSpace(source: Uint8Array, end: ConfigEnd = 'cut'): DecodedConfig {
  const bytes = withoutPadding(source.subarray(0, 0x1000));
  if (!answers(bytes)) return unknownConfig(unknown('readable-file', 'config 00h'), bytes.length);
  const header = decodeHeader(bytes);
  const classic = classicList(bytes, header);
  const expressAt = find(classic, classicId.express);
  const extended = extendedList(bytes, end, header, classic, typeof expressAt === 'number');
  const subsystemAt = header.kind === 'endpoint' ? 0x2c : bridgeSubsystem(classic);
  const express = pick(bytes, classic, classicId.express, decodeExpress);
  const ids = decodeIds(bytes, subsystemAt);
  const bars = barsOf(bytes, header);
  return {
    ids,
    classCode: header.classCode,
    header: header.kind,
    multifunction: header.multifunction,
    bridge: header.bridge,
    configBytes: bytes.length,
    capabilities: capabilitiesOf(classic, extended),
    express,
    acs: pick(bytes, extended, extendedId.acs, decodeAcs),
    ats: pick(bytes, extended, extendedId.ats, decodeAts),
    sriov: pick(bytes, extended, extendedId.sriov, decodeSriov),
    resizableBars: orEmpty(pick(bytes, extended, extendedId.resizableBar, decodeResizableBars)),
    msi: pick(bytes, classic, classicId.msi, decodeMsi),
    msix: pick(bytes, classic, classicId.msix, decodeMsix),
    bars,
    pri: pick(bytes, extended, extendedId.pri, decodePri),
    pasid: pick(bytes, extended, extendedId.pasid, decodePasid),
    ari: pick(bytes, extended, extendedId.ari, decodeAri),
    ariForwarding: pick(bytes, classic, classicId.express, decodeAriForwarding),
    power: pick(bytes, classic, classicId.powerManagement, decodePower),
    slot: pick(bytes, classic, classicId.express, decodeSlot),
    link: express.known ? { ...express, value: express.value?.link ?? null } : express,
    rom: romOf(bars),
    thunderbolt: thunderboltOf(bytes, ids, extended),
  };
}

/** A list that was walked, or why it could not be; `absent` says by which register there is none. */
type Walk = { list: CapabilityList; absent: string | null; beyond: Unknown } | Unknown;

function classicList(bytes: Uint8Array, header: Header): Walk {
  const announced = announcesCapabilities(bytes);
  if (announced === null || header.kind === 'unknown') return unknown('readable-file', 'config 06h');
  // Without CAP_SYS_ADMIN the kernel ends reads at 64 bytes, 128 on CardBus bridges (drivers/pci/pci-sysfs.c pci_read_config).
  const beyond = unknown('root', 'config 40h');
  if (!announced) return { list: { entries: [], cut: false }, absent: 'config 06h', beyond };
  const list = classicCapabilities(bytes, header.kind === 'cardbus' ? 0x14 : 0x34);
  return { list, absent: null, beyond };
}

function extendedList(bytes: Uint8Array, end: ConfigEnd, header: Header, classic: Walk, express: boolean): Walk {
  if (bytes.length > 0x100) {
    return { list: extendedCapabilities(bytes), absent: null, beyond: unknown('fuller-source', 'config 100h') };
  }
  const nothing = (absent: string): Walk => ({
    list: { entries: [], cut: false },
    absent,
    beyond: unknown('fuller-source', 'config 100h'),
  });
  if ('known' in classic) return classic;
  if (end === 'whole' && bytes.length === 0x100) return nothing('config ends at 100h');
  if (express) return classic.list.cut ? classic.beyond : unknown('fuller-source', 'config 100h');
  if (classic.list.cut) return classic.beyond;
  // Only PCI Express, PCI-X 2.0 and host bridges can have more than 256 bytes (drivers/pci/probe.c pci_cfg_space_size).
  const hostBridge = valueOr(header.classCode, 0) >>> 8 === 0x0600;
  const pcix = classic.list.entries.some((entry) => entry.id === classicId.pcix);
  return hostBridge || pcix ? unknown('fuller-source', 'config 100h') : nothing('no PCI Express capability');
}

function find(walk: Walk, id: number): number | null | Unknown {
  if ('known' in walk) return walk;
  const entry = walk.list.entries.find((each) => each.id === id);
  if (entry) return entry.offset;
  return walk.list.cut ? walk.beyond : null;
}

function pick<T>(
  bytes: Uint8Array,
  walk: Walk,
  id: number,
  decode: (bytes: Uint8Array, offset: number) => Fact<T>,
): Fact<T | null> {
  const at = find(walk, id);
  if (typeof at === 'number') return decode(bytes, at);
  if (at !== null) return at;
  const absent = 'known' in walk ? null : walk.absent;
  return absent === null ? measured(null, 'capability list') : known(null, 'derived', absent);
}

const barsOf = (bytes: Uint8Array, header: Header): PciFunction['bars'] =>
  bytes.length < 0x40 ? unknown('readable-file', 'config 10h') : measured(decodeBars(bytes, header.kind), 'config 10h');

/** Of an expansion ROM config space shows that it is there once it has an address; without one it may still be. */
const romOf = (bars: PciFunction['bars']): PciFunction['rom'] =>
  bars.known && bars.value.some(({ kind }) => kind === 'rom')
    ? measured({ size: null, shadowed: null, headerGood: null }, 'config 30h')
    : unknown('fuller-source', 'resource');

const intel = 0x8086;

function thunderboltOf(bytes: Uint8Array, ids: PciFunction['ids'], extended: Walk): PciFunction['thunderbolt'] {
  if (!ids.known) return ids;
  if (ids.value.vendor !== intel) return known(false, 'derived', ids.where);
  if ('known' in extended) return extended;
  return measured(hasThunderboltMark(bytes, extended.list), 'capability list');
}

const orEmpty = <T>(fact: Fact<T[] | null>): Fact<T[]> => (fact.known ? { ...fact, value: fact.value ?? [] } : fact);

function capabilitiesOf(classic: Walk, extended: Walk): PciFunction['capabilities'] {
  if ('known' in classic) return classic;
  if (classic.list.cut) return classic.beyond;
  const more = 'known' in extended ? [] : extended.list.entries;
  return measured([...classic.list.entries, ...more], 'config 34h');
}

/** Bridges name their board by capability 0Dh, the pair at +4 (drivers/pci/probe.c pci_setup_device). */
function bridgeSubsystem(classic: Walk): number | null {
  const at = find(classic, classicId.subsystem);
  return typeof at === 'number' ? at + 4 : null;
}

/** A function that has fallen off the bus or sleeps in D3cold reads all ones, the header type among them. */
const answers = (bytes: Uint8Array): boolean => {
  const type = byteAt(bytes, 0x0e);
  return dwordAt(bytes, 0x00) !== 0xffffffff || (type !== null && type !== 0xff);
};

/**
 * tar trusts the size that stat tells and fills what an ordinary user could not read with zeros: a capability list that
 * is announced and yet all zero from 40h on was never read.
 */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  const pointer = byteAt(bytes, 0x34);
  const status = wordAt(bytes, 0x06);
  if (bytes.length <= 0x40 || status === null || (status & 0x10) === 0 || !pointer) return bytes;
  return bytes.subarray(0x40).every((byte) => byte === 0) ? bytes.subarray(0, 0x40) : bytes;
}

/** What is known of a function without its config space: nothing, for one reason. */
export function unknownConfig(nothing: Unknown, length: number): DecodedConfig {
  return {
    ids: nothing,
    classCode: nothing,
    header: 'unknown',
    multifunction: null,
    bridge: null,
    configBytes: length,
    capabilities: nothing,
    express: nothing,
    acs: nothing,
    ats: nothing,
    sriov: nothing,
    resizableBars: nothing,
    msi: nothing,
    msix: nothing,
    bars: nothing,
    pri: nothing,
    pasid: nothing,
    ari: nothing,
    ariForwarding: nothing,
    power: nothing,
    slot: nothing,
    link: nothing,
    rom: nothing,
    thunderbolt: nothing,
  };
}
