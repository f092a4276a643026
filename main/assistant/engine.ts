import type { Close } from '../contract/endpoint.ts';
import type { Difference, ScenarioCode, ScenarioVerdict, Variant } from '../remapping/scenario-shape.ts';
import { variants } from '../remapping/scenario-shape.ts';
import { capture } from '../remapping/scenarios/capture.ts';
import type { Armed } from '../remapping/scenarios/capture.ts';
import { judge } from '../remapping/scenarios/judge.ts';
import type { HostFacts } from '../remapping/scenarios/judge.ts';
import { recordScenario } from '../remapping/scenarios/run-scenario.ts';
import type { StoryPath, Vendor } from '../remapping/scenarios/story-path.ts';
import { Traffic } from '../remapping/scenarios/traffic.ts';
import { firstDifference } from '../remapping/trace-compare.ts';
import type { Trace } from '../remapping/trace.ts';
import type { TrafficBatch } from '../remapping/traffic-shape.ts';

/** What the engine is asked to do, as plain data: it runs in a thread of its own. */
export type EngineOrder =
  | {
      readonly do: 'record';
      readonly scenario: ScenarioCode;
      readonly path: StoryPath;
      readonly vendor: Vendor;
      readonly facts: HostFacts;
      readonly against: Variant | null;
    }
  | {
      readonly do: 'traffic';
      readonly path: StoryPath;
      readonly vendor: Vendor;
      readonly seed: number;
      /** requests in a batch, and milliseconds between two batches */
      readonly requests: number;
      readonly every: number;
    }
  | ({ readonly do: 'capture' } & Armed);

export interface Recording {
  readonly trace: Trace;
  readonly verdict: ScenarioVerdict;
  readonly against: { readonly variant: Variant; readonly trace: Trace; readonly difference: Difference | null } | null;
}

/** `recorded` and `captured` come once, `batch` again and again until the order is taken back. */
export type EngineAnswer =
  | { readonly kind: 'recorded'; readonly recording: Recording }
  | { readonly kind: 'captured'; readonly trace: Trace | null }
  | { readonly kind: 'batch'; readonly batch: TrafficBatch };

function record({ scenario, path, vendor, facts, against }: Extract<EngineOrder, { do: 'record' }>): Recording {
  const trace = recordScenario(scenario, path, vendor);
  const verdict = judge(scenario, path, vendor, facts);
  if (against === null) return { trace, verdict, against };
  const other = recordScenario(scenario, path, vendor, variants[against]);
  return { trace, verdict, against: { variant: against, trace: other, difference: firstDifference(trace, other) } };
}

/** Carries an order out where it is called; who calls it decides on the thread. `every` runs something again and again. */
export function carryOut(
  order: EngineOrder,
  answer: (given: EngineAnswer) => void,
  every: (milliseconds: number, run: () => void) => Close,
): Close {
  switch (order.do) {
    case 'record':
      answer({ kind: 'recorded', recording: record(order) });
      return () => undefined;
    case 'capture':
      answer({ kind: 'captured', trace: capture(order) });
      return () => undefined;
    case 'traffic': {
      const traffic = new Traffic({ path: order.path, vendor: order.vendor, seed: order.seed });
      const send = (): void => answer({ kind: 'batch', batch: traffic.step(order.requests) });
      send();
      return every(order.every, send);
    }
  }
}
