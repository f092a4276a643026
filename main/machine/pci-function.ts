import * as v from 'valibot';
import { addressShape } from './address.ts';
import { factShape, laterFactShape } from './fact.ts';

const byte = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xff));
const word = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** 64-bit values travel as `0x…` text. */
export const hex64Shape = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{1,16}$/));

/** The device/port type of the PCI Express capability (PCIe base specification, PCI Express Capabilities Register bits 7:4; include/uapi/linux/pci_regs.h PCI_EXP_TYPE_*). */
export const portTypes = [
  'endpoint',
  'legacy-endpoint',
  'root-port',
  'upstream-port',
  'downstream-port',
  'pcie-to-pci-bridge',
  'pci-to-pcie-bridge',
  'root-complex-endpoint',
  'root-complex-event-collector',
] as const;
export type PortType = (typeof portTypes)[number];

export const expressShape = v.object({
  portType: v.picklist(portTypes),
  slotImplemented: v.boolean(),
  /** function-level reset is offered (Device Capabilities bit 28) */
  flr: v.nullable(v.boolean()),
  /** transfers per second in GT/s and lanes; null where the source does not tell */
  link: v.nullable(
    v.object({
      speed: v.nullable(v.number()),
      width: v.nullable(count),
      maxSpeed: v.nullable(v.number()),
      maxWidth: v.nullable(count),
    }),
  ),
});
export type Express = v.InferOutput<typeof expressShape>;

/** The seven ACS bits in register order (PCI_ACS_SV 01h … PCI_ACS_DT 40h): source validation, translation blocking, request redirect, completion redirect, upstream forwarding, egress control, direct translated. */
export const acsBitNames = ['SV', 'TB', 'RR', 'CR', 'UF', 'EC', 'DT'] as const;
export type AcsBit = (typeof acsBitNames)[number];
/** Masks of `acsBitNames`: bit i is name i. */
export const acsShape = v.object({
  capability: byte,
  /** null: the source shows what the function offers, and not what is switched on (Windows) */
  control: v.nullable(byte),
});

export const capabilityShape = v.object({
  /** capability id: 8 bits in the classic list, 16 in the extended one */
  id: word,
  extended: v.boolean(),
  /** byte offset in config space; null where a text names the capability without it */
  offset: v.nullable(word),
  name: v.string(),
});
export type Capability = v.InferOutput<typeof capabilityShape>;

export const barShape = v.object({
  /** 0–5, 6 is the expansion ROM */
  index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6)),
  kind: v.picklist(['memory', 'io', 'rom']),
  address: v.nullable(hex64Shape),
  /** bytes; null where the source does not tell (a BAR's size is not in config space at rest) */
  size: v.nullable(hex64Shape),
  bits: v.picklist([32, 64]),
  prefetchable: v.boolean(),
  enabled: v.boolean(),
});
export type Bar = v.InferOutput<typeof barShape>;

export const idsShape = v.object({
  vendor: word,
  device: word,
  /** null on bridges and where a source does not tell */
  subsystemVendor: v.nullable(word),
  subsystemDevice: v.nullable(word),
  revision: v.nullable(byte),
});
export type PciIds = v.InferOutput<typeof idsShape>;

export const sriovShape = v.object({
  totalVfs: count,
  enabledVfs: count,
  offset: word,
  stride: word,
  vfDevice: v.nullable(word),
  /** page sizes that the virtual functions' BARs can be aligned to, in KiB; null where the source does not tell */
  pageKilobytes: v.optional(v.nullable(v.array(count)), null),
});

/** Page Request Interface, PASID, ARI: what shared virtual memory and many functions on one bus need (PCIe base specification, extended capabilities 13h, 1Bh and 0Eh). */
export const pasidShape = v.object({
  enabled: v.boolean(),
  /** bits of a PASID */
  width: v.nullable(count),
  execute: v.nullable(v.boolean()),
  privileged: v.nullable(v.boolean()),
});
export const ariShape = v.object({
  /** of the next function; 0: this is the last one */
  nextFunction: count,
});

export const powerStates = ['D0', 'D1', 'D2', 'D3hot', 'D3cold'] as const;
export const powerShape = v.object({
  /** that it can be put into; D3cold is the platform's to give and not in the capability */
  states: v.array(v.picklist(powerStates)),
  current: v.nullable(v.picklist(powerStates)),
  /** going from D3hot to D0 keeps its state, so that this is no way to reset it */
  noSoftReset: v.boolean(),
  /** it can wake the machine from D3cold */
  wakesFromD3cold: v.boolean(),
});

export const slotShape = v.object({
  number: count,
  hotPlug: v.boolean(),
  /** cards may be pulled without asking */
  surprise: v.boolean(),
  powerController: v.boolean(),
  /** null: the source does not tell */
  occupied: v.nullable(v.boolean()),
});

export const linkShape = v.object({
  /** GT/s and lanes; null where the source does not tell */
  speed: v.nullable(v.number()),
  width: v.nullable(count),
  maxSpeed: v.nullable(v.number()),
  maxWidth: v.nullable(count),
});

export const romShape = v.object({
  /** bytes; null where the source does not tell */
  size: v.nullable(hex64Shape),
  /** the firmware's copy in memory stands for it (boot display) */
  shadowed: v.nullable(v.boolean()),
  /** the kernel found no PC option ROM in it (drivers/pci/rom.c); null: nobody has read it */
  headerGood: v.nullable(v.boolean()),
});

export const pciFunctionShape = v.object({
  address: addressShape,
  /** the bridge or port directly above; null on a root bus */
  parent: v.nullable(addressShape),
  /** buses renumber; this does not: `0000:00/01.1/00.0`, the root bus and then device.function of each hop */
  path: v.string(),
  ids: factShape(idsShape),
  /** 24 bits: base class, sub-class, programming interface */
  classCode: factShape(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffff))),
  names: v.object({
    vendor: v.nullable(v.string()),
    device: v.nullable(v.string()),
    subsystem: v.nullable(v.string()),
    class: v.nullable(v.string()),
  }),
  driver: factShape(v.nullable(v.string())),
  header: v.picklist(['endpoint', 'bridge', 'cardbus', 'unknown']),
  /** device implements several functions (header type bit 7) */
  multifunction: v.nullable(v.boolean()),
  /** bus numbers below a bridge */
  bridge: v.nullable(v.object({ secondary: byte, subordinate: byte })),
  /** bytes of config space in the source: 0 (text only), 64, 256 or 4096 */
  configBytes: count,
  capabilities: factShape(v.array(capabilityShape)),
  express: factShape(v.nullable(expressShape)),
  acs: factShape(v.nullable(acsShape)),
  ats: factShape(v.nullable(v.object({ enabled: v.boolean() }))),
  sriov: factShape(v.nullable(sriovShape)),
  /** the physical function when this is a virtual one */
  physicalFunction: v.nullable(addressShape),
  /** Windows says that the firmware wants memory to stay mapped for it; which, it does not tell */
  reservedMemory: v.exactOptional(v.literal(true)),
  resizableBars: factShape(
    v.array(v.object({ bar: byte, sizesMegabytes: v.array(count), currentMegabytes: v.nullable(count) })),
  ),
  msi: factShape(v.nullable(v.object({ vectors: count, maskable: v.boolean(), enabled: v.boolean() }))),
  msix: factShape(v.nullable(v.object({ vectors: count, enabled: v.boolean() }))),
  bars: factShape(v.array(barShape)),
  /** the kernel's ways to reset it, in its order: flr, pm, bus, device_specific… (sysfs `reset_method`, since 5.15) */
  resetMethods: factShape(v.array(v.string())),
  bootVga: factShape(v.boolean()),
  numaNode: v.nullable(v.number()),
  pri: laterFactShape(v.nullable(v.object({ enabled: v.boolean() })), 'config'),
  pasid: laterFactShape(v.nullable(pasidShape), 'config'),
  ari: laterFactShape(v.nullable(ariShape), 'config'),
  /** of a port: requests to functions beyond 7 are passed on; null on what is no port */
  ariForwarding: laterFactShape(v.nullable(v.object({ capable: v.boolean(), enabled: v.boolean() })), 'config'),
  power: laterFactShape(v.nullable(powerShape), 'config'),
  /** the kernel may cut its power when idle (sysfs `d3cold_allowed`) */
  d3coldAllowed: laterFactShape(v.boolean(), 'd3cold_allowed'),
  /** of a port: the slot below it; null where there is none */
  slot: laterFactShape(v.nullable(slotShape), 'config'),
  /** the link above it (of a port: below it); null where there is none */
  link: laterFactShape(v.nullable(linkShape), 'config'),
  rom: laterFactShape(v.nullable(romShape), 'resource'),
  /** it belongs to a Thunderbolt or USB4 controller (Intel's vendor-specific capability 1234h; drivers/pci/probe.c set_pcie_thunderbolt) */
  thunderbolt: laterFactShape(v.boolean(), 'config'),
  /** the firmware calls it pluggable from outside (sysfs `removable`); null: it does not say */
  removable: laterFactShape(v.nullable(v.boolean()), 'removable'),
  /** what stands between it and the root complex besides plain ports, outermost first */
  through: laterFactShape(
    v.array(v.object({ kind: v.picklist(['thunderbolt', 'vmd']), address: v.nullable(addressShape) })),
    'config',
  ),
});
export type PciFunction = v.InferOutput<typeof pciFunctionShape>;
