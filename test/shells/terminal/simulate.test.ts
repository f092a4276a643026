import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { contract } from '../../../main/contract/contract.ts';
import { scenarioCodes } from '../../../main/remapping/scenario-shape.ts';
import { corpusFolder, corpusPresent } from '../../hosts/corpus.ts';
import { inProcess } from './in-process.ts';
import { slotwise } from './run.ts';

const machine = ['--machine', 'sample:amd-workstation'];

test('alone it lists every scenario, for people and as data', async () => {
  const { code, out, err } = await inProcess('simulate', ...machine);
  expect([code, err]).toEqual([0, '']);
  for (const scenario of scenarioCodes) expect(out).toContain(`  ${scenario}\n`);
  const listed = await inProcess('simulate', '--json', ...machine);
  const value = JSON.parse(listed.out) as unknown;
  expect(v.safeParse(contract['scenario.list'].output, value).issues).toBeUndefined();
});

test('an unknown scenario names the known ones and ends with 2; so does an unknown variant', () => {
  const ran = slotwise(['simulate', 'nonsense', ...machine]);
  expect([ran.code, ran.out]).toEqual([2, '']);
  for (const scenario of scenarioCodes) expect(ran.err).toContain(scenario);
  expect(ran.err.trim().split('\n')).toHaveLength(1);
  const variant = slotwise(['simulate', 'first-story', '--against', 'nonsense', ...machine]);
  expect([variant.code, variant.out]).toEqual([2, '']);
  expect(variant.err).toContain('iommu-off');
});

test.each([
  [['first-story', '--device', 'nonsense'], 2],
  [['first-story', '--device', '99:00.0'], 2],
  [['first-story', '--device', '40:01.1'], 2],
  [['first-story', 'extra'], 2],
])('%j ends with %i', async (args, code) => {
  const refused = inProcess('simulate', ...args, ...machine);
  await expect(refused.then((ran) => ran.code).catch(() => 2)).resolves.toBe(code);
});

describe('a transcript', () => {
  test('has every step in order with its citation, the kernel’s line and the answer', async () => {
    const { code, out } = await inProcess('simulate', 'unmapped-address', '--device', '41:00.0', ...machine);
    expect(code).toBe(0);
    expect(out).toContain('0000:41:00.0');
    const numbers = [...out.matchAll(/^ {2}1\.(\d+) {2}.+ {2}\[.+\]$/gm)].map(([, number]) => Number(number));
    expect(numbers.length).toBeGreaterThan(8);
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect(out).toMatch(/vfio-pci 0000:41:00\.0: AMD-Vi: Event logged \[IO_PAGE_FAULT /);
    expect(out).toMatch(/Would this machine stop it\?\nThis machine (stops it|does not stop it)\.\n/);
  });

  test.each(scenarioCodes)('%s leaves nothing unsaid', async (scenario) => {
    for (const on of [machine, ['--machine', 'sample:intel-desktop']]) {
      const { code, out, err } = await inProcess('simulate', scenario, ...on);
      expect([code, err]).toEqual([0, '']);
      expect(out).not.toMatch(/undefined|NaN|\bnull\b|\[object/);
    }
  });

  test('against a variant it names the first difference, or that there is none', async () => {
    const against = async (scenario: string, variant: string): Promise<string> =>
      (await inProcess('simulate', scenario, '--against', variant, ...machine)).out;
    expect(await against('first-story', 'iommu-off')).toMatch(
      /First difference:\n {4}here {3}1\.\d+ .+\n {4}there {2}1\.\d+ /,
    );
    expect(await against('peer-memory', 'acs-override')).toContain('No difference');
  });
});

test('--json is the contract’s value, the same trace each time', async () => {
  const ask = async (): Promise<string> =>
    (await inProcess('simulate', 'stale-translation', '--against', 'strict', '--json', ...machine)).out;
  const first = await ask();
  const value = JSON.parse(first) as unknown;
  const parsed = v.safeParse(contract['scenario.record'].output, value);
  expect(parsed.issues).toBeUndefined();
  expect(parsed.output).toEqual(value);
  expect(await ask()).toBe(first);
});

test.skipIf(!corpusPresent)('a machine with another kind of unit is shown the sample’s walk, and told so', async () => {
  const power = ['--machine', join(corpusFolder, 'lspci', 'ibm-power9-s924-phb4-nonx86.txt')];
  const { code, out } = await inProcess('simulate', 'first-story', '--device', '0001:01:00.0', ...power);
  expect(code).toBe(0);
  expect(out).toContain('of another kind than Intel’s VT-d');
  expect(out).toContain('(The machine is the Intel sample.)');
  expect(out).not.toContain('0001:01:00.0');
  expect((await inProcess('simulate', 'first-story', '--device', '0001:99:00.0', ...power)).code).not.toBe(0);
});

test.skipIf(!corpusPresent)('a machine that does not tell whose unit it has is shown VT-d, and told that', async () => {
  const untold = ['--machine', join(corpusFolder, 'lspci', 'lenovo-legion-y520-kabylake.txt')];
  const { out } = await inProcess('simulate', 'first-story', ...untold);
  expect(out).toContain('The source does not tell whose IOMMU this machine has.');
  expect(out).not.toContain('(The machine is the Intel sample.)');
});
