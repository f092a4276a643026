import fc from 'fast-check';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRemote } from '../../../main/linux/remote.ts';
import { readSshTarget, sshArguments } from '../../../main/linux/ssh-target.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { plantFiles, resources } from '../../hosts/collected.ts';

const now = '2026-11-22T00:00:00Z';
const path = process.env['PATH'] ?? '';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slotwise-remote-'));
  plantFiles(join(folder, 'host'), {
    'proc/cmdline': 'quiet intel_iommu=on\n',
    'sys/class/net/eth0/operstate': 'up\n',
  });
});
afterAll(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a program called ssh first in PATH: what it was given goes to a file, and `does` is a shell's words. */
function standInSsh(does: string): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/given'\n${does}\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
  process.env['PATH'] = `${bin}${delimiter}${path}`;
}

const given = (): string[] => readFileSync(join(folder, 'given'), 'utf8').trim().split('\n');

describe('another host over ssh', () => {
  test('is collected there, and read from the pipe', async () => {
    standInSsh(`SLOTWISE_ROOT='${folder}/host' exec sh -c 'sh -s'`);
    const content = await openRemote('ssh://alice@tower.example:2222', resources, now);
    if (isSourceProblem(content) || content.kind !== 'files') throw new Error('no files');
    expect(new TextDecoder().decode(content.tree.bytes('proc/cmdline') ?? undefined)).toBe('quiet intel_iommu=on\n');
    expect(JSON.stringify(content.from)).not.toMatch(/tower|alice/);
    expect(given().slice(-7)).toEqual(['-p', '2222', '-l', 'alice', '--', 'tower.example', 'sh -s']);
    expect(given()).toContain('BatchMode=yes');
  });

  test.each([
    ['refuses', "echo 'Host key verification failed.' >&2; exit 255", 'ssh-refused', 'Host key verification failed.'],
    ['has no shell', "echo 'sh: not found' >&2; exit 127", 'collector-failed', 'sh: not found'],
    ['says nothing', 'cat > /dev/null; exit 0', 'collector-failed', 'no answer'],
    ['sends half an archive', 'cat > /dev/null; printf "\\037\\213\\010\\000\\000"', 'source-truncated', 'cut short'],
    ['sends a letter', 'cat > /dev/null; echo Dear Slotwise,', 'source-truncated', 'cut short'],
  ])('that %s ends in one problem', async (_, does, code, detail) => {
    standInSsh(does);
    const problem = await openRemote('ssh://tower', resources, now);
    expect(problem).toMatchObject({ problem: true, code, where: 'ssh://tower' });
    expect(isSourceProblem(problem) && problem.detail).toContain(detail);
  });

  test('without ssh', async () => {
    process.env['PATH'] = join(folder, 'nothing');
    expect(await openRemote('ssh://tower', resources, now)).toMatchObject({ problem: true, code: 'ssh-missing' });
  });
});

describe('a destination', () => {
  test.each([
    ['ssh://tower', { user: null, host: 'tower', port: null }],
    ['ssh://root@10.0.0.5:22/', { user: 'root', host: '10.0.0.5', port: 22 }],
    ['ssh://[fe80::1%eth0]:22', { user: null, host: 'fe80::1%eth0', port: 22 }],
  ])('%s', (source, target) => expect(readSshTarget(source)).toEqual(target));

  test.each([
    'ssh://',
    'ssh://-oProxyCommand=id',
    'ssh://-l@host',
    'ssh://a@-b',
    'ssh://a b',
    'ssh://a:0',
    'ssh://a:70000',
  ])('%s is none', (source) => expect(readSshTarget(source)).toBeNull());

  test('whatever is typed never becomes an option', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom('', '-', '-o', '@-', '%'), (a, b, between) => {
        const target = readSshTarget(`ssh://${a}${between}${b}`);
        if (!target) return;
        const words = sshArguments(target);
        expect(words.at(-2)).not.toMatch(/^-|\s/);
        expect(words.at(-3)).toBe('--');
        expect(target.user ?? 'nobody').not.toMatch(/^-|\s/);
      }),
      { numRuns: 5000 },
    );
  });
});
