import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeReport } from '../../../main/assistant/make-report.ts';
import { machineFromText } from '../../../main/machine/lspci/machine-from-text.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { contentsOf, reportParts } from '../../../main/machine/report/contents.ts';
import { parseReport } from '../../../main/machine/report/parse-report.ts';
import { reportText } from '../../../main/machine/report/report-text.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import type { Candidate } from '../../../main/passthrough/candidate.ts';
import { forumSummary } from '../../../main/words/forum-summary.ts';
import { resources } from '../../hosts/collected.ts';
import { shippedNames, textSource } from '../../hosts/corpus.ts';

const sample = (name: string): Machine => {
  const text = readFileSync(join(resources, `samples/${name}.slotwise.json`), 'utf8');
  const machine = parseReport(JSON.parse(text), { ...textSource(name), kind: 'sample' });
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return machine;
};
const now = '2026-01-02T03:04:05.000Z';
const known = <T>(value: T) => ({ known: true, value, provenance: 'measured', where: 'planted' }) as const;

const planted = ((): Machine => {
  const machine = sample('intel-desktop');
  return {
    ...machine,
    interfaces: known([]),
    configFiles: [
      { path: '/etc/default/grub', content: '# zqwords of mine\nGRUB_CMDLINE_LINUX="systemd.hostname=zqtower"\n' },
    ],
    kernel: {
      ...machine.kernel,
      log: known(['[ 1.0] zqtower: /home/zqalice on 10.1.2.3', '[ 2.0] again 10.1.2.3, then 10.1.2.4']),
    },
  };
})();

describe('a report that is made', () => {
  test('names what stands for each secret and how often, and holds none of them', () => {
    const made = makeReport(planted, { redact: true, now, known: [] });
    const text = reportText(made.document);
    for (const secret of ['zqtower', 'zqalice', '10.1.2.3', 'zqwords']) {
      expect(text).not.toContain(secret);
      expect(made.summary).not.toContain(secret);
    }
    expect(made.secrets).toContainEqual({
      kind: 'ipv4',
      count: 2,
      names: [
        { name: 'ipv4-1', times: 2 },
        { name: 'ipv4-2', times: 1 },
      ],
    });
    for (const { name, times } of made.secrets.flatMap(({ names }) => names)) {
      expect(text.match(new RegExp(`\\b${name}\\b`, 'g')), name).toHaveLength(times);
    }
    expect(made.comments).toBe(1);
    // A report of the report has nothing left to replace or to leave out.
    const again = makeReport(made.document.machine, { redact: true, now, known: [] });
    expect([again.secrets, again.comments]).toEqual([[], 0]);
  });

  test('says what it would have replaced where it replaces nothing', () => {
    const made = makeReport(planted, { redact: false, now, known: [{ kind: 'user', name: 'zqalice' }] });
    expect(reportText(made.document)).toContain('zqtower');
    expect(made.document.machine).toEqual(planted);
    expect(made.secrets.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['ipv4', 'host', 'user']));
    expect(made.secrets.flatMap(({ names }) => names)).toEqual([]);
    expect(made.fileName).toMatch(/-2026-01-02-with-names\.slotwise\.json$/);
  });

  test('has a file name that any system takes, whatever the board is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (product) => {
        const machine = { ...planted, board: { ...planted.board, product: known(product) } };
        const { fileName } = makeReport(machine, { redact: true, now, known: [] });
        expect(fileName).toMatch(/^[a-z0-9][a-z0-9-]{0,80}-2026-01-02\.slotwise\.json$/);
      }),
      { numRuns: 25 },
    );
  });
});

describe('what a report holds', () => {
  test('is counted part by part', () => {
    const machine = sample('dual-socket-server');
    const contents = new Map(contentsOf(machine).map((content) => [content.part, content]));
    expect([...contents.keys()]).toEqual([...reportParts]);
    expect(contents.get('functions')).toMatchObject({ state: 'held', count: machine.functions.length });
    const groups = machine.groups.known ? machine.groups.value.length : -1;
    expect(contents.get('groups')).toMatchObject({ state: 'held', count: groups });
    // Each path leads to something in the document.
    for (const { path } of contents.values()) {
      let at: unknown = machine;
      for (const key of path) at = (at as Record<string, unknown>)[key];
      expect(at, path.join('.')).toBeDefined();
    }
  });

  test('a pasted lspci lacks all that lspci does not print, and says what it would take', () => {
    const text = '01:00.0 VGA compatible controller [0300]: NVIDIA Corporation GP106 [10de:1c03] (rev a1)\n';
    const machine = machineFromText(text, shippedNames, textSource('paste.txt'));
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    const lacking = contentsOf(machine).filter(({ state }) => state === 'lacking');
    expect(lacking.map(({ part }) => part)).toEqual(
      expect.arrayContaining(['config-space', 'groups', 'table', 'command-line', 'disks']),
    );
    for (const { needs, count } of lacking) expect([typeof needs, count]).toEqual(['string', null]);
  });
});

describe('the summary for a forum', () => {
  const judged = { iommu: 'on', vendor: 'intel' } as const;

  test('has board, processor, system, IOMMU and the groups of what could be given', () => {
    const { summary, document } = makeReport(sample('amd-workstation'), { redact: true, now, known: [] });
    expect(summary).toMatch(/^- Board: /m);
    expect(summary).toMatch(/^- IOMMU: AMD-Vi on, \d+ groups/m);
    expect(summary).toMatch(/^Group \d+\n {2}[0-9a-f]{2}:[0-9a-f]{2}\.\d {2}\S/m);
    const [address] = document.machine.functions.filter(({ names }) => /RTX 4090/.test(names.device ?? ''));
    expect(summary).toContain(address?.address.slice(5));
  });

  test('keeps a name text: no name opens a fence, starts a line or turns the text round', () => {
    const machine = sample('intel-desktop');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (hostile) => {
        const name = `\`\`\`\n# ${hostile}\u202e`;
        const named: Machine = {
          ...machine,
          board: { ...machine.board, product: known(name) },
          functions: machine.functions.map((fn) => ({ ...fn, names: { ...fn.names, device: name } })),
          kernel: { ...machine.kernel, commandLine: known(name) },
        };
        const candidates = machine.functions.slice(0, 1).map(({ address }): Candidate => ({
          address,
          kind: 'gpu',
          name,
          comesAlong: [],
          group: 1,
          alone: true,
          grouping: 'read',
          driver: null,
          losses: [],
        }));
        const text = forumSummary(named, { ...judged, candidates });
        expect(text.split('\n').filter((line) => line.includes('```'))).toEqual(['```text', '```']);
        expect(text).not.toMatch(/^#|\u202e/m);
      }),
      { numRuns: 60 },
    );
  });
});
