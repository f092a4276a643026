import type { OutputOf } from '../contract/endpoint.ts';
import type { SlotwiseContract } from '../contract/contract.ts';
import { shortAddress } from '../machine/address.ts';
import type { Machine } from '../machine/machine.ts';
import type { Finding } from '../passthrough/finding.ts';
import { evidenceWords } from './evidence.ts';
import { printable } from './fill-in.ts';
import { answerWords, findingWords } from './findings.ts';
import { lossWords } from './losses.ts';
import { machineName } from './machine-name.ts';
import { remedyWords } from './remedies.ts';

type Judged = OutputOf<SlotwiseContract['findings.list']>;
type Candidate = Judged['candidates'][number];

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

function candidateLine({ address, name, group, comesAlong, alone }: Candidate): string {
  const place = group === null ? 'group not known' : alone === true ? `group ${group} to itself` : `group ${group}`;
  const along = comesAlong.length === 0 ? '' : `, with ${comesAlong.map((one) => shortAddress(one.address)).join(' ')}`;
  return `  ${shortAddress(address)}  ${name} (${place}${along})`;
}

/** Why a device cannot be given, in the words of what keeps it; null where nothing does. */
function whyKept({ address, losses }: Candidate, findings: readonly Finding[]): string | null {
  const refused = losses.find(({ guard }) => guard === 'refuse');
  if (refused !== undefined) return lossWords(refused).consequence;
  const kernel = findings.find(
    ({ verdict, situation, values }) =>
      (verdict === 'blocks' || situation === 'platform-driver') && values['address'] === address,
  );
  return kernel === undefined ? null : findingWords(kernel).consequence;
}

/** `slotwise scan` for people: the answer, what it rests on, what could be given. */
export function scanText(machine: Machine, judged: Judged): string {
  const { verdict, text } = answerWords(judged);
  const sorted = [...judged.findings].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const name = machineName(machine);
  const source = machine.source.kind === 'sample' ? ' (sample, partly staged)' : '';
  const groups = machine.groups.known ? `${machine.groups.value.length} groups` : 'groups not known';
  const kept = judged.candidates.map((candidate) => ({ candidate, why: whyKept(candidate, judged.findings) }));
  const candidates = kept.flatMap(({ candidate, why }) => (why === null ? [candidateLine(candidate)] : []));
  const keeps = kept.flatMap(({ candidate, why }) =>
    why === null ? [] : [`  ${shortAddress(candidate.address)}  ${candidate.name}`, `           ${why}`],
  );
  return [
    verdict,
    text,
    '',
    `${name}${source}: ${machine.functions.length} functions, ${groups}`,
    '',
    ...sorted.flatMap(findingLines),
    ...(candidates.length === 0 ? [] : ['', 'What you could give:', ...candidates]),
    ...(keeps.length === 0 ? [] : ['', 'What cannot be given:', ...keeps]),
    '',
  ]
    .map(printable)
    .join('\n');
}
