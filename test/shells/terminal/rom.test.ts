import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { romImage } from '../../hosts/option-rom.ts';
import { inventory } from '../../hosts/windows-inventory.ts';
import { inProcess } from './in-process.ts';

const shelf = mkdtempSync(join(tmpdir(), 'slotwise-rom-'));
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(shelf, name);
  writeFileSync(path, bytes);
  return path;
}
const own = file('own.rom', romImage({ vendor: 0x10de, device: 0x2684, classCode: 0x030000, codeType: 0, last: true }));
const others = file(
  'other.rom',
  romImage({ vendor: 0x1002, device: 0x744c, classCode: 0x030000, codeType: 3, last: true }),
);
const machine = file('machine.json', JSON.stringify(inventory()));

describe('rom decode', () => {
  test('tells the images, and what a graphics card lacks for a guest', async () => {
    const ran = await inProcess('rom', 'decode', own);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/^offset 0 \(0h\): 1024 bytes, x86, [^\n]+ for 10de:2684$/m);
    expect(ran.out).toContain('Note: no image is for EFI');
    expect((await inProcess('rom', 'decode', others)).out).not.toContain('Note:');
  });

  test('says whether it is for the device, and ends with 1 where it is not', async () => {
    const asked = ['--for', '01:00.0', '--machine', machine] as const;
    const fits = await inProcess('rom', 'decode', own, ...asked);
    expect([fits.code, fits.out]).toEqual([
      0,
      expect.stringContaining('It is for GeForce RTX 4090 (0000:01:00.0)') as string,
    ]);
    const wrong = await inProcess('rom', 'decode', others, ...asked, '--json');
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.out)).toMatchObject({ fits: false, images: [{ codeType: 'efi' }], remarks: [] });
  });

  test.each([
    [['decode', join(shelf, 'none')], 3, /none: there is no such file/],
    [['decode', file('text', 'no ROM')], 3, /offset 0 \(0h\): expected the bytes 55 AA/],
    [['decode', own, '--for', '09:00.0', '--machine', machine], 2, /0000:09:00\.0: this machine has no such device/],
  ])('%j ends with %i', async (args, code, words) => {
    const ran = await inProcess('rom', ...args);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toMatch(words);
  });
});
