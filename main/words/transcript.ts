import type { SlotwiseContract } from '../contract/contract.ts';
import type { OutputOf } from '../contract/endpoint.ts';
import type { Citation, DecisionCode } from '../remapping/trace-codes.ts';
import type { Trace, TraceStep, Transaction } from '../remapping/trace.ts';
import { printable } from './fill-in.ts';
import { durationText, faultReason, groupHex, remappingWords, stepWords } from './remapping.ts';
import {
  madeUp,
  reachedWords,
  scenarioWords,
  storyWords,
  unitNotes,
  variantWords,
  verdictQuestion,
  verdictWords,
} from './scenarios.ts';

type Recorded = OutputOf<SlotwiseContract['scenario.record']>;
type Listed = OutputOf<SlotwiseContract['scenario.list']>;

/** Where a decision stands in a specification; handed in, since words name types of the engine only. */
type CitationOf = (decision: DecisionCode) => Citation;

const stepLine = (number: string, step: TraceStep, cite: CitationOf): string => {
  const { text, basis } = cite(step.decision);
  return `  ${number}  ${stepWords(step).plain}  [${text}${basis === null ? ', section number from memory' : ''}]`;
};

const outcomeText = (
  { outcome, reached, translated, fault }: Transaction,
  vendor: Trace['path']['unit']['vendor'],
): string => {
  const said = outcome === 'arrived' && reached !== null ? reachedWords[reached] : remappingWords.outcomes[outcome];
  if (fault !== null) return `${said}: ${faultReason(vendor, fault.reason)}`;
  return translated === null ? `${said}.` : `${said}, at ${groupHex(translated)}.`;
};

function transactionLines(trace: Trace, transaction: Transaction, at: number, cite: CitationOf): string[] {
  const steps = trace.steps.slice(transaction.firstStep, transaction.firstStep + transaction.steps);
  const begins = steps[0]?.at ?? 0;
  return [
    `${at + 1}. ${storyWords[transaction.story]} (${durationText(begins)})`,
    ...steps
      .filter(({ values }) => values.line === undefined)
      .map((step) => stepLine(`${at + 1}.${step.number}`, step, cite)),
    `  ${outcomeText(transaction, trace.path.unit.vendor)}`,
    ...(transaction.fault?.kernelLines ?? []).flatMap((line, index) => [
      ...(index === 0 ? [`  ${remappingWords.kernelWouldLog}:`] : []),
      `    ${line}`,
    ]),
    '',
  ];
}

function verdictLines({ trace, verdict, on }: Recorded): string[] {
  const { answer, why, risk } = verdictWords(trace.scenario, verdict);
  const files = verdict.facts.map(({ provenance, where }) => `  (${provenance ?? 'not known'}) ${where}`);
  return [
    on === 'shown-machine' ? verdictQuestion : `${verdictQuestion} (The machine is the Intel sample.)`,
    answer,
    ...why.map((sentence) => `  ${sentence}`),
    ...files,
    ...(risk === null ? [] : [risk]),
  ];
}

function differenceLines(trace: Trace, against: NonNullable<Recorded['against']>, cite: CitationOf): string[] {
  const { variant, trace: other, difference } = against;
  const head = `Against: ${variantWords[variant]}`;
  if (difference === null) return [head, '  No difference: every step decides the same.', ''];
  const side = (of: Trace, at: number | null): string => {
    const step = at === null ? undefined : of.steps[at];
    return step === undefined
      ? '(no such step)'
      : stepLine(`${difference.transaction + 1}.${step.number}`, step, cite).trim();
  };
  const outcomes = trace.transactions.flatMap((transaction, at) => {
    const theirs = other.transactions[at];
    if (theirs === undefined) return [];
    const [ours, others] = [transaction, theirs].map((one) => remappingWords.outcomes[one.outcome]);
    return [
      `  ${at + 1}. ${storyWords[transaction.story]}: ${ours === others ? `${ours ?? ''} in both` : `${ours ?? ''}; there: ${others ?? ''}`}`,
    ];
  });
  return [
    head,
    '  First difference:',
    `    here   ${side(trace, difference.left)}`,
    `    there  ${side(other, difference.right)}`,
    ...outcomes,
    '',
  ];
}

/** A recorded scenario for a terminal: numbered steps with their citations, the kernel's lines, the verdict. */
export function transcriptText(recorded: Recorded, cite: CitationOf): string {
  const { trace, device, against } = recorded;
  const { title, tries } = scenarioWords[trace.scenario];
  const ports = trace.path.ports.map(({ address }) => address).join(', ');
  const vendor = trace.path.unit.vendor === 'amd' ? 'AMD-Vi' : 'VT-d';
  return [
    title,
    tries,
    `${device.address} ${device.name}, ${ports === '' ? 'on the root bus' : `below ${ports}`}, ${vendor}`,
    remappingWords.simulated,
    ...(recorded.unit === 'own' ? [] : [unitNotes[recorded.unit]]),
    ...(recorded.verdict.answer === 'not-here' ? [madeUp] : []),
    '',
    ...trace.transactions.flatMap((transaction, at) => transactionLines(trace, transaction, at, cite)),
    ...(against === null ? [] : differenceLines(trace, against, cite)),
    ...verdictLines(recorded),
    '',
  ]
    .map(printable)
    .join('\n');
}

/** All scenarios, for a person who has not chosen one. */
export const scenarioListText = (listed: Listed): string =>
  [
    'Scenarios:',
    ...listed.flatMap(({ scenario, against }) => [
      `  ${scenario}`,
      `      ${scenarioWords[scenario].title}. ${scenarioWords[scenario].tries}`,
      `      compare with --against ${against.join(', ')}`,
    ]),
    '',
  ].join('\n');
