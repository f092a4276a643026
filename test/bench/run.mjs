// `npm run bench [-- PREFIX]`: one JSON line a figure, of those whose name begins with PREFIX. Whole processes are timed
// beside `node -e 0` in the same run, so that a figure is a ratio and not a clock.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'out/main/slotwise.cjs');
const corpus = resolve(root, process.env.SLOTWISE_CORPUS ?? '../shared/corpus', 'lspci');
const [prefix = ''] = process.argv.slice(2);
const rounds = 7;

/** Milliseconds of a whole process: the best of several, which is the one least disturbed. */
function best(args) {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.hrtime.bigint();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status}`);
    least = Math.min(least, Number(process.hrtime.bigint() - before) / 1e6);
  }
  return least;
}

const dumps = {
  'most-functions': 'asus-z9pe-d16-dual-xeon-e5v2-170dev',
  longest: 'x-mikhail99-paperantxgradio-nvidia-bug-report-log-gz',
};

if ('machine'.startsWith(prefix.split('.')[0]) || prefix.startsWith('machine')) {
  if (!existsSync(corpus)) console.error('the corpus is absent: set SLOTWISE_CORPUS');
  else {
    const bare = best(['-e', '0']);
    for (const command of ['scan', 'groups']) {
      for (const [which, dump] of Object.entries(dumps)) {
        const bench = `machine.${command}`;
        if (!bench.startsWith(prefix)) continue;
        const milliseconds = best([program, command, '--json', '--machine', join(corpus, `${dump}.txt`)]);
        const rounded = (value) => Math.round(value * 100) / 100;
        console.log(
          JSON.stringify({
            bench,
            which,
            dump,
            milliseconds: rounded(milliseconds),
            nodeMilliseconds: rounded(bare),
            ratio: rounded(milliseconds / bare),
          }),
        );
      }
    }
  }
}
if ('remapping'.startsWith(prefix) || prefix.startsWith('remapping')) await import('./remapping.mjs');
