import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { EngineAnswer, EngineOrder } from '../assistant/engine.ts';
import type { EngineListener } from '../assistant/needs.ts';

/** JavaScript objects of the engine; its memory and caches are typed arrays, which are counted apart. */
const heapMegabytes = 256;

/**
 * Gives an order to a thread of its own; returns the way to end it. `file`: the engine as one file without imports of ours.
 * It is read here and started from its text, since a thread does not see into an asar archive in every Electron, and what
 * is read here is held by the archive's integrity check.
 */
export function startEngine(file: string, order: EngineOrder, listener: EngineListener): () => void {
  let over = false;
  let worker: Worker | null = null;
  const stop = (): void => {
    over = true;
    void worker?.terminate();
  };
  const end = (): void => {
    if (over) return;
    stop();
    listener.ended();
  };
  try {
    worker = new Worker(readFileSync(file, 'utf8'), {
      eval: true,
      workerData: order,
      // The thread needs nothing of the person's environment, and takes no debugging options along.
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
  } catch {
    // A listener that ends before this function has answered would be told of a stream that it does not hold yet.
    queueMicrotask(end);
    return stop;
  }
  worker.on('message', (answer: EngineAnswer) => {
    if (!over) listener.answer(answer);
  });
  worker.on('messageerror', end);
  worker.on('error', end);
  worker.on('exit', end);
  return stop;
}
