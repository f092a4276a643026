import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { valueOr } from '../../../../main/machine/fact.ts';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { machineShape, type Machine } from '../../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import {
  corpusPresent,
  dumps,
  dumpText,
  dumpWithGroups,
  groupsBeside,
  shippedNames,
  textSource,
} from '../../../hosts/corpus.ts';

function machineOf(text: string): Machine {
  const machine = machineFromText(text, shippedNames, textSource('dump.txt'));
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return machine;
}

const full = (device: string): string => (/^[0-9a-f]{2}:/.test(device) ? `0000:${device}` : device);

/** A second, naive reading: cut at each address at a line's beginning, look for the words in what follows. */
function naiveGroups(text: string): string[][] {
  const groups = new Map<string, string[]>();
  const add = (group: string, device: string): unknown =>
    groups.set(group, [...(groups.get(group) ?? []), full(device)]);
  const chunks = text.split(/^(?=\s*(?:[0-9a-f]{4,5}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7] )/m);
  for (const chunk of chunks) {
    const device = /^\s*([0-9a-f:]+\.[0-7]) /.exec(chunk)?.[1];
    const group = /IOMMU\s+group:?\s+(\d+)/.exec(chunk)?.[1];
    if (device && group) add(group, device);
  }
  return partition([...groups.values()]);
}

const partition = (groups: readonly (readonly string[])[]): string[][] => groups.map((each) => [...each].sort()).sort();
const partitionOf = (machine: Machine): string[][] =>
  partition(valueOr(machine.groups, []).map((each) => each.devices));

describe.skipIf(!corpusPresent)('dumps of real machines (corpus absent: skipped)', () => {
  test('the corpus holds 59 dumps', () => expect(dumps).toHaveLength(59));

  test.each(dumps)('$name: as many devices, ports and ACS capabilities as the index counted', (dump) => {
    const { functions } = machineOf(dumpText(dump.name));
    const withAcs = functions.filter((fn) =>
      valueOr(fn.capabilities, []).some((each) => each.extended && each.id === 0x0d),
    );
    expect({
      devices: functions.length,
      // The index counted words; config space tells more where a record is nothing but bytes.
      express: functions.filter((fn) => valueOr(fn.express, null) && hasWords(fn.address)).length,
      acs: withAcs.length,
      acsControl: functions.filter((fn) => valueOr(fn.acs, null)).length,
    }).toEqual({ devices: dump.devices, express: dump.express, acs: dump.acs, acsControl: dump.acsControl });

    function hasWords(address: string): boolean {
      const short = address.replace(/^0000:/, '');
      const record = dumpText(dump.name).split(/^(?=\S*[0-9a-f]{2}:[01][0-9a-f]\.[0-7] )/m);
      return record.some((text) => new RegExp(`^(?:0000:)?${short} `).test(text) && /Capabilities:/.test(text));
    }
  });

  test.each(dumps)(
    '$name: a machine by its shape, and every port type where there is an Express capability',
    (dump) => {
      const machine = machineOf(dumpText(dump.name));
      expect(v.safeParse(machineShape, machine).issues).toBeUndefined();
      for (const fn of machine.functions) {
        const express = valueOr(fn.capabilities, []).some((each) => !each.extended && each.id === 0x10);
        if (express)
          expect(fn.express, fn.address).toMatchObject({
            known: true,
            value: { portType: expect.any(String) as string },
          });
      }
    },
  );

  test.each(dumps.filter((dump) => dump.kind.startsWith('lspci+groups')))('$name: the kernel’s own groups', (dump) => {
    const beside = groupsBeside(dump.name);
    const numbers = [...new Set(beside.map(([, group]) => group))];
    const truth =
      beside.length > 0
        ? partition(numbers.map((number) => beside.filter(([, group]) => group === number).map(([device]) => device)))
        : naiveGroups(dumpText(dump.name));
    const machine = machineOf(dumpWithGroups(dump.name));
    expect(truth.length).toBeGreaterThan(5);
    expect(partitionOf(machine)).toEqual(truth);
    if (dump.groups !== null) expect(truth).toHaveLength(dump.groups);
  });

  test.each(dumps.filter((dump) => !dump.kind.startsWith('lspci+groups')))(
    '$name: no groups, and none made up',
    (dump) => {
      expect(machineOf(dumpText(dump.name)).groups).toMatchObject({ known: false, needs: 'fuller-source' });
    },
  );
});
