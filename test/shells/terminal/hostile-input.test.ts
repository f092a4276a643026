import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureFile, captureNames } from '../../hosts/captures.ts';
import { checkout, program, slotwise } from './run.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'slotwise-hostile-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** 300 MB, the most that a refusal may cost; plain Node holds 40. */
const mostMemory = 300e6;

function expectNotUnderstood(path: string, code = 3): void {
  for (const command of ['scan', 'groups']) {
    const ran = slotwise([command, '--machine', path]);
    expect(ran.code, ran.err).toBe(code);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/^slotwise: [^\n]+\n$/);
    expect(ran.err).toContain(basename(path));
    expect(ran.memory).toBeGreaterThan(10e6);
    expect(ran.memory, `${command} ${path}`).toBeLessThan(mostMemory);
  }
}

/** A file of this many zero bytes that takes no room on the disk. */
function sparse(name: string, size: number): string {
  const path = put(name, 'Some text, and then nothing.\n');
  const file = openSync(path, 'r+');
  ftruncateSync(file, size);
  closeSync(file);
  return path;
}

describe('what is no machine costs one line, exit 3, and little memory', () => {
  test('a text of 2 GB', () => expectNotUnderstood(sparse('huge.txt', 2e9)));
  test('an archive of 2 GB', () => {
    const path = sparse('huge.tar.gz', 2e9);
    writeFileSync(path, gzipSync('x'), { flag: 'r+' });
    expectNotUnderstood(path);
  });
  test('a bomb: 100 MB of zeros in 100 kB', () => {
    // The entry says 1 GB and has 100 MB of it: whichever limit comes first has to hold.
    const header = Buffer.alloc(512);
    header.write('sys/devices/bomb');
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write((1_000_000_000).toString(8).padStart(11, '0') + '\0', 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write('0', 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expectNotUnderstood(put('bomb.tar.gz', gzipSync(Buffer.concat([header, Buffer.alloc(100_000_000)]))));
  });
  test('a zip archive', () =>
    expectNotUnderstood(
      put('machine.zip', Buffer.concat([Buffer.from('PK\x03\x04'), deflateRawSync(Buffer.alloc(1e6))])),
    ));
  test('bytes named .json', () =>
    expectNotUnderstood(put('binary.json', Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7) % 256)))));
  test('a report that stops in the middle', () =>
    expectNotUnderstood(
      put(
        'half.slotwise.json',
        readFileSync(join(checkout, 'resources/samples/intel-desktop.slotwise.json')).subarray(0, 20_000),
      ),
    ));
  test('a deeply nested report', () => expectNotUnderstood(put('deep.slotwise.json', '['.repeat(200_000))));
  test('text without a device', () => expectNotUnderstood(put('letter.txt', 'Dear Slotwise,\nhow are you?\n')));
  test('an empty file', () => expectNotUnderstood(put('empty.txt', '')));
  test('a file that is not there', () => expectNotUnderstood(join(folder, 'absent.tar.gz')));
  test.skipIf(captureNames.length === 0)('an archive that stops in the middle', () => {
    const whole = readFileSync(
      captureFile(captureNames.find((name) => name === 'vtd-rich-k61') ?? captureNames[0] ?? ''),
    );
    expectNotUnderstood(put('cut.tar.gz', whole.subarray(0, Math.floor(whole.length / 2))));
  });
});

test('a file that may not be read ends with 4', () => {
  const path = put('secret.txt', 'secret\n');
  chmodSync(path, 0);
  if (process.getuid?.() !== 0) {
    expect(slotwise(['scan', '--machine', path])).toMatchObject({ code: 4, out: '' });
    return;
  }
  // Root may read everything: without its capabilities it is a user like any other.
  chmodSync(folder, 0o755);
  const ran = spawnSync(
    'setpriv',
    [
      '--bounding-set=-all',
      '--inh-caps=-all',
      '--reuid=65534',
      '--clear-groups',
      process.execPath,
      program,
      'scan',
      '--machine',
      path,
    ],
    { encoding: 'utf8' },
  );
  expect([ran.status, ran.stdout], ran.stderr).toEqual([4, '']);
  expect(ran.stderr).toMatch(/^slotwise: .*secret\.txt[^\n]*\n$/);
});
