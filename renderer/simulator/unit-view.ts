import type { TraceStep } from '../../main/remapping/trace.ts';
import { simulatorWords } from '../../main/words/simulator.ts';
import type { Occupancy } from './occupancy.ts';
import type { Scene } from './stations.ts';

/** What the picture says of the inside of the unit. */
export interface UnitView {
  /** IOTLB entries in use, and the one this step is about */
  readonly used: number;
  readonly marked: number | null;
  /** null: not told (live traffic tells the IOTLB only), and not drawn */
  readonly interrupts: number | null;
  readonly interruptMarked: number | null;
  /** commands of the invalidation queue that this transaction has run */
  readonly queued: number | null;
  /** `here: a miss` */
  readonly here: string | null;
  readonly active: boolean;
}

const words = simulatorWords.picture;

const lookups: Partial<Record<TraceStep['decision'], string>> = {
  'iotlb-hit': words.hereHit,
  'iotlb-forbids-write': words.hereHit,
  'iotlb-forbids-read': words.hereHit,
  'interrupt-cache-hit': words.hereHit,
  'context-cache-hit': words.hereHit,
  'iotlb-miss': words.hereMiss,
  'interrupt-cache-miss': words.hereMiss,
  'context-cache-miss': words.hereMiss,
  'iotlb-filled': words.hereFilled,
  'amd-iotlb-hit': words.hereHit,
  'amd-iotlb-forbids': words.hereHit,
  'amd-interrupt-cache-hit': words.hereHit,
  'amd-device-entry-cached': words.hereHit,
  'amd-iotlb-miss': words.hereMiss,
  'amd-interrupt-cache-miss': words.hereMiss,
  'amd-device-entry-miss': words.hereMiss,
  'amd-iotlb-filled': words.hereFilled,
};

const inside: readonly TraceStep['structure'][] = [
  'unit',
  'iotlb',
  'context-cache',
  'interrupt-cache',
  'invalidation-queue',
  'device-cache',
  'command-buffer',
  'fault-record',
];

/** The unit at the playhead of a recorded story. */
export function unitView(scene: Scene, occupancy: Occupancy): UnitView {
  return {
    used: occupancy.pages.length,
    marked: occupancy.page,
    interrupts: occupancy.interrupts.length,
    interruptMarked: occupancy.interrupt,
    queued: scene.transaction.kind === 'invalidation' ? scene.done.length : 0,
    here: lookups[scene.step.decision] ?? null,
    active: inside.includes(scene.step.structure),
  };
}
