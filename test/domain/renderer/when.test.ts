import { expect, test } from 'vitest';
import { ageWords, whenWords } from '../../../renderer/app/when.ts';

const now = new Date(2026, 10, 22, 18, 0);

test.each([
  [new Date(2026, 10, 22, 14, 2), 'today at 14:02'],
  [new Date(2026, 10, 12, 9, 0), '12 Nov'],
  [new Date(2025, 10, 12, 9, 0), '12 Nov 2025'],
])('a reading of %s was %s', (then, words) => {
  expect(whenWords(then.toISOString(), now)).toBe(words);
});

test('what is no date has no words', () => {
  expect(whenWords(null, now)).toBeNull();
  expect(whenWords('yesterday', now)).toBeNull();
});

test('a reading is old after three days', () => {
  expect(ageWords(new Date(2026, 10, 20, 9, 0).toISOString(), now)).toBeNull();
  expect(ageWords(new Date(2026, 10, 19, 9, 0).toISOString(), now)).toBe('3 days');
  expect(ageWords(null, now)).toBeNull();
});
