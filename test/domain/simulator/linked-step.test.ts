import { expect, test } from 'vitest';
import { linkedStep } from '../../../renderer/simulator/linked-step.ts';

test('a link names a step by a whole number, and nothing else', () => {
  expect(linkedStep('5')).toBe(5);
  expect(linkedStep('0')).toBe(0);
  for (const text of [undefined, '', '2.5', '-1', '1e3', 'x', '99999999999']) expect(linkedStep(text)).toBeNull();
});
