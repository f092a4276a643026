// `npm run fuzz:acpi [-- --tables 10000000 | --seconds 60] [--seed N]`: decodes mutated firmware tables and joins them to
// a machine, one JSON line at the end. Ends with 1 at the first exception (with the table in hex), a table that takes over a second of work, or 50 MB of heap growth.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { build } from 'vite';

const { values } = parseArgs({
  options: { tables: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
});
const seconds = values.seconds === undefined ? Infinity : Number(values.seconds);
const tables = values.tables === undefined ? (seconds === Infinity ? 100_000 : Infinity) : Number(values.tables);
const seed = Number(values.seed ?? 1);
const mostHeap = 50 << 20;
const slowest = 1000;

/** Milliseconds that this process has worked: what it waited for on a busy machine says nothing about a table. */
function worked() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

setPriority(19);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const folder = mkdtempSync(join(tmpdir(), 'slotwise-fuzz-'));
try {
  await build({
    configFile: false,
    logLevel: 'error',
    // The bundle runs from a folder that has no packages.
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'mutated-tables.ts'),
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'tables.mjs' } },
    },
  });
  run(await import(pathToFileURL(join(folder, 'tables.mjs')).href));
} finally {
  rmSync(folder, { recursive: true });
}

/** Tables of real machines where the corpus is, else the two smallest that say something. */
function bases() {
  const corpus = resolve(import.meta.dirname, '../..', process.env.SLOTWISE_CORPUS ?? '../shared/corpus', 'acpi');
  if (existsSync(corpus)) {
    return readdirSync(corpus)
      .filter((file) => file.endsWith('.bin'))
      .map((file) => Uint8Array.from(readFileSync(join(corpus, file))));
  }
  console.error('the corpus is absent, so that two small tables stand for it: set SLOTWISE_CORPUS');
  const head = (signature, length) => [...Buffer.from(signature), length, 0, 0, 0, 1, ...Array(39).fill(0)];
  return [
    Uint8Array.from([
      ...head('DMAR', 72),
      0,
      0,
      24,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0xd9,
      0xfe,
      0,
      0,
      0,
      0,
      1,
      8,
      0,
      0,
      0,
      0,
      2,
      0,
    ]),
    Uint8Array.from([...head('IVRS', 80), 0x10, 0, 32, 0, 2, 0, ...Array(18).fill(0), 3, 8, 0, 0, 4, 0xff, 0xff, 0]),
  ];
}

function run({ numbersFrom, mutated, decodeOne, joinOne, throughText }) {
  const from = bases();
  const next = numbersFrom(seed);
  const counts = { decoded: 0, refused: 0, joined: 0 };
  const begun = performance.now();
  collect();
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  let longest = 0;
  let done = 0;
  let base = from[0];
  for (; done < tables && (performance.now() - begun) / 1000 < seconds; done++) {
    // Mutations pile up for a while, so that tables far from any real one come up as well.
    if (done % 4 === 0 || base.length < 8) base = from[next() % from.length];
    const bytes = mutated(base, from[next() % from.length], next);
    const started = worked();
    try {
      const became = decodeOne(bytes);
      counts[became]++;
      // Joining allocates two tables of 64 K ids for AMD, so that one in eight has to do.
      if (became === 'decoded' && counts.decoded % 8 === 0) {
        joinOne(bytes);
        counts.joined++;
      }
      if (done % 64 === 0 && bytes.length >= 4) sameThroughText(bytes, throughText(bytes));
    } catch (thrown) {
      console.error(`${thrown instanceof Error ? thrown.stack : thrown}\ntable ${Buffer.from(bytes).toString('hex')}`);
      process.exitCode = 1;
      break;
    }
    longest = Math.max(longest, worked() - started);
    if (done % 100_000 === 0) {
      collect();
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    base = bytes;
  }
  collect();
  most = Math.max(most, process.memoryUsage().heapUsed - before);
  if (most > mostHeap || longest > slowest) process.exitCode = 1;
  console.log(
    JSON.stringify({
      fuzz: 'acpi',
      tables: done,
      ...counts,
      seed,
      seconds: Math.round((performance.now() - begun) / 100) / 10,
      longestMilliseconds: Math.round(longest * 100) / 100,
      heapGrowthMegabytes: Math.round((most / (1 << 20)) * 100) / 100,
    }),
  );
}

function sameThroughText(bytes, read) {
  const signature = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (signature !== 'DMAR' && signature !== 'IVRS') return;
  if (read === null || Buffer.compare(read, bytes) !== 0) throw new Error('acpidump text gives other bytes');
}
