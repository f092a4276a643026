import * as v from 'valibot';
import { machineShape } from '../../machine.ts';

/**
 * Version 1 of the report file, `*.slotwise.json`. When a later version changes what a machine is, this file keeps the
 * machine as it was here, and `../versions.ts` gains the step between them.
 */
export const reportV1Shape = v.object({
  format: v.literal('slotwise-report'),
  version: v.literal(1),
  machine: machineShape,
});
export type ReportV1 = v.InferOutput<typeof reportV1Shape>;
