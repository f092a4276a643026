// One figure of `npm run bench -- remapping`, in a process of its own: LOOPS (the built remapping-loops.ts) and its name.
import { pathToFileURL } from 'node:url';

const [file, bench] = process.argv.slice(2);
const { heapGrowth, loops } = await import(pathToFileURL(file).href);
const { perCall, engine, bare } = loops[bench]();
const rounds = 7;
const million = 1_000_000 / perCall;

/** Best of several rounds of four million, engine and bare loop in turn, so that a busy machine slows both alike. */
const best = { engine: 0, bare: 0 };
let sums;
for (let round = 0; round < rounds; round++) {
  const engineRate = rate(engine, 4 * million);
  const bareRate = rate(bare, 4 * million);
  best.engine = Math.max(best.engine, engineRate.perSecond);
  best.bare = Math.max(best.bare, bareRate.perSecond);
  sums = [engineRate.sum, bareRate.sum];
}
if (sums[0] !== sums[1]) throw new Error(`${bench}: the engine and the bare loop do not reach the same addresses`);
// The compiler may still be at work after the rounds, and what it makes lies on the heap too: a million to let it end.
heapGrowth(engine, million);
const heapGrowthBytes = heapGrowth(engine, million);
const perSecond = Math.round(best.engine);
const barePerSecond = Math.round(best.bare);
const ratio = Number((perSecond / barePerSecond).toFixed(3));
console.log(JSON.stringify({ bench, perSecond, barePerSecond, ratio, heapGrowthBytes }));

/**
 * By processor time, user and system together: the kernel knows the sum exactly and guesses how it divides. `sum` is the
 * checksum of one call: the same work gives the same one.
 */
function rate(work, calls) {
  let sum = 0;
  const started = process.cpuUsage();
  for (let call = 0; call < calls; call++) sum = work();
  const { user, system } = process.cpuUsage(started);
  return { perSecond: (calls * perCall * 1e6) / (user + system), sum };
}
