import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { machineShape } from '../../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { shippedNames, textSource } from '../../../hosts/corpus.ts';

const read = (text: string) => machineFromText(text, shippedNames, textSource('any.txt'));

function check(text: string): void {
  const machine = read(text);
  if (!isSourceProblem(machine)) expect(v.safeParse(machineShape, machine).issues).toBeUndefined();
}

/** Pieces of real lines, so that random texts reach deep into the parser. */
const pieces = [
  '00:00.0 ',
  '0000:01:00.0 ',
  '10000:e1:00.0 ',
  'Host bridge: ',
  'VGA compatible controller [0300]: ',
  'Intel Corporation ',
  'Device 1234',
  ' [10de:2684]',
  ' (rev a1)',
  ' (prog-if 00 [',
  ')',
  '\n',
  '\n\t',
  '\n\n',
  '\r\n',
  '> ',
  'Subsystem: ',
  'Flags: ',
  'IOMMU group ',
  'IOMMU Group ',
  'IOMMU group: ',
  '12',
  ':',
  ', ',
  'Capabilities: ',
  '[40] ',
  '[100 v1] ',
  '<access denied>',
  'Express ',
  '(v2) Root Port (Slot+), MSI 00',
  'DevCap: ',
  'FLReset+',
  'LnkCap: Port #0, Speed 8GT/s, Width x16',
  'Access Control Services ',
  'ACSCap: SrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-',
  'MSI: Enable+ Count=1/32 Maskable- 64bit+',
  'MSI-X: Enable+ Count=2048 Masked-',
  'Single Root I/O Virtualization ',
  'IOVCtl: Enable+',
  'Total VFs: 65535, ',
  'Number of VFs: 65535, ',
  'VF offset: 99999, stride: 99999, Device ID: ffff',
  'Physical Resizable BAR ',
  'BAR 0: current size: 1EB, supported: 1MB 2MB',
  'Region 0: Memory at ffffffffffffffff (64-bit, prefetchable) [size=999999T]',
  'Expansion ROM at <ignored> [disabled]',
  'Bus: primary=00, secondary=00, subordinate=ff',
  'Kernel driver in use: ',
  '00: ff ff ff ff',
  '10: 00',
  '[    0.1] ',
  'pci 0000:01:00.0: Adding to iommu group 1',
  'DMI: a b/c, BIOS 1 01/01/2020',
  'Command line: ',
  '__proto__',
  '\0',
  '\u2028',
  'é',
] as const;

describe('any text', () => {
  test('of random characters gives a machine by its shape, or a problem', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400, unit: 'binary' }), check), { numRuns: 300 });
  });

  test('of the pieces that records are made of gives a machine by its shape, or a problem', () => {
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((list) => list.join(''));
    fc.assert(fc.property(text, check), { numRuns: 1500 });
  });
});

/** A megabyte of what would hang a pattern that backtracks: begun like a record, never finished. */
const megabyte = (start: string, again: string): string => start + again.repeat(Math.ceil(0x100000 / again.length));
const attribute = '01:00.0 VGA: x\n\tControl: I/O+\n';

describe('a megabyte of', () => {
  test.each([
    ['blanks', megabyte('01:00.0 VGA: x\n', ' ')],
    ['quotes', megabyte('', '> ')],
    ['open brackets', megabyte('01:00.0 VGA: ', '[')],
    ['interfaces that do not end', megabyte('', '01:00.0 V: (prog-if 00 [\n')],
    ['vendor names', megabyte('01:00.0 VGA: ', 'Intel Corporation ')],
    ['capabilities', megabyte(attribute, '\tCapabilities: [40] ')],
    ['links in one capability', megabyte(`${attribute}Capabilities: [40] Express\n`, 'LnkCap: Port Speed 1\n')],
    ['regions', megabyte(attribute, 'Region 0: Memory at ')],
    ['whole regions', megabyte(attribute, 'Memory at 0 (64-bit, prefetchable) [size=1]\n')],
    [
      'resizable BARs',
      megabyte(
        `${attribute}Capabilities: [100] Physical Resizable BAR\n`,
        'BAR 1: current size: 1MB, supported: 1MB\n',
      ),
    ],
    [
      'sizes of one BAR',
      megabyte(`${attribute}Capabilities: [100] Physical Resizable BAR BAR 1: current size: 1MB, supported:`, ' 1MB'),
    ],
    ['group headings', megabyte('', 'IOMMU Group 1:\n01:00.0 x: y\n')],
    ['a log line that goes on', megabyte('[    0.100000] x\n', 'yyyyyyy\n')],
    ['stamps', megabyte('', '<6>[ 0.10] ')],
    ['hex lines', megabyte('01:00.0 V: x\n', '00: 00 00\n')],
    ['empty lines', megabyte('', '\n')],
  ])('%s is read to its end', (_, text) => check(text));
});
