import { describe, expect, test } from 'vitest';
import { valueOr } from '../../../../main/machine/fact.ts';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { withoutTerminalWidth } from '../../../../main/machine/lspci/terminal-width.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { corpusFiles, corpusPresent, dumps, dumpText, shippedNames, textSource } from '../../../hosts/corpus.ts';

const widths = [80, 100, 120, 132];
const record = /^((?:[0-9a-f]{4,5}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7]) .*$/gm;

/** As `cut -c1-WIDTH` does. */
const clipped = (text: string, width: number): string => text.replace(/^.*$/gm, (line) => line.slice(0, width));
/** As a terminal shows it, and as it is copied from there. */
const broken = (text: string, width: number): string =>
  text
    .replaceAll('\t', '        ')
    .replace(/^.+$/gm, (line) => line.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n'));
const withListing = (text: string): string =>
  `${text}\n${[...text.matchAll(record)].map(([line], at) => `IOMMU Group ${at} ${line}`).join('\n')}\n`;
const unstamped = (log: string): string => log.replace(/^(?:> ?)*(?:.* kernel: )?(?:\[ *\d+\.\d+\] ?)?/gm, '');

function groupsOf(text: string): string[] {
  const machine = machineFromText(text, shippedNames, textSource('pasted.txt'));
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return valueOr(machine.groups, []).map(({ id, devices }) => `${id}: ${devices.join(' ')}`);
}

/** Where the text was changed, or null: two whole texts in a failure would fill a screen a thousand times. */
function changedAt(text: string): string | null {
  const after = withoutTerminalWidth(text);
  if (after === text) return null;
  const lines = after.split('\n');
  return lines.find((line, at) => line !== text.split('\n')[at]) ?? 'the end';
}

describe.skipIf(!corpusPresent)('texts of the corpus (corpus absent: skipped)', () => {
  test.each(dumps)(
    '$name: whole or clipped, with a listing of groups or without, nothing is put together',
    ({ name }) => {
      const text = dumpText(name).replaceAll('\r\n', '\n');
      expect(changedAt(text)).toBeNull();
      const full = withListing(text);
      for (const width of widths) {
        expect(changedAt(clipped(text, width)), `${width}`).toBeNull();
        expect(changedAt(clipped(full, width)), `${width}, with groups`).toBeNull();
        expect(changedAt(clipped(full.replaceAll('\t', '        '), width)), `${width}, with blanks`).toBeNull();
      }
    },
  );

  test.each(corpusFiles('groups'))('$name: a listing stays as it is, also clipped', ({ text }) => {
    for (const width of widths) expect(changedAt(clipped(text.replaceAll('\r', ''), width)), `${width}`).toBeNull();
  });

  test.each(corpusFiles('dmesg').filter(({ name }) => name.endsWith('.log')))(
    '$name: a log stays as it is, without stamps, searched for PCI, clipped',
    ({ text }) => {
      const log = text.replaceAll('\r\n', '\n');
      const plain = unstamped(log);
      const searched = plain
        .split('\n')
        .filter((line) => /pci/i.test(line))
        .join('\n');
      for (const each of [log, plain, searched]) {
        expect(changedAt(each)).toBeNull();
        for (const width of widths) expect(changedAt(clipped(each, width)), `${width}`).toBeNull();
      }
    },
  );

  test.each([
    'x-vloup-archlinux-lenovo-t430-lspci-txt',
    'x-alexberry-l490-nvme-logs-lspci-log',
    'ibm-power9-s924-phb4-nonx86',
  ])('%s: a clipped listing keeps its groups', (name) => {
    const text = withListing(dumpText(name));
    const groups = groupsOf(text);
    expect(groups.length).toBeGreaterThan(10);
    for (const width of widths) expect(groupsOf(clipped(text, width)), `${width}`).toEqual(groups);
  });

  test.each(dumps.filter(({ groups }) => groups !== null && groups > 0))(
    '$name: broken by a terminal, the groups are those of the whole text',
    ({ name }) => {
      const text = dumpText(name).replaceAll('\r\n', '\n');
      const groups = groupsOf(text);
      for (const width of [80, 120]) expect(groupsOf(broken(text, width)), `${width}`).toEqual(groups);
    },
  );
});

describe('lines that a terminal broke', () => {
  const whole = Array.from(
    { length: 6 },
    (_, at) =>
      `IOMMU Group ${at} 0000:0${at}:00.0 Ethernet controller [0200]: Intel Corporation I211 Gigabit Network Connection [8086:1539] (rev 03)\n`,
  ).join('');

  test('of a listing of groups are put together, in two parts or in three', () => {
    for (const width of [48, 80, 100]) expect(withoutTerminalWidth(broken(whole, width))).toBe(whole);
  });

  test('are few, where only some fill the width', () => {
    const few = broken(whole.split('\n').slice(0, 3).join('\n'), 80);
    expect(withoutTerminalWidth(few)).toBe(few);
  });

  test('are not those of a log that was cut', () => {
    const cut = clipped(
      Array.from({ length: 8 }, (_, at) =>
        [
          `Kernel command line: BOOT_IMAGE=/vmlinuz root=/dev/sda${at} ro quiet splash intel_iommu=on iommu=pt vfio-pci.ids=8086`,
          'printk: log buffer data + meta data: 131072 bytes',
        ].join('\n'),
      ).join('\n'),
      80,
    );
    expect(withoutTerminalWidth(cut)).toBe(cut);
  });
});
