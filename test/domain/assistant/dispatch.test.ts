import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemCodes } from '../../../main/contract/problem.ts';
import { sample } from '../../shells/served/sample-contract.ts';

const here = { cancelled: () => false };

describe('dispatch', () => {
  test.each(['__proto__', 'constructor', 'toString', 'echo', '', 'ECHO.SAY'])('knows no endpoint %s', async (name) => {
    const reply = await sample().dispatcher.call(name, {}, here);
    expect(reply).toMatchObject({ ok: false, problem: { code: 'unknown-endpoint' } });
  });

  test('a stream is not called and a call is not opened', async () => {
    const { dispatcher } = sample();
    expect(await dispatcher.call('echo.count', { to: 1 }, here)).toMatchObject({
      problem: { code: 'unknown-endpoint' },
    });
    const ended: unknown[] = [];
    dispatcher.open('echo.say', { text: 'x' }, null, { next: () => undefined, end: (problem) => ended.push(problem) });
    expect(ended).toMatchObject([{ code: 'unknown-endpoint' }]);
  });

  test('says where an input differs', async () => {
    const reply = await sample().dispatcher.call('echo.say', { text: 5 }, here);
    expect(reply).toEqual({
      ok: false,
      problem: { code: 'bad-input', subject: 'echo.say', detail: 'text: expected string' },
    });
  });

  test('a caller that went away is told so and nothing else', async () => {
    const reply = await sample().dispatcher.call('echo.say', { text: 'x' }, { cancelled: () => true });
    expect(reply).toMatchObject({ problem: { code: 'cancelled' } });
  });

  test('whatever comes in, data comes out', async () => {
    const { dispatcher } = sample();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom('echo.say', 'echo.touch', 'echo.count', '__proto__'), fc.anything()),
        fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true, withMap: true }),
        async (name, input) => {
          const reply = await dispatcher.call(name, input, here);
          if (!reply.ok) expect(problemCodes).toContain(reply.problem.code);
          JSON.stringify(reply);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
