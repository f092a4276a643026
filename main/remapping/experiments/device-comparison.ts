import { access, noPasid } from '../access.ts';
import { EptTables } from '../ept/ept-tables.ts';
import { EptWalk } from '../ept/ept-walk.ts';
import { eptBit, eptRights } from '../formats/ept.ts';
import { DevicePath } from '../platform/device-path.ts';
import type { DeviceWay } from '../platform/device-path.ts';
import { VirtualProcessor } from '../platform/virtual-processor.ts';
import type { InterruptDelivery } from '../platform/virtual-processor.ts';
import { PostedDescriptor } from '../platform/posted-descriptor.ts';
import type { ExitReason } from '../timing/exit-costs.ts';
import { experimentUnit } from './experiment-unit.ts';

/** The physical function, and the first virtual function behind it (VF offset 128, as on Intel's X540). */
const requesters = { passthrough: 0x0100, 'sr-iov': 0x0180 } as const;
const guestBytes = 64 * 2 ** 20;
const guestAt = 2 ** 30;
const eptBase = 12 * 2 ** 30;
const descriptorAddress = 0x10_0000;
const entry = 24;
const vector = 0x61;
const processor = 1;
const notification = 0xf2;

export interface ComparisonResult {
  readonly exits: number;
  readonly byReason: Readonly<Record<ExitReason, number>>;
  /** processor cycles outside the guest */
  readonly cycles: number;
  readonly moved: number;
  readonly refused: number;
  readonly wakeups: number;
  /** requests that went through the IOMMU, interrupts not among them */
  readonly translations: number;
}

export interface ComparisonLoad {
  readonly packets: number;
  /** packets that are told of at once, and interrupt once */
  readonly batch: number;
}

/**
 * The same packets by one of the ways: the guest's memory is in extended page tables for the host's part, and in the
 * IOMMU's for the device's, and each way uses what it uses on a machine.
 */
export function comparePath(way: DeviceWay, delivery: InterruptDelivery, load: ComparisonLoad): ComparisonResult {
  const driver = experimentUnit(64, 64);
  const { unit } = driver;
  const requester = way === 'sr-iov' ? requesters['sr-iov'] : requesters.passthrough;
  const domain = driver.createDomain(4);
  driver.map(domain, { iova: 0, physical: guestAt, bytes: guestBytes, read: true, write: true, largestLevel: 2 });
  driver.attach(requester, domain);
  const tables = new EptTables(unit.memory, eptBase);
  const memory = {
    guest: 0,
    host: guestAt,
    bytes: guestBytes,
    rights: eptRights,
    memoryType: 'WB',
    largestLevel: 2,
  } as const;
  tables.map(memory);
  const capabilities = { hostWidth: 46, executeOnly: true, pages2M: true, pages1G: true, accessedDirty: true };
  const walk = new EptWalk(unit.memory, capabilities, tables.pointer);
  const descriptor =
    delivery === 'posted' ? new PostedDescriptor(unit.memory, descriptorAddress, notification, processor) : null;
  const route = { index: entry, vector, source: requester };
  if (descriptor === null) driver.route({ ...route, destination: processor });
  else driver.routePosted(route, descriptor.address);
  const message = driver.messageFor(entry);
  const guest = new VirtualProcessor(delivery, () => undefined, descriptor);
  let translations = 0;
  const path = new DevicePath(way, guest, {
    byHost: (address) => walk.walk(Math.floor(address / 2 ** 32), address | 0, eptBit.read).kind === 'translated',
    byDevice: (address) => {
      translations++;
      return unit.translate(requester, noPasid, Math.floor(address / 2 ** 32), address | 0, access.read) === 0;
    },
    deviceInterrupt: () => {
      if (unit.interrupt(requester, 0, message.address | 0, message.data) !== 0) return;
      if (descriptor === null) guest.receive(unit.interrupts.vector);
      else if (unit.interrupts.delivered?.posted?.notification) guest.notify();
    },
  });
  for (let sent = 0; sent < load.packets; sent += load.batch) {
    const count = Math.min(load.batch, load.packets - sent);
    path.send(Array.from({ length: count }, (_, index) => ((sent + index) * 4096) % guestBytes));
    path.complete();
  }
  const { exits } = guest;
  return {
    exits: exits.total,
    byReason: exits.counts,
    cycles: exits.cycles,
    moved: path.moved,
    refused: path.refused,
    wakeups: path.wakeups,
    translations,
  };
}
