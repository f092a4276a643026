import type { SlotwiseHandlers } from '../contract/contract.ts';
import { fine, type Reply } from '../contract/problem.ts';
import { makeCheckpoint, parseCheckpoint } from '../journey/checkpoint.ts';
import { journeyOf } from '../journey/journey-of.ts';
import type { Checkpoint, Journey } from '../journey/state.ts';
import type { Machine } from '../machine/machine.ts';
import { valueOr } from '../machine/fact.ts';
import { findings } from '../passthrough/findings.ts';
import type { Needs } from './needs.ts';

type OnMachine = <T>(use: (machine: Machine) => Reply<T> | Promise<Reply<T>>) => Promise<Reply<T>>;

/** One journey is kept: that of the machine last planned for. */
const kept = 'journey';

/** The journey's part of the contract. */
export function journeyHandlers(
  needs: Needs,
  onMachine: OnMachine,
): Pick<SlotwiseHandlers, 'journey.get' | 'journey.keep' | 'journey.written'> {
  const load = async (): Promise<Checkpoint | null> => parseCheckpoint(await needs.load(kept));
  const journey = (machine: Machine, checkpoint: Checkpoint | null): Journey =>
    journeyOf(machine, findings(machine), checkpoint);

  const keep = async (machine: Machine, checkpoint: Checkpoint): Promise<Reply<Journey>> => {
    await needs.save(kept, checkpoint);
    return fine(journey(machine, checkpoint));
  };

  return {
    'journey.get': () => onMachine(async (machine) => fine(journey(machine, await load()))),
    'journey.keep': ({ plan }) =>
      onMachine((machine) => keep(machine, makeCheckpoint(machine, { plan, savedAt: needs.now() }))),
    'journey.written': ({ written }) =>
      onMachine(async (machine) => {
        const before = (await load()) ?? makeCheckpoint(machine, { plan: null, savedAt: needs.now() });
        const writtenInBoot = written ? valueOr(machine.kernel.bootId, null) : null;
        return keep(machine, { ...before, written, writtenInBoot, savedAt: needs.now() });
      }),
  };
}
