import type { PciFunction } from '../../main/machine/pci-function.ts';

/**
 * Base classes that nobody gives away: memory, bridges that are functions (host, ISA), system peripherals, processors,
 * signal processing and counters, non-essential instrumentation (PCI Code and ID Assignment Specification, section 1).
 */
const quietBases: ReadonlySet<number> = new Set([0x05, 0x06, 0x08, 0x0b, 0x11, 0x13]);
/** System management bus, and the flash controller that Intel puts under "serial bus, other". */
const quietSubclasses: ReadonlySet<number> = new Set([0x0c05, 0x0c80]);
/** SD host controllers stand among system peripherals and are worth asking about; co-processors among processors. */
const loudSubclasses: ReadonlySet<number> = new Set([0x0805, 0x0b40]);

const classOf = (fn: PciFunction): number | null => (fn.classCode.known ? fn.classCode.value : null);

/** Part of the board that nobody would give; drawn paler, folded first. */
export function isQuiet(fn: PciFunction): boolean {
  const code = classOf(fn);
  if (code === null) return false;
  const subclass = code >> 8;
  if (loudSubclasses.has(subclass)) return false;
  // Management engines and serial-over-LAN sit beside each other on the chipset's own bus.
  if (code >> 16 === 0x07) return fn.parent === null;
  return quietSubclasses.has(subclass) || quietBases.has(code >> 16);
}

/** What this place is about: display controllers and accelerators. */
export function isMain(fn: PciFunction): boolean {
  const code = classOf(fn);
  return code !== null && (code >> 16 === 0x03 || code >> 16 === 0x12);
}

/** Sound (class 0403h, or 0401h on old cards). */
export const isSound = (fn: PciFunction): boolean => {
  const code = classOf(fn);
  return code !== null && (code >> 8 === 0x0403 || code >> 8 === 0x0401);
};

/** A host bridge is no port: nothing of the tree hangs on it (class 0600h). */
export const isHostBridge = (fn: PciFunction): boolean => fn.header !== 'bridge' && (classOf(fn) ?? 0) >> 8 === 0x0600;

/** An AMD IOMMU is a function of its own (class 0806h). */
export const isUnit = (fn: PciFunction): boolean => (classOf(fn) ?? 0) >> 8 === 0x0806;

export const isPort = (fn: PciFunction): boolean => fn.header === 'bridge' || fn.header === 'cardbus';
