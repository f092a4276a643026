import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carryOut, type EngineAnswer, type EngineOrder } from '../../../main/assistant/engine.ts';
import { startEngine } from '../../../main/linux/engine-thread.ts';
import { parseAddress } from '../../../main/machine/address.ts';

/** What `npm run build` made; `npm test` builds first. */
const engine = resolve(import.meta.dirname, '../../../out/preload/engine.cjs');
const device = parseAddress('0000:01:00.0');
if (device === null) throw new Error('address');
const traffic: EngineOrder = {
  do: 'traffic',
  path: { device, ports: [] },
  vendor: 'vtd',
  seed: 5,
  requests: 500,
  every: 1,
};

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'slotwise-engine-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A thread of this text in the engine's place. */
function program(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Starts it and waits for the end that it tells of. */
const endOf = (file: string, order = traffic): Promise<{ answers: EngineAnswer[]; ends: number }> =>
  new Promise((done) => {
    const answers: EngineAnswer[] = [];
    let ends = 0;
    startEngine(file, order, {
      answer: (answer) => answers.push(answer),
      ended: () => {
        ends++;
        // A second end would come in the same turn or with the exit that follows.
        setTimeout(() => done({ answers, ends }), 50);
      },
    });
  });

describe('the engine in a thread of its own', () => {
  test('gives the same batches as in this thread, and is quiet once it is taken back', async () => {
    const here: EngineAnswer[] = [];
    const runs: (() => void)[] = [];
    carryOut(
      traffic,
      (answer) => here.push(answer),
      (_milliseconds, run) => {
        runs.push(run);
        return () => undefined;
      },
    );
    for (let batch = 1; batch < 4; batch++) runs[0]?.();
    const there: EngineAnswer[] = [];
    let ends = 0;
    const stop = startEngine(engine, traffic, { answer: (answer) => there.push(answer), ended: () => ends++ });
    await expect.poll(() => there.length).toBeGreaterThanOrEqual(4);
    stop();
    stop();
    const heard = there.length;
    await new Promise((resolved) => setTimeout(resolved, 100));
    expect(there.length).toBe(heard);
    expect(ends).toBe(0);
    expect(there.slice(0, 4)).toEqual(here);
  });

  test('this thread stays free while the engine is busy without end', async () => {
    const file = program('busy.cjs', 'for (;;);');
    let ends = 0;
    const stop = startEngine(file, traffic, { answer: () => undefined, ended: () => ends++ });
    let turns = 0;
    for (; turns < 20; turns++) await new Promise((resolved) => setImmediate(resolved));
    stop();
    await new Promise((resolved) => setTimeout(resolved, 100));
    expect([turns, ends]).toEqual([20, 0]);
  });

  test.each([
    ['throws at once', 'throw new Error("x");'],
    ['throws later', 'setTimeout(() => { throw new Error("x"); }, 5); setInterval(() => undefined, 1000);'],
    ['rejects', 'Promise.reject(new Error("x"));'],
    ['leaves', 'process.exit(0);'],
    ['has nothing left to do', ''],
    ['is no program', '}{'],
    ['takes more memory than it may', 'const all = []; for (;;) all.push({ all: new Array(1000).fill(all.length) });'],
  ])('a thread that %s ends the order once', async (name, text) => {
    const { answers, ends } = await endOf(program(`${name.replaceAll(' ', '-')}.cjs`, text));
    expect([answers, ends]).toEqual([[], 1]);
  });

  test('a file that is not there does the same, and not before the order is given', async () => {
    const ends: string[] = [];
    const listener = { answer: () => undefined, ended: () => void ends.push('ended') };
    startEngine(join(folder, 'none.cjs'), traffic, listener);
    ends.push('given');
    await new Promise((resolved) => setTimeout(resolved, 20));
    expect(ends).toEqual(['given', 'ended']);
  });

  test('it sees nothing of the environment', async () => {
    process.env['SLOTWISE_TEST_SECRET'] = 'x';
    const file = program(
      'env.cjs',
      'const { parentPort } = require("node:worker_threads"); parentPort.postMessage({ kind: "seen", keys: Object.keys(process.env) });',
    );
    const { answers } = await endOf(file);
    delete process.env['SLOTWISE_TEST_SECRET'];
    expect(answers).toEqual([{ kind: 'seen', keys: [] }]);
  });
});
