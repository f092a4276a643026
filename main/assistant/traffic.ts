import type { SlotwiseContract } from '../contract/contract.ts';
import type { Close, InputOf, OutputOf, Sink } from '../contract/endpoint.ts';
import type { Machine } from '../machine/machine.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import type { Needs } from './needs.ts';
import { isProblem, storySubject } from './story-subject.ts';

/** Ten a second is as often as a person can read a number that changes. */
const betweenBatches = 100;
const requestsPerBatch = 1_500;

/**
 * Runs live traffic until the reader goes away. It is made by its seed, not recorded, so a reader that comes back gets
 * the traffic from the beginning: the first item is a snapshot like any other.
 */
export function watchTraffic(
  { address, seed }: InputOf<SlotwiseContract['traffic.watch']>,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
  sink: Sink<OutputOf<SlotwiseContract['traffic.watch']>>,
): Close {
  let closed = false;
  let stop: Close = () => undefined;
  const engine = import('../remapping/scenarios/traffic.ts');
  void Promise.all([storySubject(address, shown, needs), engine]).then(([subject, { Traffic }]) => {
    if (closed) return;
    if (isProblem(subject)) {
      sink.end(subject);
      return;
    }
    const traffic = new Traffic({ path: subject.path, vendor: subject.vendor, seed });
    let sequence = 0;
    const send = (): void => sink.next({ sequence: sequence++, value: traffic.step(requestsPerBatch) });
    send();
    stop = needs.every(betweenBatches, send);
  });
  return () => {
    closed = true;
    stop();
  };
}
