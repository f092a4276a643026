import { addressParts } from '../../machine/address.ts';
import { Recorder } from '../record/recorder.ts';
import { Snapshot } from '../record/snapshot.ts';
import type { Trace } from '../trace.ts';
import type { TrafficEvent } from '../traffic-shape.ts';
import { traceOf } from './trace-of.ts';
import { Traffic } from './traffic.ts';
import type { TrafficOptions } from './traffic.ts';

/** Which request of live traffic is to be caught. */
export interface Trigger {
  /** only one that is stopped */
  readonly fault: boolean;
  /** only one at these addresses, the last one included; null: at any */
  readonly range: { readonly first: bigint; readonly last: bigint } | null;
}

export interface Armed extends TrafficOptions {
  /** batches that pass before it is armed, and requests in each */
  readonly from: number;
  readonly requests: number;
  readonly trigger: Trigger;
}

/** Batches in which a request may turn up before the search is given up: a minute of watching. */
const patience = 600;
/** Requests before the caught one that are recorded too. */
const context = 3;

function matches({ fault, range }: Trigger, event: TrafficEvent): boolean {
  if (event.track === 'invalidation' || (fault && event.reason === 0)) return false;
  if (range === null) return true;
  const address = BigInt(event.address);
  return address >= range.first && address <= range.last;
}

/**
 * Catches the first request that the trigger names: the traffic runs unwatched up to it, is put back to where that batch
 * began, and runs the same way again with a recorder from a few requests before. Null where none turns up in time.
 */
export function capture({ path, vendor, seed, from, requests, trigger }: Armed): Trace | null {
  const traffic = new Traffic({ path, ...(vendor === undefined ? {} : { vendor }), seed });
  for (let batch = 0; batch < from; batch++) traffic.step(requests);
  for (let batch = 0; batch < patience; batch++) {
    const before = new Snapshot(traffic);
    const ran = traffic.runUntil(requests, (event) => matches(trigger, event));
    if (ran === null) continue;
    before.rewind();
    const unwatched = Math.max(0, ran - context);
    traffic.runUntil(unwatched, () => false);
    const recorder = new Recorder(addressParts(path.device).domain);
    const unit = traffic.record(recorder);
    traffic.runUntil(ran - unwatched + 1, () => false);
    return traceOf('traffic', path, unit, recorder);
  }
  return null;
}
