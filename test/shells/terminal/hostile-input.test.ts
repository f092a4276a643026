import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureFile, captureNames } from '../../hosts/captures.ts';
import { corpusPresent, dumpText } from '../../hosts/corpus.ts';
import { repeatedDump } from '../../hosts/repeated-dump.ts';
import { checkout, program, slotwise, type Ran } from './run.ts';

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

/** One line that names what was given, nothing on stdout, and little memory. */
function expectRefused(ran: Ran, code: number, name: string): void {
  expect(ran.code, ran.err).toBe(code);
  expect(ran.out).toBe('');
  expect(ran.err).toMatch(/^slotwise: [^\n]+\n$/);
  expect(ran.err).toContain(name);
  expect(ran.memory).toBeGreaterThan(10e6);
  expect(ran.memory, ran.err).toBeLessThan(mostMemory);
}

function expectNotUnderstood(path: string): void {
  for (const command of ['scan', 'groups']) {
    expectRefused(slotwise([command, '--machine', path]), 3, basename(path));
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

/** Root may read everything: without its capabilities it is a user like any other. */
const ordinary =
  process.getuid?.() === 0
    ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--reuid=65534', '--clear-groups']
    : ['env'];

describe('what may not be read ends with 4', () => {
  beforeAll(() => chmodSync(folder, 0o755));

  test.each([
    ['a file', () => put('secret.txt', 'secret\n')],
    [
      'a folder',
      () => {
        mkdirSync(join(folder, 'secret', 'sys'), { recursive: true });
        return join(folder, 'secret');
      },
    ],
  ])('%s', (_title, make) => {
    const path = make();
    chmodSync(path, 0);
    const [command, ...words] = [...ordinary, process.execPath, program, 'scan', '--machine', path];
    const ran = spawnSync(command, words, { encoding: 'utf8' });
    chmodSync(path, 0o700);
    expect([ran.status, ran.stdout], ran.stderr).toEqual([4, '']);
    expect(ran.stderr).toMatch(/^slotwise: [^\n]*secret[^\n]*\n$/);
  });
});

describe('what is no regular file is said, and nothing waits for it', () => {
  test('a folder without a machine, a named pipe, a device that never ends', () => {
    mkdirSync(join(folder, 'empty-folder'));
    expectNotUnderstood(join(folder, 'empty-folder'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    expectNotUnderstood(join(folder, 'pipe'));
    expectNotUnderstood('/dev/zero');
  });

  test('standard input is no source of machines', () => expectNotUnderstood('-'));

  test.each([
    ['recipe', ['--for', 'grub', '--plan']],
    ['verify', ['--plan']],
    ['acpi', ['decode']],
    ['remap', ['run']],
  ])('a folder where %s expects a file', (command, words) => {
    expectRefused(slotwise([command, ...words, folder]), 3, basename(folder));
  });

  test('a plan of 2 GB, and one of bytes', () => {
    expectRefused(slotwise(['recipe', '--for', 'grub', '--plan', sparse('huge-plan.json', 2e9)]), 3, 'huge-plan.json');
    expectRefused(slotwise(['verify', '--plan', put('bytes-plan.json', Buffer.from([0, 1, 2, 255]))]), 3, 'bytes-plan');
  });

  test('a table of 2 GB', () => {
    expectRefused(slotwise(['acpi', 'decode', sparse('huge.dat', 2e9)]), 3, 'huge.dat');
  });
});

describe('where nothing can be written, nothing is lost', () => {
  const plan = ['plan', '--machine', 'sample:intel-desktop', '--give', '01:00.0'];

  test('a folder in the place of the plan, and a folder that is not there', () => {
    const place = join(folder, 'in-the-way');
    mkdirSync(place);
    writeFileSync(join(place, 'kept.txt'), 'kept');
    expectRefused(slotwise([...plan, '-o', place]), 4, 'in-the-way');
    expect(readdirSync(place)).toEqual(['kept.txt']);
    expectRefused(slotwise([...plan, '-o', join(folder, 'absent', 'plan.json')]), 4, 'absent');
  });

  test('a file in the place of the recipe’s folder', () => {
    const file = join(folder, 'plan.json');
    expect(slotwise([...plan, '-o', file]).code).toBe(0);
    const place = put('no-folder', 'kept');
    expectRefused(slotwise(['recipe', '--plan', file, '--for', 'grub', '-o', place]), 4, 'no-folder');
    expect(readFileSync(place, 'utf8')).toBe('kept');
  });
});

test.skipIf(!corpusPresent)('a machine of 510 functions is read like any other (corpus absent: skipped)', () => {
  const path = put('510.txt', repeatedDump(dumpText('asus-z9pe-d16-dual-xeon-e5v2-170dev'), 3));
  for (const command of ['scan', 'groups']) {
    const { code, out, err, memory } = slotwise([command, '--machine', path, '--json']);
    expect([code, err]).toEqual([0, '']);
    expect(memory).toBeLessThan(mostMemory);
    const { machine, groups } = JSON.parse(out) as { machine?: { functions: unknown[] }; groups?: unknown[] };
    expect(machine?.functions.length ?? groups?.length).toBe(command === 'scan' ? 510 : 369);
  }
});
