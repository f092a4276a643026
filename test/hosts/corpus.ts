import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { namesFromPciIds } from '../../main/machine/names/pci-ids.ts';
import type { MachineSource } from '../../main/machine/machine.ts';

/** Where other people's machines lie; tests that need them skip by name where they are absent. */
export const corpusFolder = resolve(
  import.meta.dirname,
  '../..',
  process.env['SLOTWISE_CORPUS'] ?? '../shared/corpus',
);
export const corpusPresent = existsSync(resolve(corpusFolder, 'INDEX.tsv'));
if (!corpusPresent) {
  console.warn(`corpus is absent (${corpusFolder}): tests that read it are skipped; set SLOTWISE_CORPUS`);
}

export interface Dump {
  /** without the folder and `.txt` */
  readonly name: string;
  readonly kind: string;
  /** what the index counted in the words of the dump */
  readonly devices: number;
  readonly express: number;
  readonly acs: number;
  readonly acsControl: number;
  /** null where the index does not tell */
  readonly groups: number | null;
  /** the machine in the collector's words, often empty */
  readonly machine: string;
  readonly origin: string;
}

/** All whole-machine dumps of the corpus, in the index's order. */
export const dumps: readonly Dump[] = corpusPresent ? readIndex() : [];

function readIndex(): Dump[] {
  const rows = readFileSync(resolve(corpusFolder, 'INDEX.tsv'), 'utf8').split('\n').slice(1);
  return rows.flatMap((row) => {
    const [file = '', kind = '', origin = '', holds = '', machine = '', groups = ''] = row.split('\t');
    const counts = /(\d+) devices, (\d+) with Express cap, (\d+) with ACS \((\d+) with ACSCtl/.exec(holds);
    if (!file.startsWith('lspci/') || !counts) return [];
    const [devices = 0, express = 0, acs = 0, acsControl = 0] = counts.slice(1).map(Number);
    return {
      name: file.slice('lspci/'.length, -'.txt'.length),
      kind,
      devices,
      express,
      acs,
      acsControl,
      groups: groups.trim() === '' ? null : Number(groups),
      machine,
      origin,
    };
  });
}

export const dumpText = (name: string): string => readFileSync(resolve(corpusFolder, 'lspci', `${name}.txt`), 'utf8');

/** Device and group pairs that stand beside the two dumps whose groups came from another file of the same report. */
export function groupsBeside(name: string): [device: string, group: number][] {
  const file = resolve(corpusFolder, 'groups', `${name}.groups.txt`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const match = /^([0-9a-f:.]+) (\d+)$/.exec(line);
    return match?.[1] ? [[match[1], Number(match[2])]] : [];
  });
}

/** The dump with the groups that stand beside it, as kernel log lines behind it. */
export const dumpWithGroups = (name: string): string =>
  dumpText(name) +
  groupsBeside(name)
    .map(([device, group]) => `pci ${device}: Adding to iommu group ${group}\n`)
    .join('');

export function corpusFiles(folder: string): { name: string; text: string }[] {
  if (!corpusPresent) return [];
  return readdirSync(resolve(corpusFolder, folder))
    .sort()
    .map((name) => ({ name, text: readFileSync(resolve(corpusFolder, folder, name), 'utf8') }));
}

export const shippedNames = namesFromPciIds(
  readFileSync(resolve(import.meta.dirname, '../../resources/pci.ids'), 'latin1'),
);

export const textSource = (name: string): MachineSource => ({
  kind: 'lspci-text',
  name,
  readAt: null,
  collectedAt: null,
  origin: null,
  partlyStaged: false,
});
