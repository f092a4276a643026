import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { valueOr } from '../../../../main/machine/fact.ts';
import type { Machine, MachineSource } from '../../../../main/machine/machine.ts';
import { parseReport } from '../../../../main/machine/report/parse-report.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { corpusPresent, dumps, dumpText, shippedNames } from '../../../hosts/corpus.ts';
import { makeSample, sampleText } from '../../../samples/make-sample.ts';
import { stagings } from '../../../samples/staging.ts';

const folder = resolve(import.meta.dirname, '../../../../resources/samples');
const fileOf = (name: string): string => resolve(folder, `${name}.slotwise.json`);
const list = `${JSON.stringify(
  stagings.map(({ name, title, dump }) => ({ name, title, origin: dumps.find((each) => each.name === dump)?.origin })),
  null,
  2,
)}\n`;

describe.skipIf(!corpusPresent)('samples made from the corpus (corpus absent: skipped)', () => {
  // `vitest -u` writes them anew.
  test.each(stagings)('$name is what the corpus and its staging make', async (staging) => {
    await expect(sampleText(makeSample(staging, shippedNames))).toMatchFileSnapshot(fileOf(staging.name));
  });

  test('the list of samples', async () => {
    await expect(list).toMatchFileSnapshot(resolve(folder, 'samples.json'));
  });

  test.each(stagings)('$name holds facts, no line of the text that they come from', ({ name, dump }) => {
    const sample = readFileSync(fileOf(name), 'utf8');
    const lines = dumpText(dump)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length > 40);
    expect(lines.filter((line) => sample.includes(line))).toEqual([]);
  });
});

function shipped(name: string): Machine {
  const from: MachineSource = {
    kind: 'sample',
    name,
    readAt: null,
    collectedAt: null,
    origin: null,
    partlyStaged: true,
  };
  const machine = parseReport(JSON.parse(readFileSync(fileOf(name), 'utf8')), from);
  if (isSourceProblem(machine)) throw new Error(`${machine.where}: ${machine.detail}`);
  return machine;
}

test('as many files as stagings', () => {
  expect(existsSync(folder)).toBe(true);
  const files = readdirSync(folder).filter((file) => file.endsWith('.slotwise.json'));
  expect(files.sort()).toEqual(stagings.map(({ name }) => `${name}.slotwise.json`).sort());
});

describe.each(stagings)('sample $name', (staging) => {
  let machine: Machine;
  beforeAll(() => {
    machine = shipped(staging.name);
  });

  test('names its public source and says that parts are staged', () => {
    expect(machine.source).toMatchObject({ partlyStaged: true, name: staging.name });
    expect(machine.source.origin).toMatch(/^github:/);
  });

  test('marks all that is staged as assumed', () => {
    const { bootLoader, distribution, initramfs, disks, interfaces, displays, usb, kernel, firmware } = machine;
    for (const fact of [
      bootLoader,
      distribution,
      initramfs,
      disks,
      interfaces,
      displays,
      usb,
      kernel.commandLine,
      firmware.efi,
    ]) {
      expect(fact).toMatchObject({ known: true, provenance: 'assumed' });
    }
    for (const fn of machine.functions) expect(fn.bootVga).toMatchObject({ known: true, provenance: 'assumed' });
  });

  test('stages on devices that are there and can do it', () => {
    const classOf = (address: string | null): number | undefined => {
      const fn = machine.functions.find((each) => each.address === address);
      return fn ? valueOr(fn.classCode, 0) >>> 16 : undefined;
    };
    for (const { behind } of valueOr(machine.disks, [])) expect(classOf(behind)).toBe(0x01);
    for (const { behind } of valueOr(machine.interfaces, [])) expect(classOf(behind)).toBe(0x02);
    for (const { behind } of valueOr(machine.displays, [])) expect(classOf(behind)).toBe(0x03);
    for (const { behind } of valueOr(machine.usb, [])) expect(classOf(behind)).toBe(0x0c);
    // One display at the most: the Intel sample is a host without a screen.
    const boot = machine.functions.filter((fn) => valueOr(fn.bootVga, false));
    expect(boot.length).toBe(machine.source.name === 'intel-desktop' ? 0 : 1);
    expect(machine.functions.every(({ bootVga }) => bootVga.known)).toBe(true);
    expect(valueOr(machine.interfaces, []).filter((each) => each.defaultRoute)).toHaveLength(1);
    expect(
      valueOr(machine.disks, [])
        .flatMap(({ mounts }) => mounts)
        .filter(({ target }) => target === '/'),
    ).toHaveLength(1);
  });

  test('has a GPU with known ids in a group of its own card', () => {
    const gpus = machine.functions.filter(
      (fn) => fn.names.vendor === 'NVIDIA Corporation' && valueOr(fn.classCode, 0) >>> 16 === 0x03,
    );
    expect(gpus.length).toBeGreaterThan(0);
    for (const gpu of gpus) {
      expect(gpu.ids.known, gpu.address).toBe(true);
      const group = valueOr(machine.groups, []).find(({ devices }) => devices.includes(gpu.address));
      expect(group?.devices).toContain(gpu.address.replace(/0$/, '1'));
    }
  });

  test('holds no name of a person or host, serial number, hardware address or UUID', () => {
    const text = readFileSync(fileOf(staging.name), 'utf8');
    expect(text).not.toMatch(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/i);
    expect(text).not.toMatch(/\b(?:[0-9a-f]{2}-){5,}[0-9a-f]{2}\b/i);
    expect(text).not.toMatch(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/i);
    expect(text).not.toMatch(/[\w.-]+@[\w.-]+/);
    expect(text.replaceAll('Device Serial Number', '')).not.toMatch(/serial.{0,3}(?:no|number)/i);
    expect(text).not.toMatch(/\/(?:home|root|Users)\//);
    const networks = [...text.matchAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g)].map(([address]) => address);
    expect(networks.filter((address) => !address.startsWith('192.0.2.'))).toEqual([]);
    expect(machine.kernel.log).toMatchObject({ known: false });
  });
});

test('two identical cards that only their paths tell apart', () => {
  const { functions } = shipped('amd-workstation');
  const cards = functions.filter((fn) => valueOr(fn.ids, null)?.device === 0x2684);
  expect(cards).toHaveLength(2);
  expect(cards[0]?.ids).toEqual(cards[1]?.ids);
  expect(cards[0]?.path).not.toBe(cards[1]?.path);
});

test('ids that the dump printed as names are derived', () => {
  const { functions } = shipped('dual-socket-server');
  const gpu = functions.find((fn) => fn.address === '0000:05:00.0');
  expect(gpu?.ids).toMatchObject({ known: true, provenance: 'derived', value: { vendor: 0x10de } });
});
