import { hardwareCosts } from './timing/hardware-costs.ts';
import { decisionRow } from './trace-codes.ts';
import type { DecisionCode, StepKind } from './trace-codes.ts';

const entryRead = hardwareCosts.memoryRead.value;
const lookup = hardwareCosts.iotlbLookup.value;
const check = hardwareCosts.tableCheck.value;
const message = hardwareCosts.interruptMessage.value;

/** Simulated nanoseconds of each kind of step, from the figures of timing/hardware-costs.ts. A model, not a measurement. */
export const stepCosts = {
  request: 0,
  forward: hardwareCosts.portForward.value,
  classify: check,
  mode: check,
  'context-cache-lookup': lookup,
  'root-entry': entryRead,
  'context-entry': entryRead,
  'device-entry': entryRead,
  'guest-space': entryRead,
  'iotlb-lookup': lookup,
  'address-width': check,
  'paging-entry': entryRead,
  'output-check': check,
  'iotlb-fill': check,
  'memory-access': entryRead,
  'interrupt-format': check,
  'interrupt-index': check,
  'interrupt-cache-lookup': lookup,
  'interrupt-entry': entryRead,
  'source-check': check,
  'interrupt-delivery': message,
  invalidation: hardwareCosts.queuedInvalidation.value,
  'fault-log': hardwareCosts.faultRecord.value,
  'fault-event': message,
  'kernel-log': 0,
} as const satisfies Record<StepKind, number>;

export const costOf = (code: DecisionCode): number => stepCosts[decisionRow(code).kind];
