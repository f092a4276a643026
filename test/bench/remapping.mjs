// `npm run bench -- remapping`: one JSON line a figure. Translations per second of the engine, events on, beside bare
// hand-written loops over the same tables in the same run, and what a million of them leave on the heap. Each figure has a
// process of its own (remapping-figure.mjs): what the compiler learned of one loop must not bend another.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** @param wanted how the names of the figures begin */
export async function benchRemapping(wanted) {
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
        // As electron.config.ts builds the program.
        rolldownOptions: { output: { format: 'es', entryFileNames: 'loops.mjs', topLevelVar: false } },
      },
    });
    const figure = join(import.meta.dirname, 'remapping-figure.mjs');
    for (const bench of ['hit', 'walk', 'nested', 'interrupt'].map((name) => `remapping.${name}`)) {
      if (!bench.startsWith(wanted)) continue;
      const { status } = spawnSync(process.execPath, [figure, join(folder, 'loops.mjs'), bench], { stdio: 'inherit' });
      if (status !== 0) throw new Error(`${bench} ended with ${status}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
