import type { Verification, VerificationStep } from '../journey/verify-plan.ts';
import { evidenceWords } from './evidence.ts';
import { printable } from './fill-in.ts';
import { verificationStepWords } from './journey.ts';

const marks = {
  'took-effect': 'took effect',
  'not-yet': 'NOT YET    ',
  'cannot-know': 'not known  ',
} as const satisfies Record<VerificationStep['verdict'], string>;

const answers = {
  'took-effect': 'Everything took effect. The devices wait for the virtual machine.',
  'not-yet': 'Not everything has taken effect yet.',
  'cannot-know': 'What is known took effect; the rest cannot be known from this source.',
} as const satisfies Record<Verification['answer'], string>;

/** `slotwise verify` for people. */
export function verificationText({ answer, steps }: Verification): string {
  const lines = steps.flatMap((step) => [
    `${marks[step.verdict]} ${step.subject === null ? '' : `${step.subject}: `}${verificationStepWords(step)}`,
    ...step.evidence.map(
      (one) =>
        `              (${one.provenance}) ${evidenceWords(one)} ${one.where}${one.reading === null ? '' : `: ${one.reading}`}`,
    ),
  ]);
  return [answers[answer], '', ...lines, ''].map(printable).join('\n');
}
