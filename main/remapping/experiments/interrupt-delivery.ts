import { PostedDescriptor } from '../platform/posted-descriptor.ts';
import { VirtualProcessor } from '../platform/virtual-processor.ts';
import type { InterruptDelivery } from '../platform/virtual-processor.ts';
import { processorClock } from '../timing/exit-costs.ts';
import type { ExitReason } from '../timing/exit-costs.ts';
import { eliBackground } from './eli-workloads.ts';
import { experimentUnit } from './experiment-unit.ts';

const requester = 0x0100;
const entry = 24;
const deviceVector = 0x61;
const timerVector = 0xef;
const notificationVector = 0xf2;
const processor = 1;
const descriptorAddress = 0x10_0000;

export interface DeliveryLoad {
  /** a second, from the assigned device */
  readonly interrupts: number;
  /** of these, how many the host takes whatever the mode */
  readonly inHost: number;
}

export interface DeliveryResult {
  readonly exits: number;
  readonly byReason: Readonly<Record<ExitReason, number>>;
  /** of the second, from 0 to 1 */
  readonly guestTime: number;
  /** calls of the guest's handler for the device */
  readonly handled: number;
}

/**
 * One second of interrupts: each is a message of the device through the unit's interrupt remapping, and what comes out
 * goes to the processor that runs the guest. Exits are counted where the guest is left.
 */
export function deliverSecond(delivery: InterruptDelivery, load: DeliveryLoad): DeliveryResult {
  const driver = experimentUnit(64, 64);
  const { unit } = driver;
  const descriptor =
    delivery === 'posted' ? new PostedDescriptor(unit.memory, descriptorAddress, notificationVector, processor) : null;
  const route = { index: entry, vector: deviceVector, source: requester };
  if (descriptor === null) driver.route({ ...route, destination: processor });
  else driver.routePosted(route, descriptor.address);
  const message = driver.messageFor(entry);
  let handled = 0;
  const guest = new VirtualProcessor(
    delivery,
    (vector) => {
      if (vector === deviceVector) handled++;
    },
    descriptor,
  );
  const hostTakes = evenly(load.inHost, load.interrupts);
  const tick = evenly(eliBackground.ticks, load.interrupts);
  // What the host takes beside a direct delivery is what the guest could not take at once.
  const window = evenly(delivery === 'host' ? load.inHost * eliBackground.windowShare : load.inHost, load.inHost);
  for (let count = 0; count < load.interrupts; count++) {
    if (tick()) guest.receiveInHost(timerVector);
    const reason = unit.interrupt(requester, 0, message.address | 0, message.data);
    if (reason !== 0) throw new Error(`the interrupt was refused: ${reason.toString(16)}h`);
    if (hostTakes()) {
      guest.interruptible = !window();
      guest.receiveInHost(unit.interrupts.vector);
      if (!guest.interruptible) guest.enableInterrupts();
    } else if (descriptor === null) guest.receive(unit.interrupts.vector);
    else if (unit.interrupts.delivered?.posted?.notification) guest.notify();
  }
  return {
    exits: guest.exits.total,
    byReason: guest.exits.counts,
    guestTime: 1 - guest.exits.cycles / (processorClock.value * 1e9),
    handled,
  };
}

/**
 * Microseconds of a round trip in a guest that takes `bare` outside one: an answer arrives with one interrupt, and what the
 * guest is left for on it is added.
 */
export function roundTrip(delivery: InterruptDelivery, bare: number): number {
  const guest = new VirtualProcessor(delivery, () => undefined);
  guest.receive(deviceVector);
  return bare + guest.exits.cycles / (processorClock.value * 1e3);
}

/** True `part` times in `whole` calls, spread evenly. */
function evenly(part: number, whole: number): () => boolean {
  let sum = 0;
  return () => {
    sum += part;
    if (sum < whole) return false;
    sum -= whole;
    return true;
  };
}
