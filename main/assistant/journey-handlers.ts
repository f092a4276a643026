import * as v from 'valibot';
import type { SlotwiseHandlers } from '../contract/contract.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import { makeCheckpoint, parseCheckpoint, withWritten } from '../journey/checkpoint.ts';
import { journeyKey } from '../journey/journey-key.ts';
import { journeyOf } from '../journey/journey-of.ts';
import type { Checkpoint, Journey } from '../journey/state.ts';
import type { Machine } from '../machine/machine.ts';
import { findings } from '../passthrough/findings.ts';
import type { Needs } from './needs.ts';

type OnMachine = <T>(use: (machine: Machine) => Reply<T> | Promise<Reply<T>>) => Promise<Reply<T>>;

/** Which machine was shown last: another one is noticed. */
const lastName = 'journey-last';
const lastShape = v.object({ key: v.string() });

/**
 * The journey's part of the contract. Each machine has a checkpoint of its own. What was kept when this process started
 * stays the thing to compare with ("since then: …") until the person changes the journey; what is on disk is brought up
 * to date at the first look. Of a sample only what the person chose is kept: it is nobody's machine, and no other is
 * compared with it.
 */
export function journeyHandlers(
  needs: Needs,
  onMachine: OnMachine,
): Pick<SlotwiseHandlers, 'journey.get' | 'journey.keep' | 'journey.written'> {
  const compared = new Map<string, Checkpoint | null>();

  const write = async (machine: Machine, checkpoint: Checkpoint): Promise<boolean> => {
    const key = journeyKey(machine);
    try {
      await needs.save(key, checkpoint);
      if (machine.source.kind !== 'sample') await needs.save(lastName, { key });
      return true;
    } catch {
      // A home that cannot be written still has a journey, for as long as the program runs.
      return false;
    }
  };

  const previous = async (machine: Machine): Promise<Checkpoint | null> => {
    const key = journeyKey(machine);
    const here = compared.get(key);
    if (here !== undefined) return here;
    const own = parseCheckpoint(await needs.load(key));
    const last = v.safeParse(lastShape, own === null ? await needs.load(lastName) : null);
    const sample = machine.source.kind === 'sample';
    const found = own ?? (last.success && !sample ? parseCheckpoint(await needs.load(last.output.key)) : null);
    compared.set(key, found);
    if (!sample) {
      const fresh = makeCheckpoint(machine, { plan: own?.plan ?? null, savedAt: needs.now() });
      await write(machine, own === null ? fresh : { ...fresh, written: own.written, writtenInBoot: own.writtenInBoot });
    }
    return found;
  };

  const keep = async (machine: Machine, checkpoint: Checkpoint): Promise<Reply<Journey>> => {
    const key = journeyKey(machine);
    compared.set(key, checkpoint);
    const kept = await write(machine, checkpoint);
    if (!kept && machine.source.kind !== 'sample') return refuse('folder-not-writable', key);
    return fine(journeyOf(machine, findings(machine), checkpoint));
  };

  return {
    'journey.get': () =>
      onMachine(async (machine) => fine(journeyOf(machine, findings(machine), await previous(machine)))),
    'journey.keep': ({ plan }) =>
      onMachine(async (machine) => {
        await previous(machine);
        return keep(machine, makeCheckpoint(machine, { plan, savedAt: needs.now() }));
      }),
    'journey.written': ({ written }) =>
      onMachine(async (machine) => {
        const before = (await previous(machine)) ?? makeCheckpoint(machine, { plan: null, savedAt: needs.now() });
        return keep(machine, withWritten(before, machine, written, needs.now()));
      }),
  };
}
