import type { EngineAnswer, EngineOrder } from './engine.ts';
import type { Needs } from './needs.ts';

/** One answer of the engine's thread, which ends with it; null where it ended before. */
export const askEngine = <K extends EngineAnswer['kind']>(
  order: EngineOrder,
  kind: K,
  needs: Needs,
): Promise<Extract<EngineAnswer, { kind: K }> | null> =>
  new Promise((resolve) => {
    const stop = needs.engine(order, {
      answer: (given) => {
        if (given.kind !== kind) return;
        resolve(given as Extract<EngineAnswer, { kind: K }>);
        // Not before `engine` itself has answered: an engine without a thread may be done at once.
        void Promise.resolve().then(() => stop());
      },
      ended: () => resolve(null),
    });
  });
