// `npm run bench -- remapping`: one JSON line a figure. Translations per second of the engine, events on, beside bare
// hand-written loops over the same tables in the same run, and what a million of them leave on the heap.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { build } from 'vite';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const folder = mkdtempSync(join(tmpdir(), 'slotwise-bench-'));
try {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'remapping-loops.ts'),
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'loops.mjs' } },
    },
  });
  const { loops } = await import(pathToFileURL(join(folder, 'loops.mjs')).href);
  for (const make of loops) measure(make());
} finally {
  rmSync(folder, { recursive: true });
}

/** Best of several rounds, engine and bare loop in turn, so that a busy machine slows both alike. */
function measure({ bench, perCall, engine, bare }) {
  const calls = Math.ceil(1_000_000 / perCall);
  const best = { engine: 0, bare: 0 };
  let sums;
  for (let round = 0; round < 5; round++) {
    const engineRate = rate(engine, calls, perCall);
    const bareRate = rate(bare, calls, perCall);
    best.engine = Math.max(best.engine, engineRate.perSecond);
    best.bare = Math.max(best.bare, bareRate.perSecond);
    sums = [engineRate.sum, bareRate.sum];
  }
  if (sums[0] !== sums[1]) throw new Error(`${bench}: the engine and the bare loop do not reach the same addresses`);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < calls; call++) engine();
  const heapGrowthBytes = Math.max(0, process.memoryUsage().heapUsed - before);
  const perSecond = Math.round(best.engine);
  const barePerSecond = Math.round(best.bare);
  const ratio = Number((perSecond / barePerSecond).toFixed(3));
  console.log(JSON.stringify({ bench, perSecond, barePerSecond, ratio, heapGrowthBytes }));
}

/** `sum` is the checksum of one call: the same work gives the same one. */
function rate(work, calls, perCall) {
  let sum = 0;
  const started = process.cpuUsage();
  for (let call = 0; call < calls; call++) sum = work();
  const { user } = process.cpuUsage(started);
  return { perSecond: (calls * perCall * 1e6) / user, sum };
}
