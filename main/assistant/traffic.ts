import type { SlotwiseContract } from '../contract/contract.ts';
import type { Close, InputOf, OutputOf, Sink } from '../contract/endpoint.ts';
import { fine, refuse, type Problem, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import { askEngine } from './ask-engine.ts';
import type { Needs } from './needs.ts';
import { isProblem, storySubject, type Subject } from './story-subject.ts';

/** Ten a second is as often as a person can read a number that changes. */
const betweenBatches = 100;
const requestsPerBatch = 1_500;

/**
 * Runs live traffic in the engine's thread until the reader goes away. It is made by its seed, not recorded, so a reader
 * that comes back gets the traffic from the beginning: the first item is a snapshot like any other.
 */
export function watchTraffic(
  { address, seed }: InputOf<SlotwiseContract['traffic.watch']>,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
  sink: Sink<OutputOf<SlotwiseContract['traffic.watch']>>,
): Close {
  let closed = false;
  let stop: Close = () => undefined;
  const begin = (subject: Subject | Problem): void => {
    if (closed) return;
    if (isProblem(subject)) {
      sink.end(subject);
      return;
    }
    let sequence = 0;
    const { path, vendor } = subject;
    const order = { do: 'traffic', path, vendor, seed, requests: requestsPerBatch, every: betweenBatches } as const;
    stop = needs.engine(order, {
      answer: (answer) => {
        if (answer.kind === 'batch') sink.next({ sequence: sequence++, value: answer.batch });
      },
      ended: () => sink.end(refuse('engine-stopped').problem),
    });
  };
  // A stream has no caller left that a thrown error could reach: it ends, so that nobody waits.
  storySubject(address, shown, needs).then(begin, () => sink.end(refuse('bug', 'traffic.watch').problem));
  return () => {
    closed = true;
    stop();
  };
}

/** Catches one request of the same traffic, with every step of it. */
export async function captureTraffic(
  { address, seed, from, fault, range }: InputOf<SlotwiseContract['traffic.capture']>,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
): Promise<Reply<OutputOf<SlotwiseContract['traffic.capture']>>> {
  const subject = await storySubject(address, shown, needs);
  if (isProblem(subject)) return { ok: false, problem: subject };
  const bounds = range === null ? null : { first: BigInt(range.first), last: BigInt(range.last) };
  const { path, vendor } = subject;
  const trigger = { fault, range: bounds };
  const order = { do: 'capture', path, vendor, seed, from, requests: requestsPerBatch, trigger } as const;
  const answer = await askEngine(order, 'captured', needs);
  return answer === null ? refuse('engine-stopped') : fine({ trace: answer.trace });
}
