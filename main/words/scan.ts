import type { OutputOf } from '../contract/endpoint.ts';
import type { SlotwiseContract } from '../contract/contract.ts';
import { shortAddress } from '../machine/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { Finding } from '../passthrough/finding.ts';
import { evidenceWords } from './evidence.ts';
import { printable } from './fill-in.ts';
import { answerWords, findingWords } from './findings.ts';
import { machineName } from './machine-name.ts';
import { remedyWords } from './remedies.ts';

type Judged = OutputOf<SlotwiseContract['findings.list']>;

const marks = {
  fine: 'fine   ',
  attention: 'look   ',
  blocks: 'BLOCKS ',
  unknown: 'unknown',
} as const satisfies Record<Finding['verdict'], string>;

/** What blocks first, what is fine last. */
const order: readonly Finding['verdict'][] = ['blocks', 'attention', 'unknown', 'fine'];

function findingLines(finding: Finding): string[] {
  const { consequence, why } = findingWords(finding);
  const about = finding.subject === null ? '' : `${finding.subject}: `;
  const lines = [`${marks[finding.verdict]} ${about}${consequence}`];
  if (finding.verdict === 'fine') return lines;
  lines.push(`        ${why}`);
  for (const [at, remedy] of finding.remedies.entries()) lines.push(`        ${at + 1}. ${remedyWords(remedy)}`);
  for (const one of finding.evidence) {
    const reading = one.reading === null ? '' : `: ${one.reading}`;
    lines.push(`        (${one.provenance}) ${evidenceWords(one)} ${one.where}${reading}`);
  }
  return lines;
}

/** `slotwise scan` for people: the answer, what it rests on, what could be given. */
export function scanText(machine: Machine, judged: Judged): string {
  const { verdict, text } = answerWords(judged);
  const sorted = [...judged.findings].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const name = machineName(machine);
  const source = machine.source.kind === 'sample' ? ' (sample, partly staged)' : '';
  const groups = machine.groups.known ? `${machine.groups.value.length} groups` : 'groups not known';
  const candidates = judged.candidates.map(({ address, name: device, group, comesAlong, alone }) => {
    const place = group === null ? 'group not known' : alone === true ? `group ${group}, alone` : `group ${group}`;
    const along =
      comesAlong.length === 0 ? '' : `, with ${comesAlong.map((one) => shortAddress(one.address)).join(' ')}`;
    return `  ${shortAddress(address)}  ${device} (${place}${along})`;
  });
  return [
    verdict,
    text,
    '',
    `${name}${source}: ${machine.functions.length} functions, ${groups}`,
    '',
    ...sorted.flatMap(findingLines),
    ...(candidates.length === 0 ? [] : ['', 'What you could give:', ...candidates]),
    '',
  ]
    .map(printable)
    .join('\n');
}
