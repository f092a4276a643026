import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesFromPciIds } from '../../../../main/machine/names/pci-ids.ts';

const file = resolve(import.meta.dirname, '../../../../resources/pci.ids');
const names = namesFromPciIds(readFileSync(file, 'latin1'));

interface Listed {
  vendor: number;
  vendorName: string;
  device: number;
  name: string;
  cards: { vendor: number; device: number; name: string }[];
}

/** The whole file, line by line: the slow and obvious way. */
const listed = readWhole(readFileSync(file, 'utf8'));

function readWhole(text: string): Listed[] {
  const found: Listed[] = [];
  let vendor: { id: number; name: string } | null = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('C ')) break;
    const match = /^(\t*)([0-9a-f]{4})(?: ([0-9a-f]{4}))? {2}(.*)$/.exec(line);
    if (!match) continue;
    const [, tabs = '', first = '', second, name = ''] = match;
    if (tabs === '') vendor = { id: parseInt(first, 16), name: name.trim() };
    else if (tabs === '\t' && vendor) {
      found.push({
        vendor: vendor.id,
        vendorName: vendor.name,
        device: parseInt(first, 16),
        name: name.trim(),
        cards: [],
      });
    } else if (second !== undefined) {
      found.at(-1)?.cards.push({ vendor: parseInt(first, 16), device: parseInt(second, 16), name: name.trim() });
    }
  }
  return found;
}

const anyListed = fc
  .integer({ min: 0, max: listed.length - 1 })
  .map((at) => listed[at])
  .filter((each): each is Listed => each !== undefined);

describe('the shipped list', () => {
  test('has the names that a whole reading has', () => {
    expect(listed.length).toBeGreaterThan(20_000);
    fc.assert(
      fc.property(anyListed, (each) => {
        expect(names.vendor(each.vendor)).toBe(each.vendorName);
        expect(names.device(each.vendor, each.device)).toBe(each.name);
        for (const card of each.cards) {
          const same = each.cards.find((other) => other.vendor === card.vendor && other.device === card.device);
          expect(names.subsystem(each.vendor, each.device, card.vendor, card.device)).toBe(same?.name);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('leads back from what lspci prints to all devices of that name', () => {
    fc.assert(
      fc.property(anyListed, (each) => {
        const same = listed.filter((other) => other.vendorName === each.vendorName && other.name === each.name);
        const found = names.idsNamed(`${each.vendorName} ${each.name}`);
        for (const { vendor, device } of same) expect(found).toContainEqual({ vendor, device });
      }),
      { numRuns: 200 },
    );
  });

  test('leads back from a card’s name', () => {
    const withCards = listed.filter(({ cards }) => cards.length > 0);
    for (const each of withCards.slice(0, 300)) {
      for (const card of each.cards) {
        const vendor = names.vendor(card.vendor);
        if (vendor === null) continue;
        expect(names.cardsNamed(`${vendor} ${card.name}`, each)).toContainEqual({
          vendor: card.vendor,
          device: card.device,
        });
      }
    }
  });

  test('has characters beyond ASCII', () => {
    const beyond = listed.filter(({ name, vendorName }) => /[^\x20-\x7e]/.test(name + vendorName));
    expect(beyond.length).toBeGreaterThan(5);
    for (const each of beyond) expect(names.device(each.vendor, each.device)).toBe(each.name);
  });
});

describe('numbers and names', () => {
  test('what is not listed has no name', () => {
    expect(names.vendor(0xfff0)).toBeNull();
    expect(names.device(0x10de, 0xffff)).toBeNull();
    expect(names.device(0xfff0, 1)).toBeNull();
    expect(names.subsystem(0x10de, 0x2684, 0xffff, 0xffff)).toBeNull();
    expect(names.idsNamed('Nobody & Sons Widget')).toEqual([]);
    expect(names.idsNamed('')).toEqual([]);
    expect(names.classesNamed('Toaster')).toEqual([]);
  });

  test('a number that lspci could not name', () => {
    expect(names.idsNamed('Intel Corporation Device a700')).toContainEqual({ vendor: 0x8086, device: 0xa700 });
    expect(names.cardsNamed('Lenovo Device 3802', null)).toContainEqual({ vendor: 0x17aa, device: 0x3802 });
  });

  test('classes by number and by name', () => {
    expect(names.className(0x030000)).toBe('VGA compatible controller');
    expect(names.className(0x0300ff)).toBe('VGA compatible controller');
    expect(names.className(0x03ff00)).toBe('Display controller');
    expect(names.className(0x420000)).toBeNull();
    expect(names.classesNamed('Non-Volatile memory controller')).toEqual([0x0108]);
  });
});

test('any text as a list is read without harm', () => {
  const line = fc.constantFrom(
    '10de  N\n',
    '\t2684  AD102\n',
    '\t\t1043 88e2  Card\n',
    'C 03  Display\n',
    '\t00  VGA\n',
    '# x\n',
    '\n',
    '\t',
    ' ',
    '\xff\xfe',
    '10de',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const some = namesFromPciIds(`\n${lines.join('')}`);
      const answers = [
        some.vendor(0x10de),
        some.device(0x10de, 0x2684),
        some.subsystem(0x10de, 0x2684, 0x1043, 0x88e2),
        some.className(0x030000),
      ];
      for (const answer of answers) expect(answer === null || typeof answer === 'string').toBe(true);
      expect(Array.isArray(some.idsNamed('N AD102'))).toBe(true);
    }),
  );
});
