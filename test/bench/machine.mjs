// `npm run bench -- machine`: whole processes of the command line, in turn with `node -e 0`, so that a figure is a ratio and
// not a clock. `machine.double` is a dump twice as long (again, under a further PCI domain) beside the dump itself.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runnerImport } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'out/main/slotwise.cjs');
const rounds = 9;
const rounded = (value) => Math.round(value * 100) / 100;

/** Milliseconds of whole processes, taken in turn: of each the best of several rounds, which is the one least disturbed. */
function best(processes) {
  const least = Object.fromEntries(Object.keys(processes).map((name) => [name, Infinity]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(processes)) {
      const before = process.hrtime.bigint();
      const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
      if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} ended with ${status}`);
      least[name] = Math.min(least[name], Number(process.hrtime.bigint() - before) / 1e6);
    }
  }
  return least;
}

const nothing = ['-e', '0'];

/** @param dumps files by what they are known for */
export async function benchMachine(wanted, dumps) {
  for (const command of ['scan', 'groups']) {
    const bench = `machine.${command}`;
    if (!bench.startsWith(wanted)) continue;
    for (const [which, dump] of Object.entries(dumps)) {
      const { node, slotwise } = best({ node: nothing, slotwise: [program, command, '--json', '--machine', dump] });
      console.log(
        JSON.stringify({
          bench,
          which,
          milliseconds: rounded(slotwise),
          nodeMilliseconds: rounded(node),
          ratio: rounded(slotwise / node),
        }),
      );
    }
  }
  if (!'machine.double'.startsWith(wanted)) return;
  const { module } = await runnerImport(join(root, 'test/hosts/repeated-dump.ts'), {
    configFile: false,
    logLevel: 'error',
  });
  const folder = mkdtempSync(join(tmpdir(), 'slotwise-bench-'));
  try {
    for (const [which, dump] of Object.entries(dumps)) {
      const twice = join(folder, `${which}.txt`);
      writeFileSync(twice, module.repeatedDump(readFileSync(dump, 'utf8'), 2));
      const scan = (file) => [program, 'scan', '--json', '--machine', file];
      const { node, one, two } = best({ node: nothing, one: scan(dump), two: scan(twice) });
      console.log(
        JSON.stringify({
          bench: 'machine.double',
          which,
          milliseconds: rounded(two),
          onceMilliseconds: rounded(one),
          ratio: rounded(two / one),
          // Without what Node itself costs, which does not double.
          workRatio: rounded((two - node) / (one - node)),
          target: 2.2,
        }),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
