import type { ExitReason } from '../timing/exit-costs.ts';
import type { VirtualProcessor } from './virtual-processor.ts';

/** How a guest gets at a device. */
export const deviceWays = ['emulated', 'paravirtual', 'vhost', 'passthrough', 'sr-iov'] as const;
export type DeviceWay = (typeof deviceWays)[number];

interface WayRow {
  /** what telling the device of new work leaves the guest for; null: the register is mapped into the guest */
  readonly doorbell: ExitReason | null;
  /** descriptors of new work that one ringing covers: a queue with a used index needs one for a batch */
  readonly perPacket: boolean;
  /** registers that the handler reads and writes for one interrupt, each an exit of the doorbell's kind */
  readonly handlerAccesses: number;
  /** who moves the data: the host's processor, or the device through the IOMMU */
  readonly moves: 'host' | 'device';
  /** where the host's part runs: a leap out of the kernel costs more than an exit */
  readonly backend: 'process' | 'kernel' | 'none';
}

/**
 * What each way asks of the guest and the host. Emulated: an e1000 as QEMU has it, whose tail register is written for every
 * packet and whose handler reads the cause and masks and unmasks (drivers/net/ethernet/intel/e1000, e1000_intr). Virtio
 * rings once for a batch and has no register in the handler with MSI-X (virtio 1.2, 2.7.13 and 4.1.4.5).
 */
const deviceWayRows = {
  emulated: {
    doorbell: 'ept-misconfiguration',
    perPacket: true,
    handlerAccesses: 3,
    moves: 'host',
    backend: 'process',
  },
  paravirtual: { doorbell: 'io-instruction', perPacket: false, handlerAccesses: 0, moves: 'host', backend: 'process' },
  vhost: { doorbell: 'io-instruction', perPacket: false, handlerAccesses: 0, moves: 'host', backend: 'kernel' },
  passthrough: { doorbell: null, perPacket: true, handlerAccesses: 0, moves: 'device', backend: 'none' },
  'sr-iov': { doorbell: null, perPacket: true, handlerAccesses: 0, moves: 'device', backend: 'none' },
} as const satisfies Record<DeviceWay, WayRow>;

/** What carries a packet: both answer whether its memory was reached. */
export interface PacketMovers {
  /** by the host's processor, from the guest's memory as the hypervisor sees it */
  readonly byHost: (address: number) => boolean;
  /** by DMA of the device, through the IOMMU */
  readonly byDevice: (address: number) => boolean;
  /** the device's own interrupt, through the IOMMU to the guest's processor */
  readonly deviceInterrupt: () => void;
}

const injectedVector = 0x41;

/** One device of a guest, by one of the ways. Every time that the guest is left is counted at its processor. */
export class DevicePath {
  moved = 0;
  refused = 0;
  /** times that the host had to hand work to a process outside the kernel */
  wakeups = 0;
  private readonly row: WayRow;
  private readonly guest: VirtualProcessor;
  private readonly movers: PacketMovers;

  constructor(way: DeviceWay, guest: VirtualProcessor, movers: PacketMovers) {
    this.row = deviceWayRows[way];
    this.guest = guest;
    this.movers = movers;
  }

  /** The guest's driver puts packets at these guest addresses into the queue, and rings. */
  send(addresses: readonly number[]): void {
    const { row, movers } = this;
    const rings = row.perPacket ? addresses.length : Math.min(1, addresses.length);
    for (let ring = 0; ring < rings; ring++) this.leave();
    if (row.backend === 'process') this.wakeups += rings;
    const move = row.moves === 'host' ? movers.byHost : movers.byDevice;
    for (const address of addresses) {
      if (move(address)) this.moved++;
      else this.refused++;
    }
  }

  /** The device is done with a batch and tells the guest. */
  complete(): void {
    if (this.row.moves === 'device') this.movers.deviceInterrupt();
    // The host's part runs on another processor: it has to call the guest's out to inject.
    else this.guest.receiveInHost(injectedVector);
    for (let access = 0; access < this.row.handlerAccesses; access++) this.leave();
  }

  private leave(): void {
    if (this.row.doorbell !== null) this.guest.exits.take(this.row.doorbell);
  }
}
