import { describe, expect, test } from 'vitest';
import { createHandlers } from '../../../main/assistant/handlers.ts';
import type { EngineListener, Needs } from '../../../main/assistant/needs.ts';
import { parseAddress } from '../../../main/machine/address.ts';
import { memoryNeeds } from '../../hosts/memory-needs.ts';

const card = parseAddress('0000:41:00.0');
if (card === null) throw new Error('address');
const call = { cancelled: () => false };

/** The sample's machine, with an engine of the test's own. */
function handlersWith(engine: Needs['engine']) {
  const needs = { ...memoryNeeds(), engine };
  return createHandlers(needs, 'sample:amd-workstation');
}

describe('an engine that ends by itself', () => {
  const ends: Needs['engine'] = (_order, listener) => {
    queueMicrotask(() => listener.ended());
    return () => undefined;
  };

  test('ends a recording and a capture with its code, and neither waits for ever', async () => {
    const handlers = handlersWith(ends);
    const recording = { address: card, scenario: 'first-story', against: null } as const;
    expect(await handlers['scenario.record'](recording, call)).toEqual({
      ok: false,
      problem: { code: 'engine-stopped' },
    });
    const capture = { address: card, seed: 1, from: 0, fault: true, range: null };
    expect(await handlers['traffic.capture'](capture, call)).toEqual({
      ok: false,
      problem: { code: 'engine-stopped' },
    });
  });

  test('ends the stream of live traffic with its code', async () => {
    const handlers = handlersWith(ends);
    const problem = await new Promise((resolve) => {
      handlers['traffic.watch']({ address: card, seed: 1 }, { next: () => undefined, end: resolve }, null);
    });
    expect(problem).toEqual({ code: 'engine-stopped' });
  });
});

test('a source that breaks while it is read ends the stream too', async () => {
  const broken = { ...memoryNeeds(), openSource: () => Promise.reject(new Error('broken')) };
  const problem = await new Promise((resolve) => {
    const listener = { next: () => undefined, end: resolve };
    createHandlers(broken, 'sample:amd-workstation')['traffic.watch']({ address: card, seed: 1 }, listener, null);
  });
  expect(problem).toEqual({ code: 'bug', subject: 'traffic.watch' });
});

describe('the order of live traffic', () => {
  test('is taken back when the reader goes, also while the machine is still being read', async () => {
    const given: EngineListener[] = [];
    let taken = 0;
    const handlers = handlersWith((_order, listener) => {
      given.push(listener);
      return () => {
        taken++;
      };
    });
    const early = handlers['traffic.watch'](
      { address: card, seed: 1 },
      { next: () => undefined, end: () => undefined },
      null,
    );
    early();
    await handlers['machine.get']({}, call);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(given).toHaveLength(0);
    const late = handlers['traffic.watch'](
      { address: card, seed: 1 },
      { next: () => undefined, end: () => undefined },
      null,
    );
    await expect.poll(() => given.length).toBe(1);
    late();
    expect(taken).toBe(1);
  });
});
