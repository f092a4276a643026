// `npm run coverage:engine`: does the conformance suite alone reach every line of the hardware model, and do all engine
// tests reach the rest? Runs the suite, then the other engine tests, and counts lines of both runs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { goals, notHardware, suite } from './coverage-goals.mjs';

const here = import.meta.dirname;
const root = resolve(here, '../..');
const engine = join(root, 'main/remapping');
const scratch = mkdtempSync(join(tmpdir(), 'slotwise-coverage-'));

/** How often each statement of each file ran: file → [line of the statement, times]. */
function counted(name, files) {
  const args = ['run', '--config', 'test/vitest.config.ts', '--coverage.enabled', '--coverage.provider=v8'];
  const where = ['--coverage.include=main/remapping/**', '--coverage.reporter=json', '--coverage.reportOnFailure'];
  const folder = join(scratch, name);
  const { status, stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    [...args, ...where, `--coverage.reportsDirectory=${folder}`, ...files.map((file) => join('test/engine', file))],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 2 ** 26 },
  );
  if (status !== 0) {
    console.log(`${stdout}${stderr}`);
    throw new Error(`the tests of ${name} did not pass`);
  }
  return new Map(
    Object.entries(JSON.parse(readFileSync(join(folder, 'coverage-final.json'), 'utf8'))).map(([path, entry]) => [
      relative(engine, path),
      Object.entries(entry.statementMap).map(([id, { start }]) => [start.line, entry.s[id]]),
    ]),
  );
}

/** Lines on which a statement begins, and whether one of them ran. */
function linesOf(statements) {
  const lines = new Map();
  for (const [line, times] of statements) lines.set(line, (lines.get(line) ?? false) || times > 0);
  return lines;
}

function goalOf(file) {
  const [folder] = file.split('/');
  const hardware = goals.find(({ folders }) => folders?.includes(folder));
  return hardware === undefined || notHardware.has(file) ? goals.at(-1) : hardware;
}

const tests = readdirSync(here).filter((file) => file.endsWith('.test.ts'));
let met = true;
try {
  const bySuite = counted(
    'suite',
    tests.filter((file) => suite.test(file)),
  );
  const byOthers = counted(
    'others',
    tests.filter((file) => !suite.test(file)),
  );
  for (const goal of goals) {
    let reached = 0;
    let lines = 0;
    const missed = [];
    for (const [file, statements] of bySuite) {
      if (goalOf(file) !== goal) continue;
      const more = goal.by === 'all' ? (byOthers.get(file) ?? []) : [];
      for (const [line, ran] of linesOf([...statements, ...more])) {
        lines++;
        if (ran) reached++;
        else missed.push(`main/remapping/${file}:${line}`);
      }
    }
    const percent = (100 * reached) / lines;
    const enough = percent >= goal.percent;
    met &&= enough;
    const whose = goal.by === 'suite' ? 'the conformance suite alone' : 'all engine tests';
    console.log(
      `${goal.name}: ${reached} of ${lines} lines (${percent.toFixed(2)} %) by ${whose}, ${goal.percent} % wanted`,
    );
    if (!enough || process.argv.includes('--missed')) for (const line of missed) console.log(`  not reached: ${line}`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = met ? 0 : 1;
