import { parentPort, workerData } from 'node:worker_threads';
import { carryOut, type EngineOrder } from '../../assistant/engine.ts';

// The order comes from our own program by a copy of the value, typed on both ends by the same type; nothing else can start
// this thread. It ends when the program ends it: a timer that is left running keeps it until then.
carryOut(
  workerData as EngineOrder,
  (answer) => parentPort?.postMessage(answer),
  (milliseconds, run) => {
    const timer = setInterval(run, milliseconds);
    return () => clearInterval(timer);
  },
);
