import type { Recorder } from '../record/recorder.ts';
import type { Trace } from '../trace.ts';
import { guestMemory, hex } from './story-layout.ts';
import type { StoryPath } from './story-path.ts';
import type { StoryUnit } from './story-unit.ts';

/** What a recorder has heard of a unit, with the path and the tables that it was about. */
export const traceOf = (
  scenario: Trace['scenario'],
  path: Pick<StoryPath, 'device' | 'ports'>,
  unit: StoryUnit,
  recorder: Recorder,
): Trace => ({
  version: 1,
  scenario,
  configuration: unit.configuration,
  provenance: 'simulated',
  path: {
    device: path.device,
    ports: path.ports.map(({ address, sourceValidation, requestRedirect, translationBlocking }) => ({
      address,
      sourceValidation,
      requestRedirect: requestRedirect ?? 'unknown',
      translationBlocking: translationBlocking ?? 'unknown',
    })),
    unit: unit.described,
  },
  tables: unit.tables,
  guestMemory: guestMemory.map(({ guest, host, bytes }) => ({ guest: hex(guest), host: hex(host), bytes: hex(bytes) })),
  transactions: recorder.transactions,
  steps: recorder.steps,
});
