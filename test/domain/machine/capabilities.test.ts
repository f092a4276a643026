import { describe, expect, test } from 'vitest';
import { decodeConfigSpace } from '../../../main/machine/config-space/decode.ts';
import { valueOr } from '../../../main/machine/fact.ts';
import { machineFromText } from '../../../main/machine/lspci/machine-from-text.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { captureNames } from '../../hosts/captures.ts';
import { corpusPresent, dumps, dumpText, shippedNames, textSource } from '../../hosts/corpus.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, treeOf, type TestFile } from '../../hosts/tree.ts';

/** 4096 bytes of an endpoint with these words set, `[offset, value]`, little-endian double words. */
function config(...words: [offset: number, value: number][]): Uint8Array {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  // Intel, a display, with a capability list from 40h.
  for (const [offset, value] of [[0x00, 0x12348086], [0x04, 0x00100000], [0x08, 0x03000000], [0x34, 0x40], ...words]) {
    view.setUint32(offset ?? 0, value ?? 0, true);
  }
  return bytes;
}
const decoded = (...words: [number, number][]) => decodeConfigSpace(config(...words), 'whole');

describe('registers', () => {
  test('power: states, the present one, and whether D3hot forgets', () => {
    expect(decoded([0x40, 0xc603_0001], [0x44, 0x0000_000b]).power).toMatchObject({
      value: { states: ['D0', 'D1', 'D2', 'D3hot'], current: 'D3hot', noSoftReset: true, wakesFromD3cold: true },
    });
    expect(decoded([0x40, 0x0003_0001]).power).toMatchObject({
      value: { states: ['D0', 'D3hot'], current: 'D0', noSoftReset: false, wakesFromD3cold: false },
    });
  });

  test('a slot, and ARI forwarding, on ports only', () => {
    const port: [number, number][] = [
      [0x40, 0x0142_0010],
      [0x54, 0x0028_0063],
      [0x58, 0x0040_0000],
      [0x64, 0x20],
      [0x68, 0x20],
    ];
    expect(decoded(...port)).toMatchObject({
      slot: { value: { number: 5, hotPlug: true, surprise: true, powerController: true, occupied: true } },
      ariForwarding: { value: { capable: true, enabled: true } },
    });
    expect(decoded([0x40, 0x0102_0010], ...port.slice(1))).toMatchObject({
      slot: { value: null },
      ariForwarding: { value: null },
    });
    expect(decoded([0x40, 0x0042_0010], ...port.slice(1))).toMatchObject({ slot: { value: null } });
  });

  test('page requests, PASID, ARI and Intel’s Thunderbolt mark in the extended list', () => {
    const more = decoded(
      [0x40, 0x0002_0010],
      [0x100, 0x1201_0013],
      [0x104, 0x0000_0001],
      [0x120, 0x1401_001b],
      [0x124, 0x0001_1406],
      [0x140, 0x1601_000e],
      [0x144, 0x0000_0200],
      [0x160, 0x0001_000b],
      [0x164, 0x1000_1234],
    );
    expect(more).toMatchObject({
      pri: { value: { enabled: true } },
      pasid: { value: { enabled: true, width: 20, execute: true, privileged: true } },
      ari: { value: { nextFunction: 2 } },
      thunderbolt: { value: true },
    });
    expect(decoded([0x40, 0x0002_0010], [0x100, 0x0001_000b], [0x104, 0x1000_1235])).toMatchObject({
      thunderbolt: { value: false },
      pri: { value: null },
      pasid: { value: null },
      ari: { value: null },
    });
  });

  test('what the bytes do not hold is not known', () => {
    const cut = decodeConfigSpace(config([0x40, 0x0002_0010]).subarray(0, 64));
    for (const key of ['power', 'slot', 'link', 'pri', 'pasid', 'ari', 'ariForwarding', 'thunderbolt'] as const) {
      expect(cut[key], key).toMatchObject({ known: false });
    }
  });
});

describe('as an ordinary user, from sysfs', () => {
  const folder = 'sys/bus/pci/devices/0000:01:00.0';
  const find = (files: Record<string, TestFile>) => {
    const [fn] = machineOf(
      treeOf({
        [`${folder}/vendor`]: '0x10de',
        [`${folder}/device`]: '0x2684',
        [`${folder}/class`]: '0x030000',
        ...Object.fromEntries(Object.entries(files).map(([name, file]) => [`${folder}/${name}`, file])),
      }),
    ).functions;
    if (!fn) throw new Error('no function');
    return fn;
  };

  test('the link now and at most', () => {
    const fn = find({
      current_link_speed: '2.5 GT/s PCIe\n',
      current_link_width: '8\n',
      max_link_speed: '16.0 GT/s PCIe\n',
      max_link_width: '16\n',
    });
    expect(fn.link).toMatchObject({ value: { speed: 2.5, width: 8, maxSpeed: 16, maxWidth: 16 } });
    expect(find({ max_link_width: '255', max_link_speed: 'Unknown' }).link).toMatchObject({ known: false });
  });

  test('sizes that a BAR can have', () => {
    const line = (start: string, end: string, flags: string): string => `0x${start} 0x${end} 0x${flags}\n`;
    const resource =
      line('00000000f6000000', '00000000f6ffffff', '0000000000040200') +
      line('0000006000000000', '000000600fffffff', '000000000014220c');
    expect(find({ resource, resource1_resize: '00000000000006c0' }).resizableBars).toMatchObject({
      value: [{ bar: 1, sizesMegabytes: [64, 128, 512, 1024], currentMegabytes: 256 }],
    });
  });

  test('the ROM, and whether the firmware’s copy stands for it', () => {
    const none = '0x0000000000000000 0x0000000000000000 0x0000000000000000\n'.repeat(6);
    const shadow = '0x00000000000c0000 0x00000000000dffff 0x0000000000000212\n';
    expect(find({ resource: none + shadow }).rom).toMatchObject({
      value: { size: '0x20000', shadowed: true, headerGood: null },
    });
    expect(find({ resource: none + shadow.replace('212', '200') }).rom).toMatchObject({ value: { shadowed: false } });
    expect(find({ resource: `${none}0x0000000000000000 0x0000000000000000 0x0000000000000000\n` }).rom).toMatchObject({
      value: null,
    });
  });

  test('D3cold, and what is outside the box', () => {
    expect(find({ d3cold_allowed: '1\n', removable: 'removable\n' })).toMatchObject({
      d3coldAllowed: { value: true },
      removable: { value: true },
    });
    expect(find({})).toMatchObject({ d3coldAllowed: { known: false }, removable: { known: false } });
  });
});

describe.skipIf(captureNames.length === 0)('a captured machine', () => {
  test('a ROM that the kernel finds to be none', () => {
    const tree = captureTree('vtd-desktop-k61');
    const log = new TextDecoder().decode(tree.bytes('cmd/dmesg.txt') ?? new Uint8Array());
    tree.addFile(
      'cmd/dmesg.txt',
      new TextEncoder().encode(
        `${log}\n[   12.0] vfio-pci 0000:01:00.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0xffff\n`,
      ),
    );
    const rom = (address: string) => machineOf(tree).functions.find((fn) => fn.address === address)?.rom;
    expect(rom('0000:01:00.0')).toMatchObject({ value: { headerGood: false } });
    expect(rom('0000:00:02.0')).toMatchObject({ value: { headerGood: null } });
  });

  test('sound cards with the function behind them', () => {
    expect(valueOr(machineOf(captureTree('vtd-desktop-rmrr-k61')).sound, [])).toEqual([
      { name: 'card0', id: 'Intel', behind: '0000:00:1b.0' },
      { name: 'card1', id: 'Intel_1', behind: '0000:01:00.1' },
    ]);
  });
});

test('a disk behind Intel VMD names the controller', () => {
  const text = [
    '0000:00:0e.0 RAID bus controller [0104]: Intel Corporation Volume Management Device NVMe RAID Controller [8086:9a0b]',
    '\tFlags: bus master',
    '10000:e0:06.0 PCI bridge [0604]: Intel Corporation Device [8086:9a09]',
    '\tBus: primary=e0, secondary=e1, subordinate=e1, sec-latency=0',
    '10000:e1:00.0 Non-Volatile memory controller [0108]: Samsung Electronics Co Ltd Device [144d:a80a]',
    '\tFlags: bus master',
  ].join('\n');
  const made = machineFromText(text, shippedNames, textSource('dump.txt'));
  if (isSourceProblem(made)) throw new Error(made.detail);
  const disk = made.functions.find((fn) => fn.address === '10000:e1:00.0');
  expect(disk?.through).toMatchObject({ known: true, value: [{ kind: 'vmd', address: '0000:00:0e.0' }] });
});

describe.skipIf(!corpusPresent)('dumps of real machines (corpus absent: skipped)', () => {
  const machine = (name: string): Machine => {
    const made = machineFromText(dumpText(name), shippedNames, textSource('dump.txt'));
    if (isSourceProblem(made)) throw new Error(made.detail);
    return made;
  };
  const through = (of: Machine, address: string) =>
    valueOr(
      of.functions.find((fn) => fn.address === address)?.through ?? { known: false, needs: 'root', where: '' },
      null,
    );

  test('a graphics card in a Thunderbolt box is behind the machine’s own controller', () => {
    const mini = machine('apple-macmini8-1-tb3-egpu');
    expect(through(mini, '0000:44:00.0')).toEqual([{ kind: 'thunderbolt', address: '0000:05:00.0' }]);
    expect(through(mini, '0000:02:00.0')).toEqual([]);
  });

  test.each(dumps)('$name: behind VMD is exactly what is in a domain of VMD', ({ name }) => {
    for (const fn of machine(name).functions) {
      const kinds = valueOr(fn.through, []).map(({ kind }) => kind);
      expect(kinds.includes('vmd'), fn.address).toBe(fn.address.length > '0000:00:00.0'.length);
    }
  });
});
