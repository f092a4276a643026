import { decisionRow } from './trace-codes.ts';
import type { DecisionCode, StepKind } from './trace-codes.ts';

/**
 * Simulated nanoseconds of each kind of step. Bases: a memory read in a walk 80 ns (a miss costs about 330 ns for four
 * reads, pcie-bench, SIGCOMM 2018 [recall]); IOTLB and other look-ups 1 to 3 cycles (gem5's SMMUv3 model); queued
 * invalidation 0.7 µs (rIOMMU [recall]). Link and fault-event times are assumed. A model, not a measurement.
 */
export const stepCosts = {
  request: 0,
  forward: 25,
  classify: 1,
  mode: 1,
  'context-cache-lookup': 2,
  'root-entry': 80,
  'context-entry': 80,
  'device-entry': 80,
  'guest-space': 80,
  'iotlb-lookup': 2,
  'address-width': 1,
  'paging-entry': 80,
  'output-check': 1,
  'iotlb-fill': 1,
  'memory-access': 80,
  'interrupt-format': 1,
  'interrupt-index': 1,
  'interrupt-cache-lookup': 2,
  'interrupt-entry': 80,
  'source-check': 1,
  'interrupt-delivery': 50,
  invalidation: 700,
  'fault-log': 5,
  'fault-event': 50,
  'kernel-log': 0,
} as const satisfies Record<StepKind, number>;

export const costOf = (code: DecisionCode): number => stepCosts[decisionRow(code).kind];
