// `slotwise serve`, used for a whole main job without a network: prints as JSON what it answered and what was refused.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { attempt, refused } from './refused.mjs';

const program = process.argv.slice(2);
const child = spawn(process.execPath, [...program, 'serve', '--machine', 'sample:intel-desktop'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(createInterface({ input: child.stdout }), 'line');
const url = /http:\/\/\S+/.exec(line)[0];
const entered = await fetch(url, { redirect: 'manual' });
const cookie = entered.headers.get('set-cookie').split(';')[0];
const get = (path) => fetch(new URL(path, url), { headers: { cookie } });
const call = async (name, input) => {
  const answer = await fetch(new URL(`/api/${name}`, url), {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  return answer.json();
};

const page = await (await get('/')).text();
const assets = await Promise.all([...page.matchAll(/(?:src|href)="(\.?\/[^"]+)"/g)].map(([, path]) => get(path)));
const machine = await call('machine.look', { source: 'live' });
const sample = await call('machine.look', { source: 'sample:intel-desktop' });
const planned = await call('plan.make', { give: ['0000:02:00.0'], lose: ['enp2s0'], vm: 'win11', profile: 'desktop' });
const found = await call('findings.list', {});
const story = await call('scenario.record', { address: '0000:01:00.0', scenario: 'first-story', against: null });
child.kill('SIGTERM');
await once(child, 'exit');
console.log(
  JSON.stringify({
    assets: assets.map(({ status }) => status),
    problems: [machine, sample, planned, found, story].filter(({ ok }) => !ok),
    addresses: machine.value?.functions.map(({ address }) => address),
    refused: refused(),
    attempt: await attempt(),
  }),
);
