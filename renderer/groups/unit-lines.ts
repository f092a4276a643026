import { unitWords as words } from '../../main/words/units.ts';
import { said, type FactLine } from './fact-line.ts';
import type { Unit } from './units.ts';

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** Where a unit is and what it is called, in the order in which one looks for it. */
export function unitLines({ vendor, kernel, table, function: fn }: Unit): readonly FactLine[] {
  const base = kernel?.registerBase ?? table?.registerBase ?? null;
  const version = kernel?.version ?? null;
  const sources = (table?.interruptSources ?? []).map(({ kind, id, requester }) => {
    const source = words.source(kind, id);
    return requester === null ? source : words.sourceAs(source, requester);
  });
  const named = table?.namespaceDevices ?? [];
  return [
    said(words.facts.kind, words.kinds[vendor]),
    // VT-d's version register has major and minor in a nibble each; sysfs prints them with a colon.
    ...(version === null ? [] : [said(words.facts.version, version.replace(':', '.'))]),
    ...(base === null ? [] : [said(words.facts.base, base, true)]),
    ...(fn === null ? [] : [said(words.facts.function, fn, true)]),
    ...(table === null ? [] : [said(words.facts.segment, hex4(table.segment), true)]),
    ...(table?.proximity == null ? [] : [said(words.facts.node, String(table.proximity))]),
    ...(sources.length === 0 ? [] : [said(words.facts.interrupts, sources.join('\n'))]),
    ...(named.length === 0 ? [] : [said(words.facts.named, named.join('\n'), true)]),
    kernel === null ? said(words.facts.kernel, words.notRun) : said(words.facts.kernel, kernel.name, true),
  ];
}
