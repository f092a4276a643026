// `npm test`: everything, in one command, with one closing line. Static checks run beside the unit tests; the stories
// wait for the build. Each runner writes its counts as JSON, so that nothing is read from coloured text.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const native = join(root, 'node_modules/@typescript/native/bin/tsc');
const results = mkdtempSync(join(tmpdir(), 'slotwise-results-'));
const ci = process.env.CI === 'true';
const root0 = process.getuid?.() === 0;
const has = (tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' }).status === 0;

const counts = { passed: 0, failed: 0, skipped: 0 };
const skips = [];

function run(title, command, args, env = {}) {
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    const end = (code) => {
      const seconds = Math.round((Date.now() - started) / 1000);
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${title} (${seconds} s)`);
      done({ code, output: Buffer.concat(chunks).toString() });
    };
    child.once('error', () => end(127));
    child.once('exit', end);
  });
}

/** A check that either holds or not: counted as one. */
async function check(title, command, args) {
  const { code, output } = await run(title, command, args);
  if (code === 0) counts.passed += 1;
  else {
    counts.failed += 1;
    console.log(output);
  }
  return code === 0;
}

function readResults(name) {
  const file = join(results, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

async function vitest() {
  const { code, output } = await run(
    'unit, domain, contract, engine and house tests',
    bin('vitest'),
    [
      'run',
      '--config',
      'test/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${join(results, 'vitest.json')}`,
    ],
    { NO_COLOR: '1' },
  );
  const found = readResults('vitest');
  if (found === null) {
    counts.failed += 1;
    console.log(output);
    return;
  }
  counts.passed += found.numPassedTests;
  counts.failed += found.numFailedTests + found.numFailedTestSuites * (found.numFailedTests === 0 ? 1 : 0);
  counts.skipped += found.numPendingTests + found.numTodoTests;
  for (const suite of found.testResults) {
    for (const { status, fullName } of suite.assertionResults)
      if (status === 'pending' || status === 'skipped' || status === 'todo') skips.push(fullName);
  }
  if (code !== 0) console.log(output);
}

function countPlaywright(found) {
  const visit = (suite) => {
    for (const spec of suite.specs ?? []) {
      for (const one of spec.tests) {
        if (one.status === 'skipped') {
          counts.skipped += 1;
          const why = one.annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given';
          skips.push(`${one.projectName}: ${spec.title} (${why})`);
        } else if (one.status === 'expected') counts.passed += 1;
        else counts.failed += 1;
      }
    }
    for (const inner of suite.suites ?? []) visit(inner);
  };
  for (const suite of found.suites) visit(suite);
  counts.failed += found.errors.length;
}

async function playwright(project) {
  const args = ['test', '--config', 'test/playwright.config.ts', '--project', project];
  const { code, output } = await run(`stories: ${project}`, bin('playwright'), args, {
    SLOTWISE_RESULTS: results,
    SLOTWISE_RUNNER: project,
    NO_COLOR: '1',
  });
  const found = readResults(project);
  if (found === null) counts.failed += 1;
  else countPlaywright(found);
  if (code !== 0) console.log(output);
}

/** Where no Chromium is, gets one: Debian's as root, else Playwright's own. */
async function browser() {
  const there = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].some((path) => path && existsSync(path));
  if (there) return;
  if (root0 && has('apt-get')) {
    console.log('No Chromium here: installing Debian’s.');
    await run('apt-get', 'sh', [
      '-c',
      'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium',
    ]);
  } else {
    console.log('No Chromium here: installing Playwright’s own.');
    await run('playwright install', bin('playwright'), ['install', 'chromium-headless-shell', 'chromium']);
  }
}

mkdirSync(results, { recursive: true });
console.log(`Testing as ${userInfo().username}, Node ${process.version}.`);
const built = await check('build', 'npm', ['run', '--silent', 'build']);
const statics = (async () => {
  await check('types of the pure folders', process.execPath, [native, '-p', 'main/tsconfig.pure.json']);
  await check('types of main', process.execPath, [native, '-p', 'main/tsconfig.json']);
  await check('types of the tests', process.execPath, [native, '-p', 'test/tsconfig.json']);
  await check('types of the build description', process.execPath, [native, '-p', 'tsconfig.json']);
  await check('types of the renderer', bin('svelte-check'), [
    '--workspace',
    'renderer',
    '--tsconfig',
    './tsconfig.json',
    '--fail-on-warnings',
  ]);
  await check('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']);
  await check('lint', bin('eslint'), ['.', '--max-warnings', '0']);
  await check('lines of the engine that its tests reach', process.execPath, ['test/engine/coverage.mjs']);
})();
// At the lowest priority, so that it only takes what the others leave.
const fuzz = ci
  ? check('a minute of mutated firmware tables', process.execPath, ['test/bench/fuzz-acpi.mjs', '--seconds', '60'])
  : null;
await vitest();
await statics;
await fuzz;
if (built) {
  await browser();
  for (const project of ['served', 'desktop', 'packaged']) await playwright(project);
}
rmSync(results, { recursive: true, force: true });

for (const skip of skips) console.log(`skipped: ${skip}`);
if (ci && skips.length > 0) console.log('With CI=true a skip is a failure: every tool has to be there.');
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || (ci && skips.length > 0) ? 1 : 0;
