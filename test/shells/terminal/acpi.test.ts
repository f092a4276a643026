import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acpi } from '../../../main/shells/terminal/acpi.ts';
import type { Terminal } from '../../../main/shells/terminal/outcome.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'acpi-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A DMAR with one unit; 300 bytes long on demand, since text of acpidump has a blank where such a table has its length. */
function dmar(padding = 0): Uint8Array {
  const drhd = [0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0xd9, 0xfe, 0, 0, 0, 0];
  const unknown = padding === 0 ? [] : [9, 0, padding & 0xff, padding >> 8, ...new Array<number>(padding - 4).fill(0)];
  const length = 48 + drhd.length + unknown.length;
  const head = [0x44, 0x4d, 0x41, 0x52, length & 0xff, length >> 8, 0, 0, 1, 0, ...new Array<number>(26).fill(0x41)];
  const bytes = Uint8Array.from([...head, 0x26, 1, ...new Array<number>(10).fill(0), ...drhd, ...unknown]);
  bytes[9] = (256 - bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)) & 0xff;
  return bytes;
}

async function run(content: Uint8Array | string | null, ...options: string[]) {
  const file = join(folder, 'table');
  rmSync(file, { force: true });
  if (content !== null) writeFileSync(file, content);
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    folders: { pages: '', resources: '', desktop: '', engine: '' },
    version: '0',
  };
  const code = await acpi(['decode', file, ...options], terminal);
  return { code, out, err };
}

describe('slotwise acpi decode', () => {
  test('bytes as one JSON document, without remarks where nothing is odd', async () => {
    const { code, out } = await run(dmar(), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      signature: 'DMAR',
      revision: 1,
      checksumOk: true,
      hostAddressWidth: 39,
      flags: ['INTR_REMAP'],
      structures: [
        {
          type: 'DRHD',
          typeCode: 0,
          length: 16,
          flags: ['INCLUDE_PCI_ALL'],
          segment: 0,
          registerBaseAddress: '0xfed90000',
          scope: [],
        },
      ],
    });
  });

  test('a table whose length has a blank for its low byte is still bytes', async () => {
    const { code, out } = await run(dmar(0x120 - 64), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ checksumOk: true, structures: [{ type: 'DRHD' }, { type: 'unknown' }] });
  });

  test('text of acpidump, for people', async () => {
    const rows = [...dmar()].map((byte) => byte.toString(16).padStart(2, '0'));
    const lines = [0, 16, 32, 48].map(
      (at) => `  00${at.toString(16).padStart(2, '0')}: ${rows.slice(at, at + 16).join(' ')}  ....`,
    );
    const { code, out } = await run(`DMAR @ 0x000000007B000000\n${lines.join('\n')}\n`);
    expect(code).toBe(0);
    expect(out).toContain('registerBaseAddress: 0xfed90000');
  });

  test('text in UTF-8 and UTF-16, with a mark and without', async () => {
    const rows = [...dmar()].map((byte) => byte.toString(16).padStart(2, '0'));
    const text = [0, 16, 32, 48].map(
      (at) => `${at.toString(16).padStart(4, '0')}: ${rows.slice(at, at + 16).join(' ')}\n`,
    );
    for (const marked of [text.join(''), `\ufeff${text.join('')}`]) {
      const little = Buffer.from(marked, 'utf16le');
      for (const content of [Buffer.from(marked), little, Buffer.from(little).swap16()]) {
        const { code, out } = await run(content, '--json');
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({ checksumOk: true, structures: [{ type: 'DRHD' }] });
      }
    }
  });

  test('what cannot be walked ends with 3 and names the offset, in one line', async () => {
    const cut = await run(dmar().subarray(0, 60), '--json');
    expect(cut.code).toBe(3);
    expect(cut.err).toMatch(/^slotwise: .*offset 50 \(32h\).*\n$/);
    expect(JSON.parse(cut.out)).toMatchObject({ problem: { code: 'table-not-understood' } });
    expect(await run('nothing of the kind\n')).toMatchObject({ code: 3, out: '' });
    expect(await run(null)).toMatchObject({ code: 3, out: '' });
  });
});
