import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const batches = 10;

/**
 * What `calls` calls leave on the heap, in bytes, rubbish included. Measured in batches: a collection in the middle, which
 * only rubbish can cause, hides one batch and not the others.
 */
export function heapGrowth(work: () => unknown, calls: number): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  let growth = 0;
  for (let batch = 0; batch < batches; batch++) {
    const before = process.memoryUsage().heapUsed;
    for (let call = 0; call < calls / batches; call++) work();
    growth += Math.max(0, process.memoryUsage().heapUsed - before);
  }
  return growth;
}
