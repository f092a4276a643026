import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { firmwareBook, firmwareBookShape } from '../../../main/journey/firmware-guide.ts';
import { firmwarePageFor, type MadeBy } from '../../../main/journey/firmware-page.ts';
import { firmwareGuideFor } from '../../../main/journey/firmware-steps.ts';
import { firmwareGuideShape } from '../../../main/journey/state.ts';
import { readDmiLine } from '../../../main/machine/kernel-log/dmi-line.ts';
import { corpusFolder, corpusPresent, dumps } from '../../hosts/corpus.ts';
import { asus, hostWith, withoutEfi, type Board } from './host.ts';

const file: unknown = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../resources/firmware-guide.json'), 'utf8'),
);
const { pages, rules, sources } = firmwareBook;
const switches = pages.flatMap((page) => [...page.intel, ...page.amd].map((one) => ({ page, ...one })));

test('The guide has its shape', () => {
  expect(v.safeParse(firmwareBookShape, file).issues).toBeUndefined();
});

test('Every datum names sources that are listed with title and address, or none', () => {
  const cited = [
    ...switches.map(({ sources: ids }) => ids),
    ...pages.flatMap(({ setup, advanced }) => [setup.sources, advanced?.sources ?? []]),
  ].flat();
  for (const id of cited) expect(Object.keys(sources)).toContain(id);
  for (const id of Object.keys(sources)) expect(cited, `${id} is cited nowhere`).toContain(id);
  for (const { title, address } of Object.values(sources)) {
    expect(title).not.toBe('');
    expect(new URL(address).protocol).toBe('https:');
  }
});

test('Who says where a switch was seen is cited, and a path ends at a name of the switch', () => {
  for (const { page, path, names, seenOn, sources: ids, purpose } of switches) {
    const where = `${page.id} ${purpose}`;
    if (seenOn.length > 0) expect(ids, where).not.toEqual([]);
    expect(names, where).not.toEqual([]);
    if (page.vendor === null) expect(path, where).toEqual([]);
    else expect(names, where).toContain(path[path.length - 1]);
  }
});

test('Every page has the two switches of both platforms, and every rule leads to a page', () => {
  for (const page of pages) {
    for (const platform of [page.intel, page.amd]) {
      expect(platform.map(({ purpose }) => purpose)).toEqual(expect.arrayContaining(['virtualization', 'iommu']));
    }
  }
  const ids = pages.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { page } of rules) expect(ids).toContain(page);
  for (const id of ids) expect(rules.map(({ page }) => page)).toContain(id);
});

const made = (facts: Partial<MadeBy>): MadeBy => ({
  boardVendor: null,
  board: null,
  systemVendor: null,
  product: null,
  ...facts,
});
const pageId = (facts: Partial<MadeBy>): string => firmwarePageFor(made(facts)).page.id;

test.each([
  [{ boardVendor: 'ASUSTeK COMPUTER INC.', board: 'ROG STRIX B550-F GAMING' }, 'asus'],
  [{ systemVendor: 'System manufacturer', product: 'System Product Name', board: 'PRIME Z390-A' }, 'asus'],
  [{ systemVendor: 'Lambda', product: 'Lambda Vector', board: 'Pro WS WRX80E-SAGE SE WIFI' }, 'asus'],
  [{ systemVendor: 'ASUSTeK COMPUTER INC.', product: 'TUF Gaming FX505DT_FX505DT', board: 'FX505DT' }, 'general'],
  [{ boardVendor: 'Micro-Star International Co., Ltd.', board: 'B550M PRO-VDH WIFI (MS-7C95)' }, 'msi'],
  [{ boardVendor: 'Micro-Star International Co., Ltd.', board: 'MS-16P5', product: 'GP63 Leopard 8RD' }, 'general'],
  [{ boardVendor: 'Gigabyte Technology Co., Ltd.', board: 'X570 AORUS MASTER' }, 'gigabyte'],
  [{ systemVendor: 'GIGABYTE', product: 'AERO 15 KD' }, 'general'],
  [{ boardVendor: 'ASRock', board: 'X399 Taichi' }, 'asrock'],
  [{ boardVendor: 'ASRockRack', board: 'X570D4U' }, 'asrock'],
  [{ boardVendor: 'Dell Inc.', board: '01TJ2K', systemVendor: 'Dell Inc.', product: 'OptiPlex XE3' }, 'dell'],
  [{ boardVendor: 'Dell Inc.', systemVendor: 'Dell Inc.', product: 'PowerEdge R730xd' }, 'dell-poweredge'],
  [{ boardVendor: 'Dell Inc.', systemVendor: 'Dell Inc.', product: 'XPS 15 9570' }, 'general'],
  [{ boardVendor: 'HP', board: '8299', systemVendor: 'HP', product: 'HP EliteDesk 800 G3 DM 35W' }, 'hp'],
  [{ boardVendor: 'HP', systemVendor: 'HP', product: 'HP Pavilion Aero Laptop 13-be0xxx' }, 'general'],
  [{ boardVendor: 'HP', systemVendor: 'HP', product: 'ProLiant DL360 Gen9' }, 'hpe'],
  [{ boardVendor: 'HPE', systemVendor: 'HPE', product: 'ProLiant DL380 Gen10' }, 'hpe'],
  [{ boardVendor: 'LENOVO', systemVendor: 'LENOVO', product: '20YG00A2GE' }, 'lenovo-thinkpad'],
  [{ boardVendor: 'LENOVO', systemVendor: 'LENOVO', product: '10FW0004US' }, 'lenovo-thinkcentre'],
  [{ boardVendor: 'LENOVO', systemVendor: 'LENOVO', product: '30E0S4V700' }, 'lenovo-thinkstation'],
  [{ boardVendor: 'LENOVO', systemVendor: 'LENOVO', product: '82TF' }, 'general'],
  [{ boardVendor: 'Supermicro', board: 'X11DPG-OT-CPU' }, 'supermicro'],
  [{ boardVendor: 'Super Micro Computer', board: 'H11SSL-i' }, 'supermicro'],
  [{ boardVendor: 'Default string', systemVendor: 'Default string', board: 'Default string' }, 'general'],
  [{}, 'general'],
] as const)('%j is led by the page %s', (facts, page) => {
  expect(pageId(facts)).toBe(page);
});

/** The vendor's page by the catalogue's own words: form, maker and family of linuxhw/ACPI. */
function expectedVendor(form: string, maker: string, family: string, model: string): string | null {
  const home = form !== 'Desktop' && form !== 'Server';
  switch (maker) {
    case 'ASUSTek Computer':
      return home ? null : 'ASUS';
    case 'MSI':
      return home ? null : 'MSI';
    case 'Gigabyte Technology':
      return home ? null : 'Gigabyte';
    case 'ASRock':
    case 'Supermicro':
      return maker;
    case 'Dell':
      return ['Latitude', 'Precision', 'OptiPlex'].includes(family) ? 'Dell' : null;
    case 'Hewlett-Packard':
      if (family === 'ProLiant') return 'HPE';
      return ['EliteBook', 'Elite', 'Z240', 'Compaq'].includes(family) || /Workstation/.test(model) ? 'HP' : null;
    case 'Lenovo':
      return ['ThinkPad', 'ThinkCentre', 'ThinkStation'].includes(family) ? 'Lenovo' : null;
    default:
      return null;
  }
}

/** Makers as DMI writes them. */
const dmiNames: Readonly<Record<string, string>> = {
  'ASUSTek Computer': 'ASUSTeK COMPUTER INC.',
  MSI: 'Micro-Star International Co., Ltd.',
  'Gigabyte Technology': 'Gigabyte Technology Co., Ltd.',
  Dell: 'Dell Inc.',
  Lenovo: 'LENOVO',
};

const catalogued = !corpusPresent
  ? []
  : readFileSync(resolve(corpusFolder, 'INDEX.tsv'), 'utf8')
      .split('\n')
      .flatMap((row) => (row.startsWith('acpi/') ? (row.split('\t')[4] ?? '').split(';') : []))
      .map((text) =>
        text
          .trim()
          .replace(/ \(\+\d+ same dumps\)$/, '')
          .split('/'),
      )
      .filter((parts) => parts.length === 4);

test.skipIf(!corpusPresent)('Every machine of the ACPI catalogue is led by its vendor, or by the general page', () => {
  expect(catalogued.length).toBeGreaterThan(100);
  const wrong = catalogued.flatMap(([form = '', maker = '', family = '', model = '']) => {
    const vendor = dmiNames[maker] ?? maker;
    // Boards are named by the board, whole machines by the product.
    const facts = form === 'Desktop' ? { board: model, product: model } : { product: model };
    const led = firmwarePageFor(made({ boardVendor: vendor, systemVendor: vendor, ...facts })).page.vendor;
    const expected = expectedVendor(form, maker, family, model);
    return led === expected ? [] : [`${form}/${maker}/${model}: ${led ?? 'general'}, not ${expected ?? 'general'}`];
  });
  expect(wrong).toEqual([]);
});

test.skipIf(!corpusPresent)('A dump whose collector named the maker as the kernel does is led by that maker', () => {
  const beginnings: [RegExp, string | null][] = [
    [/^(ASUS|ASUSTeK COMPUTER INC\.|System manufacturer) (?!.*_)/, 'ASUS'],
    [/^Lambda /, 'ASUS'],
    [/^ASUSTeK COMPUTER INC\. \S+ Gaming/, null],
    [/^Micro-Star/, 'MSI'],
    [/^Gigabyte/, 'Gigabyte'],
    [/^ASRock/, 'ASRock'],
    [/^Dell Inc\. (OptiPlex|Precision|Latitude|PowerEdge)/, 'Dell'],
    [/^LENOVO 2[01][A-Z]/, 'Lenovo'],
    [/^Supermicro/, 'Supermicro'],
    [/^(QEMU|Default string|Apple)/, null],
  ];
  let judged = 0;
  for (const { name, machine } of dumps) {
    const expected = beginnings.find(([pattern]) => pattern.test(machine));
    const line = expected ? readDmiLine(machine.split(' / ')[0] ?? '') : null;
    if (!expected || !line) continue;
    judged += 1;
    const facts = { systemVendor: line.systemVendor, product: line.systemProduct, board: line.board };
    expect(firmwarePageFor(made(facts)).page.vendor, `${name}: ${machine}`).toBe(expected[1]);
  }
  expect(judged).toBeGreaterThan(10);
});

const guide = (facts: Parameters<typeof hostWith>[0], board: Board = asus) => {
  const one = firmwareGuideFor(hostWith(facts, board));
  expect(v.is(firmwareGuideShape, one)).toBe(true);
  return one;
};
const off = { tables: [], groups: 'off' } as const;
const amdOff = { ...off, cpu: 'amd', virtualization: 'svm' } as const;

test('A machine that needs nothing is told nothing', () => {
  expect(guide({}).switches).toEqual([]);
});

test('The missing switch stands in this vendor’s words, and says where it was seen', () => {
  const { vendor, setupKeys, advancedKeys, switches: needed } = guide(off);
  expect([vendor, setupKeys, advancedKeys]).toEqual(['ASUS', ['Del', 'F2'], ['F7']]);
  expect(needed).toMatchObject([
    { purpose: 'iommu', path: ['Advanced', 'System Agent (SA) Configuration', 'VT-d'], to: 'Enabled', confirmed: true },
  ]);
  expect(needed[0]?.source).toContain('https://');
});

test('Another board of the vendor is not confirmed, and neither is one with a longer name', () => {
  expect(guide(off, { ...asus, product: 'PRIME Z390-A' }).switches[0]?.confirmed).toBe(false);
  expect(guide(off, { ...asus, product: 'PRIME B360M-A II' }).switches[0]?.confirmed).toBe(false);
  const x570 = { ...asus, product: 'Pro WS X570-ACE' };
  expect(guide(amdOff, x570).switches[0]).toMatchObject({ confirmed: true, from: 'Auto' });
  expect(guide(amdOff, x570).remarks).toContain('amd-enabled-not-auto');
});

test('Both switches where both are off, and interrupt remapping where only that is', () => {
  expect(guide({ ...off, virtualization: null }).switches.map(({ purpose }) => purpose)).toEqual([
    'virtualization',
    'iommu',
  ]);
  const supermicro = { ...asus, vendor: 'Supermicro', product: 'X11DDW-L' };
  expect(guide({ interruptRemapping: false }, supermicro).switches.map(({ purpose }) => purpose)).toEqual([
    'interrupt-remapping',
  ]);
});

test('One switch for two purposes is said once', () => {
  const server = { vendor: 'Dell Inc.', systemVendor: 'Dell Inc.', systemProduct: 'PowerEdge R730xd' };
  const { switches: needed, remarks } = guide({ ...off, virtualization: null }, server);
  expect(needed).toHaveLength(1);
  expect(remarks).toContain('one-switch-for-both');
});

test('An unknown board gets names to look for and no path, a retail model is told why', () => {
  const unknown = guide(off, {});
  expect(unknown.vendor).toBeNull();
  expect(unknown.switches).toMatchObject([{ purpose: 'iommu', path: [], confirmed: false }]);
  expect(unknown.remarks).toContain('general-page');
  const laptop = { vendor: 'HP', systemVendor: 'HP', systemProduct: 'OMEN Laptop 15-en0xxx' };
  expect(guide(amdOff, laptop).remarks).toEqual(expect.arrayContaining(['retail-model', 'general-page']));
});

test('The platform of a machine whose CPU is not told is read from its host bridge', () => {
  const machine = hostWith(off);
  const untold = { known: false, needs: 'fuller-source', where: '' } as const;
  const nameless = { ...machine, cpu: { ...machine.cpu, vendor: untold } };
  expect(firmwareGuideFor(nameless).switches[0]?.path).toContain('VT-d');
});

test('A restart into the setup is offered under EFI only, and never inside a virtual machine', () => {
  expect(guide(off).restart).toBe('systemctl reboot --firmware-setup');
  expect(guide(off, { ...asus, efi: false }).restart).toBeNull();
  expect(guide(off, withoutEfi).restart).toBeNull();
  const inside = guide({ ...off, underHypervisor: true });
  expect([inside.restart, inside.switches, inside.remarks]).toEqual([null, [], ['inside-vm']]);
});
