import { byteAt, dwordAt, wordAt } from '../config-space/registers.ts';

/** Code types of the PCI data structure (PCI Firmware Specification 3.3, table 5-2) [recall]. */
export const codeTypes = { 0: 'x86', 1: 'open-firmware', 2: 'hp-pa-risc', 3: 'efi' } as const;
export type CodeType = (typeof codeTypes)[keyof typeof codeTypes] | 'unknown';

export interface RomImage {
  /** bytes from the beginning of the file */
  readonly offset: number;
  readonly length: number;
  readonly vendor: number;
  /** the device that it is for, and all others that its list names */
  readonly devices: readonly number[];
  readonly classCode: number;
  readonly codeType: CodeType;
  readonly codeTypeCode: number;
  /** all bytes of an x86 image add up to 0; other types have no checksum of their own, and neither has one cut short */
  readonly checksumOk: boolean | null;
  /** of an EFI image: the processor that it runs on (Machine of the PE header, 8664h is x64), and whether it is compressed */
  readonly efi: { readonly machine: number; readonly compressed: boolean } | null;
}

/** What is odd about a ROM, and where. */
export interface RomRemark {
  readonly code: 'bytes-before' | 'bytes-behind' | 'cut-short' | 'no-last-image' | 'checksum';
  readonly offset: number;
}

export interface OptionRom {
  readonly images: readonly RomImage[];
  readonly remarks: readonly RomRemark[];
}

/** Offset and reason why there is no ROM. */
export interface RomProblem {
  readonly offset: number;
  readonly expected: 'rom-signature' | 'pci-data';
}

const romSignature = 0xaa55;
/** `PCIR` */
const pciSignature = 0x52494350;
const efiSignature = 0x0ef1;
/** Images are counted in these. */
const block = 512;
/** A vendor's tool may write a header of its own before the ROM (NVIDIA's begins with `NVGI` and has 1.5 KB) [recall]. */
const furthestStart = 1 << 16;
/** Real ones have two or three; a forged one could claim an image each 512 bytes. */
const mostImages = 64;
const mostDevices = 256;

/**
 * Decodes the images of an option ROM: bytes of a file, at most some MB. Each begins with 55h AAh and points at 18h to its
 * PCI data structure, which has its ids, length, type and whether it is the last (PCI Firmware Specification 3.3, section
 * 5.1; drivers/pci/rom.c pci_get_rom_size walks the same way).
 */
export function decodeRom(bytes: Uint8Array): OptionRom | RomProblem {
  const start = startOf(bytes);
  if (start === null) return { offset: 0, expected: 'rom-signature' };
  const images: RomImage[] = [];
  const remarks: RomRemark[] = start === 0 ? [] : [{ code: 'bytes-before', offset: start }];
  let offset = start;
  for (let last = false; !last && images.length < mostImages;) {
    const data = dataAt(bytes, offset);
    if (data === null) {
      if (images.length === 0) return { offset, expected: 'pci-data' };
      remarks.push({ code: 'no-last-image', offset });
      return { images, remarks };
    }
    const image = imageAt(bytes, offset, data);
    images.push(image);
    if (image.checksumOk === false) remarks.push({ code: 'checksum', offset });
    last = ((byteAt(bytes, data + 0x15) ?? 0x80) & 0x80) !== 0;
    offset += image.length;
    if (offset > bytes.length) {
      remarks.push({ code: 'cut-short', offset: bytes.length });
      return { images, remarks };
    }
    // An image without a length leads nowhere.
    if (image.length === 0) last = true;
  }
  // The rest of a flash chip is erased.
  if (bytes.subarray(offset).some((byte) => byte !== 0xff && byte !== 0))
    remarks.push({ code: 'bytes-behind', offset });
  return { images, remarks };
}

export const isRomProblem = (decoded: OptionRom | RomProblem): decoded is RomProblem => 'expected' in decoded;

/** Where the first image begins. Without one at 0, the first place with both signatures; a ROM without data stays at 0. */
function startOf(bytes: Uint8Array): number | null {
  if (wordAt(bytes, 0) === romSignature) return 0;
  for (let at = 1; at < Math.min(bytes.length, furthestStart); at++) if (dataAt(bytes, at) !== null) return at;
  return null;
}

/** Offset of an image's PCI data structure; null where no image begins. */
function dataAt(bytes: Uint8Array, image: number): number | null {
  if (wordAt(bytes, image) !== romSignature) return null;
  const at = image + (wordAt(bytes, image + 0x18) ?? 0);
  return dwordAt(bytes, at) === pciSignature ? at : null;
}

function imageAt(bytes: Uint8Array, offset: number, data: number): RomImage {
  const length = (wordAt(bytes, data + 0x10) ?? 0) * block;
  const codeTypeCode = byteAt(bytes, data + 0x14) ?? 0xff;
  const codeType = (codeTypes as Readonly<Record<number, CodeType>>)[codeTypeCode] ?? 'unknown';
  const whole = bytes.subarray(offset, offset + length);
  const sum = whole.reduce((total, byte) => (total + byte) & 0xff, 0);
  const byte = (at: number): number => byteAt(bytes, data + at) ?? 0;
  return {
    offset,
    length,
    vendor: wordAt(bytes, data + 0x04) ?? 0,
    devices: devicesAt(bytes, data),
    classCode: byte(0x0f) * 0x10000 + byte(0x0e) * 0x100 + byte(0x0d),
    codeType,
    codeTypeCode,
    checksumOk: codeType !== 'x86' || length === 0 || whole.length < length ? null : sum === 0,
    efi: codeType === 'efi' ? efiAt(bytes, offset) : null,
  };
}

/** The device id, and since revision 3 the list that the structure points to, ended by 0. */
function devicesAt(bytes: Uint8Array, data: number): number[] {
  const devices = new Set([wordAt(bytes, data + 0x06) ?? 0]);
  const list = (byteAt(bytes, data + 0x0c) ?? 0) >= 3 ? (wordAt(bytes, data + 0x08) ?? 0) : 0;
  for (let at = data + list; list !== 0 && devices.size < mostDevices; at += 2) {
    const device = wordAt(bytes, at) ?? 0;
    if (device === 0) break;
    devices.add(device);
  }
  return [...devices];
}

/** UEFI specification 2.10, section 14.4.2: machine type at 0Ah, compression at 0Ch (1: UEFI's own). */
function efiAt(bytes: Uint8Array, offset: number): RomImage['efi'] {
  if (dwordAt(bytes, offset + 0x04) !== efiSignature) return null;
  return { machine: wordAt(bytes, offset + 0x0a) ?? 0, compressed: wordAt(bytes, offset + 0x0c) === 1 };
}
