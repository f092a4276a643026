import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, notYet } from '../../../main/shells/terminal/commands.ts';
import { slotwise, type Ran } from './run.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'slotwise-promise-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Exit 2, 3, 4, 70: nothing but a problem on stdout, one line that begins with our name on stderr, no stack. */
function expectRefusal(ran: Ran, code: number, json = false): void {
  expect(ran.code, ran.err).toBe(code);
  if (json && ran.out !== '') expect(Object.keys(JSON.parse(ran.out) as object)).toEqual(['problem']);
  else expect(ran.out).toBe('');
  expect(ran.err).toMatch(/^slotwise: [^\n]+\n$/);
  expect(ran.err).not.toMatch(/\bat .*:\d+:\d+/);
}

describe('wrong use ends with 2, in one line', () => {
  test.each([
    [['nonsense']],
    [['scan', '--nonsense']],
    [['scan', 'extra']],
    [['scan', '--machine', 'sample:nonsense']],
    [['groups', '--acs', 'nonsense']],
    [['groups', '--acs', 'override:nonsense']],
    [['groups', '--move', '01:00.0']],
    [['groups', '--machine', 'sample:intel-desktop', '--move', '99:00.0=00:01.0']],
    [['explain']],
    [['explain', '99:00.0', '--machine', 'sample:intel-desktop']],
    [['acpi']],
    [['acpi', 'decode']],
    [['plan']],
    [['plan', '--give', 'nonsense']],
    [['plan', '--machine', 'sample:intel-desktop', '--give', '09:00.0']],
    [['plan', '--machine', 'sample:intel-desktop', '--give', '01:00.0', '--profile', 'nonsense']],
    [['recipe', '--for', 'grub']],
    [['serve', '--port', '70000']],
    ...notYet.map((name): [string[]] => [[name]]),
  ])('%j', (args) => {
    expectRefusal(slotwise(args), 2);
  });
});

test('--help lists every command that works and none that does not', () => {
  const { code, out } = slotwise(['--help']);
  expect(code).toBe(0);
  const listed = [...out.matchAll(/^ {2}slotwise ([a-z]+)/gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(commands));
  for (const name of notYet) expect(listed).not.toContain(name);
});

test('exit 0 and 1 hold exactly one JSON document', () => {
  for (const [args, code] of [
    [['scan', '--machine', 'sample:intel-desktop', '--json'], 0],
    [['groups', '--machine', 'sample:intel-desktop', '--json'], 0],
    [['groups', '--machine', 'sample:intel-desktop', '--predict', '--json'], 0],
    [['explain', '0', '--machine', 'sample:intel-desktop', '--json'], 0],
    [['plan', '--machine', 'sample:dual-socket-server', '--give', '04:00.0', '--json'], 1],
  ] as const) {
    const ran = slotwise(args);
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.out)).toBeTypeOf('object');
    expect(ran.err).toBe('');
  }
});

test('a refused plan and one that waits write nothing, and name what would be lost', () => {
  const file = join(folder, 'refused.json');
  const refused = slotwise([
    'plan',
    '--machine',
    'sample:dual-socket-server',
    '--give',
    '04:00.0',
    '--lose',
    'sda',
    '-o',
    file,
  ]);
  expect(refused.code).toBe(1);
  expect(refused.out).toContain('sda');
  expect(existsSync(file)).toBe(false);

  const waits = ['plan', '--machine', 'sample:intel-desktop', '--give', '02:00.0', '-o', file];
  expect(slotwise(waits)).toMatchObject({ code: 1, out: expect.stringContaining('--lose enp2s0') as string });
  expect(slotwise([...waits, '--lose', 'enp2s']).code).toBe(1);
  expect(existsSync(file)).toBe(false);
  expect(slotwise([...waits, '--lose', 'enp2s0']).code).toBe(0);
  expect(existsSync(file)).toBe(true);
});

test('what is no plan ends with 3 and leaves the folder empty', () => {
  const file = join(folder, 'no-plan.json');
  const out = join(folder, 'none');
  writeFileSync(file, '{"vm":1}');
  expectRefusal(slotwise(['recipe', '--plan', file, '--for', 'grub', '-o', out]), 3);
  expectRefusal(slotwise(['recipe', '--plan', join(folder, 'absent.json'), '--for', 'grub', '-o', out]), 3);
  expect(existsSync(out)).toBe(false);
});
