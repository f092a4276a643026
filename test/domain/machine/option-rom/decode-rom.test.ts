import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeRom, isRomProblem, type OptionRom } from '../../../../main/machine/option-rom/decode-rom.ts';
import { romFits } from '../../../../main/machine/option-rom/rom-fits.ts';
import { romText } from '../../../../main/words/option-rom.ts';
import { functionAt } from '../../../hosts/built-machine.ts';
import { qemuProgram } from '../../../engine/differential/qemu.ts';
import { romImage, romOf } from '../../../hosts/option-rom.ts';

const card = { vendor: 0x10de, device: 0x2684, classCode: 0x030000 } as const;
const x86 = romImage({ ...card, codeType: 0 });
const efi = romImage({ ...card, codeType: 3, last: true, list: [0x2684, 0x2685] });

function decoded(bytes: Uint8Array): OptionRom {
  const rom = decodeRom(bytes);
  if (isRomProblem(rom)) throw new Error(`${rom.offset}: ${rom.expected}`);
  return rom;
}
const remarks = (bytes: Uint8Array): string[] => decoded(bytes).remarks.map(({ code, offset }) => `${code} ${offset}`);

describe('an option ROM', () => {
  test('has its images one behind the other, each with its ids and type', () => {
    expect(decoded(romOf(x86, efi))).toEqual({
      images: [
        {
          ...{ offset: 0, length: 1024, vendor: 0x10de, devices: [0x2684], classCode: 0x030000 },
          ...{ codeType: 'x86', codeTypeCode: 0, checksumOk: true, efi: null },
        },
        {
          ...{ offset: 1024, length: 1024, vendor: 0x10de, devices: [0x2684, 0x2685], classCode: 0x030000 },
          ...{ codeType: 'efi', codeTypeCode: 3, checksumOk: null, efi: { machine: 0x8664, compressed: true } },
        },
      ],
      remarks: [],
    });
  });

  test('what a tool wrote before it is told, since a guest must not be given it', () => {
    const header = Uint8Array.from({ length: 0x600 }, (_, at) => (at === 7 ? 0x55 : at === 8 ? 0xaa : 0x41));
    expect(remarks(romOf(header, x86, efi))).toEqual(['bytes-before 1536']);
    expect(romText(decoded(romOf(header, efi)), null)).toContain('has to be cut off for a guest');
  });

  test.each([
    [
      'changed by hand',
      romOf(
        x86.map((byte, at) => (at === 100 ? byte ^ 1 : byte)),
        efi,
      ),
      ['checksum 0'],
    ],
    ['cut short', romOf(x86, efi).subarray(0, 1500), ['cut-short 1500']],
    ['without a last image', romOf(x86), ['no-last-image 1024']],
    ['with the rest of an erased chip', romOf(efi, new Uint8Array(600).fill(0xff)), []],
    ['with something behind it', romOf(efi, Uint8Array.of(0xff, 1)), ['bytes-behind 1024']],
  ])('%s', (_, bytes, expected) => expect(remarks(bytes)).toEqual(expected));

  test.each([
    ['nothing', new Uint8Array(0), 'rom-signature'],
    ['a text', new TextEncoder().encode('no ROM at all'), 'rom-signature'],
    ['a ROM that points nowhere', Uint8Array.of(0x55, 0xaa, ...new Array<number>(40).fill(0)), 'pci-data'],
  ])('%s is none', (_, bytes, expected) => expect(decodeRom(bytes)).toEqual({ offset: 0, expected }));

  test('is for a device by vendor and any id of its list', () => {
    const rom = decoded(romOf(efi));
    const fits = (vendor: number, device: number) =>
      romFits(rom, functionAt('0000:01:00.0', { ids: [vendor, device] }));
    expect([fits(0x10de, 0x2684), fits(0x10de, 0x2685), fits(0x10de, 0x2686), fits(0x1002, 0x2684)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(romFits(rom, functionAt('0000:01:00.0', { ids: null }))).toBeNull();
  });

  test('whatever stands in it, it ends, and no image reaches back', () => {
    const base = romOf(x86, efi);
    const flips = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 4096 }), flips), (given) => {
        const bytes = given instanceof Uint8Array ? given : base.slice();
        if (!(given instanceof Uint8Array)) for (const [at, value] of given) bytes[at] = value;
        const rom = decodeRom(bytes);
        if (isRomProblem(rom)) return;
        expect(rom.images.length).toBeLessThanOrEqual(64);
        for (const [at, image] of rom.images.entries()) {
          const before = rom.images[at - 1];
          if (before) expect(image.offset).toBe(before.offset + before.length);
          expect(image.offset).toBeLessThan(bytes.length);
        }
        expect(romText(rom, null)).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 2000 },
    );
  });
});

const shelf = join(dirname(qemuProgram), 'newest/root/usr/share/qemu');

describe.skipIf(!existsSync(join(shelf, 'efi-e1000e.rom')))('ROMs that QEMU ships', () => {
  test.each([
    ['efi-e1000e.rom', 0x8086, 0x10d3],
    ['efi-virtio.rom', 0x1af4, 0x1041],
  ])('%s has one image of each kind, with a checksum that is right', (name, vendor, device) => {
    const { images, remarks: odd } = decoded(readFileSync(join(shelf, name)));
    expect(images).toMatchObject([
      { codeType: 'x86', vendor, devices: [device], checksumOk: true },
      { codeType: 'efi', vendor, devices: [device], efi: { machine: 0x8664 } },
    ]);
    expect(odd).toEqual([]);
  });
});
