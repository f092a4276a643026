import type { MadeReport } from '../contract/report.ts';
import type { Machine } from '../machine/machine.ts';
import { redact } from '../machine/redaction/redact.ts';
import type { SecretName } from '../machine/redaction/text.ts';
import { contentsOf } from '../machine/report/contents.ts';
import { reportOf } from '../machine/report/parse-report.ts';
import { candidates } from '../passthrough/candidates.ts';
import { iommuState, iommuVendor } from '../passthrough/iommu-state.ts';
import { forumSummary } from '../words/forum-summary.ts';
import { machineName } from '../words/machine-name.ts';

/** Letters that every file system and every mail program takes. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'machine';

/** What a file is called where the source alone would name the machine: the file that somebody sent is left out. */
const nameOf = (machine: Machine): string => {
  const name = machineName(machine);
  return name === machine.source.name && machine.source.kind !== 'sample' ? 'machine' : name;
};

/** The name says the machine and the day, and whether names are still in it. */
const fileNameOf = (machine: Machine, now: string, redacted: boolean): string =>
  `${slug(nameOf(machine))}-${now.slice(0, 10)}${redacted ? '' : '-with-names'}.slotwise.json`;

/** How often each name stands in a text, as a whole word: `uuid-1` is not counted in `uuid-12`. */
function timesOf(names: readonly string[], text: string): Map<string, number> {
  const times = new Map(names.map((name) => [name, 0]));
  for (const [word] of text.matchAll(/\b[a-z]+\d?-\d{1,6}\b/g)) {
    const before = times.get(word);
    if (before !== undefined) times.set(word, before + 1);
  }
  return times;
}

/** The machine as a report, with all that a person has to know before it is sent. `now` is ISO 8601; `known` are names of this host. */
export function makeReport(
  machine: Machine,
  { redact: wanted, now, known }: { redact: boolean; now: string; known: readonly SecretName[] },
): MadeReport {
  const found = redact(machine, known);
  const told = wanted ? found.machine : machine;
  const document = reportOf(told);
  const times = wanted
    ? timesOf(
        found.replaced.flatMap(({ names }) => names),
        JSON.stringify(document),
      )
    : new Map<string, number>();
  return {
    document,
    fileName: fileNameOf(told, now, wanted),
    redacted: wanted,
    contents: contentsOf(told),
    secrets: found.replaced.map(({ kind, count, names }) => ({
      kind,
      count,
      names: wanted ? names.map((name) => ({ name, times: times.get(name) ?? 0 })) : [],
    })),
    comments: found.comments,
    summary: forumSummary(told, { candidates: candidates(told), iommu: iommuState(told), vendor: iommuVendor(told) }),
  };
}
