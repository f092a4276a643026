// `npm run bench -- remapping.pipe`: steps a second of `slotwise remap run -` as a long-lived peer over a pipe, beside a
// peer that only echoes lines of JSON, in the same run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mixedSteps } from './mixed-steps.mjs';

const root = resolve(import.meta.dirname, '../..');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const peers = {
  remap: [join(root, bin.slotwise), 'remap', 'run', '-'],
  echo: [join(import.meta.dirname, 'json-echo.mjs')],
};
const steps = mixedSteps(200_000);
/** Sent one by one, each after the answer to the one before. */
const alone = 20_000;

/** A started peer that has answered once, so that its start is not measured. */
async function started(args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let lines = 0;
  let bad = 0;
  let wake = null;
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) lines++;
    if (chunk.includes('"error"')) bad++;
    wake?.();
  });
  const until = async (count) => {
    while (lines < count) await new Promise((done) => (wake = done));
  };
  child.stdin.write(`${steps[0]}\n`);
  await until(1);
  return {
    until,
    send: (text) => child.stdin.write(text),
    bad: () => bad,
    end: async () => {
      const gone = once(child, 'exit');
      child.stdin.end();
      const [code] = await gone;
      if (code !== 0) throw new Error(`the peer ended with ${code}`);
    },
  };
}

const perSecond = (count, since) => (count * 1e9) / Number(process.hrtime.bigint() - since);

async function piped(args) {
  const peer = await started(args);
  const since = process.hrtime.bigint();
  for (let first = 1; first < steps.length; first += 1000)
    peer.send(`${steps.slice(first, first + 1000).join('\n')}\n`);
  await peer.until(steps.length);
  const rate = perSecond(steps.length - 1, since);
  if (peer.bad() > 0) throw new Error('a step was bad');
  await peer.end();
  return rate;
}

async function oneByOne(args) {
  const peer = await started(args);
  const since = process.hrtime.bigint();
  for (let at = 1; at < alone; at++) {
    peer.send(`${steps[at]}\n`);
    await peer.until(at + 1);
  }
  const rate = perSecond(alone - 1, since);
  await peer.end();
  return rate;
}

/** Best of several rounds, one peer and the other in turn, so that a busy machine slows both alike. */
async function best(measure) {
  const rates = { remap: 0, echo: 0 };
  for (let round = 0; round < 3; round++)
    for (const [name, args] of Object.entries(peers)) rates[name] = Math.max(rates[name], await measure(args));
  return { perSecond: Math.round(rates.remap), barePerSecond: Math.round(rates.echo) };
}

const many = await best(piped);
const single = await best(oneByOne);
console.log(
  JSON.stringify({
    bench: 'remapping.pipe',
    steps: steps.length,
    ...many,
    ratio: Number((many.perSecond / many.barePerSecond).toFixed(3)),
    oneByOnePerSecond: single.perSecond,
    bareOneByOnePerSecond: single.barePerSecond,
  }),
);
