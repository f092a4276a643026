import type { OptionRom, RomImage, RomProblem, RomRemark } from '../machine/option-rom/decode-rom.ts';

const at = (offset: number): string => `offset ${offset} (${offset.toString(16)}h)`;
const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

const remarkWords = {
  'bytes-before': (place) =>
    `the ROM begins at ${place}; what stands before it is a header of the tool that saved it, and has to be cut off for a guest`,
  'bytes-behind': (place) => `the file goes on behind the last image, from ${place}`,
  'cut-short': (place) => `the file ends inside an image, at ${place}`,
  'no-last-image': (place) => `no image says that it is the last, and none begins at ${place}`,
  checksum: (place) => `the checksum of the image at ${place} is wrong, as after a change by hand; cards may refuse it`,
} as const satisfies Record<RomRemark['code'], (place: string) => string>;

const expectedWords = {
  'rom-signature': 'the bytes 55 AA, with which an option ROM begins',
  'pci-data': 'a PCI data structure (PCIR), to which the ROM points',
} as const satisfies Record<RomProblem['expected'], string>;

const typeWords = {
  x86: 'x86, for firmware of the old kind (SeaBIOS in a guest)',
  'open-firmware': 'Open Firmware',
  'hp-pa-risc': 'PA-RISC',
  efi: 'EFI',
  unknown: 'unknown type',
} as const satisfies Record<RomImage['codeType'], string>;

/** Machine of the PE header (Microsoft PE format). */
const machines: Readonly<Record<number, string>> = {
  0x14c: '32-bit x86',
  0x8664: 'x64',
  0xaa64: '64-bit ARM',
  0xebc: 'EFI byte code',
};

function imageLine({ offset, length, vendor, devices, codeType, efi }: RomImage): string {
  const detail =
    codeType !== 'efi'
      ? ''
      : efi === null
        ? ', without its header'
        : ` for ${machines[efi.machine] ?? `machine ${hex4(efi.machine)}h`}${efi.compressed ? ', compressed' : ''}`;
  const ids = devices.map((device) => `${hex4(vendor)}:${hex4(device)}`);
  const shown = ids.length > 4 ? `${ids.slice(0, 4).join(' ')} and ${ids.length - 4} more` : ids.join(' ');
  return `${at(offset)}: ${length} bytes, ${typeWords[codeType]}${detail}, for ${shown}`;
}

/** Sentences of `slotwise rom`. */
export const romWords = {
  what: (verb: string) => `"rom ${verb}" is no command. Expected rom decode FILE.`,
  whichFile: 'rom decode names no file. Expected the bytes of an option ROM (VBIOS).',
  problem: ({ offset, expected }: RomProblem) => `${at(offset)}: expected ${expectedWords[expected]}`,
  remark: ({ code, offset }: RomRemark): string => remarkWords[code](at(offset)),
  noEfi: 'no image is for EFI: a guest with OVMF shows nothing before its driver starts',
  fits: (device: string): string => `It is for ${device}.`,
  fitsNot: (device: string, ids: string): string =>
    `It is for another device than ${device}, which is ${ids}. A guest that is given it may show nothing, or hang.`,
  cannotTell: (device: string): string => `Whether it is for ${device} is not known: the source does not tell its ids.`,
} as const;

/** `slotwise rom decode` for people; `verdict` is the sentence about the device that was asked for. */
export function romText({ images, remarks }: OptionRom, verdict: string | null): string {
  const isGraphics = images.some(({ classCode }) => classCode >>> 16 === 0x03);
  const notes = [
    ...remarks.map(romWords.remark),
    ...(isGraphics && !images.some(({ codeType }) => codeType === 'efi') ? [romWords.noEfi] : []),
  ];
  return [
    ...images.map(imageLine),
    ...(verdict === null ? [] : ['', verdict]),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${note}.`)]),
    '',
  ].join('\n');
}
