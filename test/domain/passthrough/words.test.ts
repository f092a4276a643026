import { expect, test } from 'vitest';
import { journeyClaims } from '../../../main/journey/evidence.ts';
import { answerSituations } from '../../../main/passthrough/answer.ts';
import { claims } from '../../../main/passthrough/claims.ts';
import { lossSituations, planUnknowns } from '../../../main/passthrough/losses/situations.ts';
import { remedyCodes, situations } from '../../../main/passthrough/situations.ts';
import { recipeTargets } from '../../../main/recipes/artefact.ts';
import { remarkCodes, targetCodes } from '../../../main/recipes/codes.ts';
import { evidenceSentences } from '../../../main/words/evidence.ts';
import { fillIn } from '../../../main/words/fill-in.ts';
import { answerSentences, answerWords, findingSentences, findingWords } from '../../../main/words/findings.ts';
import { lossSentences, lossWords } from '../../../main/words/losses.ts';
import { planUnknownSentences, planUnknownWords } from '../../../main/words/plan.ts';
import { remarkSentences, targetNames, targetSentences } from '../../../main/words/recipes.ts';
import { remedySentences } from '../../../main/words/remedies.ts';

const keys = (table: object): string[] => Object.keys(table).sort();
const sentences = (table: object): string[] =>
  Object.values(table).flatMap((value: unknown) => (typeof value === 'string' ? [value] : sentences(value as object)));

const books: [string, object][] = [
  ['findings', findingSentences],
  ['answers', answerSentences],
  ['evidence', evidenceSentences],
  ['remedies', remedySentences],
  ['losses', lossSentences],
  ['plan', planUnknownSentences],
  ['remarks', remarkSentences],
  ['targets', targetSentences],
];

test('Every code and situation has words, and no words are left over', () => {
  for (const [code, of] of Object.entries(situations)) {
    expect(keys(findingSentences[code as keyof typeof findingSentences]), code).toEqual(keys(of));
  }
  for (const [kind, of] of Object.entries(lossSituations)) {
    expect(keys(lossSentences[kind as keyof typeof lossSentences]), kind).toEqual([...of].sort());
  }
  expect(keys(answerSentences)).toEqual(keys(answerSituations));
  expect(keys(evidenceSentences)).toEqual([...claims, ...journeyClaims].sort());
  expect(keys(remedySentences)).toEqual([...remedyCodes].sort());
  expect(keys(planUnknownSentences)).toEqual([...planUnknowns].sort());
  expect(keys(remarkSentences)).toEqual([...remarkCodes].sort());
  expect(keys(targetSentences)).toEqual([...targetCodes].sort());
  expect(keys(targetNames)).toEqual([...recipeTargets].sort());
});

test.each(books)('%s: no word that Slotwise does not use', (_name, book) => {
  for (const sentence of sentences(book)) {
    expect(sentence).not.toMatch(
      /\b(please|simply|just|oops|invalid|success|successful|warning|submit|error occurred)\b/i,
    );
    expect(sentence).not.toMatch(/(^|[.] )Next\b/);
  }
});

test.each([
  ['findings', findingSentences],
  ['answers', answerSentences],
  ['losses', lossSentences],
  ['plan', planUnknownSentences],
  ['targets', targetSentences],
] as [string, object][])('%s are whole sentences that begin with a capital, an option or a value', (_name, book) => {
  for (const sentence of sentences(book)) expect(sentence).toMatch(/^([A-Z{]|amd_iommu|vfio_|allow_|"|intel_).*[.]$/s);
});

test('Codes from a stranger’s file that are no codes of ours are shown as they are', () => {
  for (const code of ['constructor', 'valueOf', '__proto__', 'x\u001b']) {
    expect(planUnknownWords({ code })).toBe(code.replace('\u001b', '?'));
    expect(lossWords({ kind: 'disk', situation: code, values: { name: 'sda' } }).consequence).toBe(
      'The host loses sda.',
    );
    expect(findingWords({ code: 'folklore', situation: code, values: {} }).why).toBe('');
    expect(answerWords({ situation: code, values: {} })).toMatchObject(answerSentences['cannot-know']);
  }
});

test('Values are put in as they are, lists are joined, and what drives a terminal is not', () => {
  expect(fillIn('{a}: {b}', { a: 'x{b}', b: ['1', '2', '3'] })).toBe('x{b}: 1, 2 and 3');
  expect(fillIn('{a}', { a: '\u001b[31m\u202eevil\n' })).toBe('?[31m?evil?');
  expect(fillIn('{toString} {missing}', {})).toBe('something unknown something unknown');
});
