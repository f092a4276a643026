import type { PciAddress } from '../../../main/machine/address.ts';
import { parseAddress } from '../../../main/machine/address.ts';
import { recordScenario } from '../../../main/remapping/scenarios/run-scenario.ts';
import type { Trace } from '../../../main/remapping/trace.ts';

const address = (text: string): PciAddress => {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`${text} is no address`);
  return parsed;
};

/** The engine's own first story for a card behind so many ports. */
export function storyBehind(ports: number): Trace {
  return recordScenario('first-story', {
    device: address('0000:41:00.0'),
    ports: Array.from({ length: ports }, (_, at) => ({
      address: address(`0000:4${ports - 1 - at}:01.0`.replace('0000:40', '0000:00')),
      sourceValidation: at === 0 ? 'on' : 'off',
    })),
  });
}

export const story = storyBehind(1);

/** Position of the first step with this decision. */
export function positionOf(trace: Trace, decision: string): number {
  const at = trace.steps.findIndex((step) => step.decision === decision);
  if (at === -1) throw new Error(`the story has no ${decision}`);
  return at;
}
