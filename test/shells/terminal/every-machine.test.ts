import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captureFile, captureNames, type CapturedEntry } from '../../hosts/captures.ts';
import { corpusFolder, dumps, dumpText, dumpWithGroups, groupsBeside } from '../../hosts/corpus.ts';
import { captureEntries } from '../../hosts/tree.ts';
import { inProcess } from './in-process.ts';
import { slotwise } from './run.ts';

/** Addresses by the number of their group. */
type Grouping = Partial<Record<string, string[]>>;

function grouping(pairs: Iterable<readonly [address: string, group: number]>): Grouping {
  const groups: Grouping = {};
  for (const [address, group] of pairs) (groups[group] ??= []).push(address);
  for (const members of Object.values(groups)) members?.sort();
  return groups;
}

/** What `groups --json` printed, as a grouping. */
function printed(out: string): { source: string; groups: Grouping } {
  const { source, groups } = JSON.parse(out) as { source: string; groups: { id: number; devices: string[] }[] };
  return { source, groups: Object.fromEntries(groups.map(({ id, devices }) => [id, devices])) };
}

/** The kernel's listing, straight from an archive's entries. */
function captured(entries: ReadonlyMap<string, CapturedEntry>): Grouping {
  return grouping(
    [...entries.keys()].flatMap((path) => {
      const [, group, address] = /^sys\/kernel\/iommu_groups\/(\d+)\/devices\/([^/]+)$/.exec(path) ?? [];
      return group === undefined || address === undefined ? [] : [[address, Number(group)] as const];
    }),
  );
}

/** The kernel's groups in a dump, by a reading of its own: each record's words, however they are wrapped. */
function dumped(name: string): Grouping {
  const told = dumpText(name)
    .split(/^(?=(?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] )/m)
    .flatMap((record) => {
      const [, address = ''] = /^(\S+) /.exec(record) ?? [];
      const [, group] = /\bIOMMU\s+group:?\s+(\d+)/.exec(record) ?? [];
      return group === undefined ? [] : [[full(address), Number(group)] as const];
    });
  const beside = groupsBeside(name).map(([address, group]) => [full(address), group] as const);
  return grouping([...told, ...beside]);
}

const full = (address: string): string => (address.split(':').length === 2 ? `0000:${address}` : address);

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'slotwise-every-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The dump as a file; with the groups that stand beside it, where there are any. */
function dumpFile(name: string): string {
  if (groupsBeside(name).length === 0) return join(corpusFolder, 'lspci', `${name}.txt`);
  const path = join(folder, `${name}.txt`);
  writeFileSync(path, dumpWithGroups(name));
  return path;
}

const holds = (name: string, path: string): boolean =>
  [...captureEntries(name).keys()].some((each) => each.startsWith(`${path}/`));
const hosts = captureNames.filter((name) => holds(name, 'sys'));
const grouped = hosts.filter((name) => holds(name, 'sys/kernel/iommu_groups/0'));
const groupedDumps = dumps.filter(({ name, kind }) => kind.startsWith('lspci+groups') || groupsBeside(name).length > 0);

test.skipIf(captureNames.length === 0)('captures with groups are at hand', () => {
  expect(grouped.length).toBeGreaterThanOrEqual(12);
});
test.skipIf(dumps.length === 0)('dumps with groups are at hand, two of them with the groups in a file beside', () => {
  expect(groupedDumps.length).toBeGreaterThanOrEqual(22);
  expect(dumps.filter(({ name }) => groupsBeside(name).length > 0)).toHaveLength(2);
});

describe.skipIf(grouped.length === 0)('groups --json is the kernel’s own grouping, captures', () => {
  test.each(grouped)('%s', async (name) => {
    const { code, out, err } = await inProcess('groups', '--machine', captureFile(name), '--json');
    expect([code, err]).toEqual([0, '']);
    expect(printed(out)).toEqual({ source: 'read', groups: captured(captureEntries(name)) });
  });

  test('as a process too', () => {
    const [name = ''] = grouped;
    const { code, out } = slotwise(['groups', '--machine', captureFile(name), '--json']);
    expect(code).toBe(0);
    expect(printed(out)).toEqual({ source: 'read', groups: captured(captureEntries(name)) });
  });
});

describe.skipIf(groupedDumps.length === 0)('groups --json is the kernel’s own grouping, dumps of real machines', () => {
  test.each(groupedDumps)('$name', async ({ name, groups }) => {
    const { code, out, err } = await inProcess('groups', '--machine', dumpFile(name), '--json');
    expect([code, err]).toEqual([0, '']);
    expect(printed(out)).toEqual({ source: 'read', groups: dumped(name) });
    if (groups !== null) expect(Object.keys(printed(out).groups)).toHaveLength(groups);
  });

  test('as a process too, the largest and both with a file beside', () => {
    const largest = [...groupedDumps].sort((a, b) => b.devices - a.devices)[0];
    const beside = groupedDumps.filter(({ name }) => groupsBeside(name).length > 0);
    for (const { name } of [...(largest ? [largest] : []), ...beside]) {
      const { code, out } = slotwise(['groups', '--machine', dumpFile(name), '--json']);
      expect(code).toBe(0);
      expect(printed(out)).toEqual({ source: 'read', groups: dumped(name) });
    }
  });
});

function expectScanned({ code, out, err }: { code: number | null; out: string; err: string }): void {
  expect([0, 1], err).toContain(code);
  expect(err).toBe('');
  expect(out).not.toMatch(/\bundefined\b|\bNaN\b|\[object /);
  const { machine, findings } = JSON.parse(out) as { machine: { functions: unknown[] }; findings: unknown[] };
  expect(machine.functions.length).toBeGreaterThan(0);
  expect(findings.length).toBeGreaterThan(0);
}

const everyDump = dumps.map(({ name }) => ({ name, file: () => dumpFile(name) }));
const everyHost = hosts.map((name) => ({ name, file: () => captureFile(name) }));

describe.skipIf(dumps.length + hosts.length === 0)('scan --json answers', () => {
  test.each([...everyDump, ...everyHost])('$name', async ({ file }) => {
    expectScanned(await inProcess('scan', '--machine', file(), '--json'));
  });

  test('as a process too, one of each kind, and for people', async () => {
    const kinds = new Map(dumps.map(({ name, kind }) => [kind, dumpFile(name)]));
    for (const file of [...kinds.values(), ...hosts.slice(0, 1).map(captureFile)]) {
      expectScanned(slotwise(['scan', '--machine', file, '--json']));
      const said = await inProcess('scan', '--machine', file);
      expect(said.err).toBe('');
      expect(said.out).not.toMatch(/\bundefined\b|\bNaN\b|\[object |something unknown|\{\w+\}/);
    }
  });
});

const noHosts = captureNames.filter((name) => !hosts.includes(name));
describe.skipIf(noHosts.length === 0)('an archive that holds no machine is said in one line', () => {
  test.each(noHosts)('%s', async (name) => {
    for (const command of ['scan', 'groups'] as const) {
      const { code, out, err } = await inProcess(command, '--machine', captureFile(name));
      expect([code, out]).toEqual([3, '']);
      expect(err).toMatch(/^slotwise: [^\n]+\n$/);
      expect(err).toContain(`${name}.tar.gz`);
    }
  });
});
