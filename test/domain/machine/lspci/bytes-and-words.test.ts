import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../../main/machine/fact.ts';
import { functionFromRecord, type UnplacedFunction } from '../../../../main/machine/lspci/function-from-record.ts';
import { sectionsOf } from '../../../../main/machine/lspci/sections.ts';
import { corpusPresent, dumps, dumpText, shippedNames } from '../../../hosts/corpus.ts';

/** Compares a fact of the bytes with one of the words where both know it; `told` keeps what lspci prints of it. */
function agree<T>(bytes: Fact<T>, words: Fact<T>, place: string, told: (value: T) => unknown = (value) => value): void {
  if (bytes.known && words.known) expect(told(bytes.value), place).toEqual(told(words.value));
}

function compare(bytes: UnplacedFunction, words: UnplacedFunction, place: string): void {
  agree(bytes.classCode, words.classCode, `${place} class`);
  expect(bytes.header, `${place} header`).toBe(words.header);
  expect(bytes.bridge, `${place} bridge`).toEqual(words.bridge);
  agree(bytes.ids, words.ids, `${place} ids`, ({ vendor, device, revision }) => ({ vendor, device, revision }));
  agree(bytes.capabilities, words.capabilities, `${place} capabilities`, (list) =>
    // An extended capability of id 0 is padding that lspci names and the kernel walks past. Without Express lspci does
    // not look beyond 256 bytes, where AMD's root complex repeats its ids as if they were a capability.
    list
      .filter((each) => each.id !== 0 && (!each.extended || (bytes.configBytes > 256 && hasExpress(words))))
      .map(({ id, offset }) => `${id} at ${offset ?? ''}`),
  );
  const reset = words.express.known ? (words.express.value?.flr ?? null) : null;
  agree(bytes.express, words.express, `${place} express`, (value) =>
    value
      ? // lspci prints FLReset of endpoints only, and links with -vv only
        { ...value, flr: reset === null ? null : value.flr, link: hasLink(words) ? value.link : null }
      : null,
  );
  const keys = [
    'acs',
    'ats',
    'sriov',
    'resizableBars',
    'msi',
    'msix',
    'pri',
    'pasid',
    'ari',
    'power',
    'thunderbolt',
  ] as const;
  for (const key of [...keys, 'slot', 'ariForwarding', 'link'] as const) {
    agree<unknown>(bytes[key], words[key], `${place} ${key}`);
  }
}

const hasExpress = (fn: UnplacedFunction): boolean => fn.express.known && fn.express.value !== null;
const hasLink = (fn: UnplacedFunction): boolean => fn.express.known && fn.express.value?.link != null;

describe.skipIf(!corpusPresent)('config space and words of one record (corpus absent: skipped)', () => {
  const both = dumps.flatMap((dump) => {
    const records = sectionsOf(dumpText(dump.name)).records.filter(
      (record) => record.bytes.length >= 64 && record.attributes.length > 20,
    );
    return records.length > 0 ? [{ name: dump.name, records }] : [];
  });

  test('each of the newer capabilities is in some record by both', () => {
    const seen = new Set<string>();
    for (const record of both.flatMap(({ records }) => records)) {
      const bytes = functionFromRecord({ ...record, attributes: '' }, shippedNames).fn;
      const words = functionFromRecord({ ...record, bytes: new Uint8Array(0) }, shippedNames).fn;
      for (const key of ['ari', 'power', 'slot', 'ariForwarding', 'link'] as const) {
        const told = (fact: Fact<unknown>): boolean => fact.known && fact.value !== null && fact.value !== false;
        if (told(bytes[key]) && told(words[key])) seen.add(key);
      }
    }
    expect([...seen].sort()).toEqual(['ari', 'ariForwarding', 'link', 'power', 'slot']);
  });

  test('hundreds of records have both', () => {
    expect(both.flatMap(({ records }) => records).length).toBeGreaterThan(600);
  });

  test.each(both)('$name: bytes and words say the same', ({ records }) => {
    for (const record of records) {
      const bytes = functionFromRecord({ ...record, attributes: '' }, shippedNames).fn;
      const words = functionFromRecord({ ...record, bytes: new Uint8Array(0) }, shippedNames).fn;
      compare(bytes, words, record.address);
    }
  });
});
