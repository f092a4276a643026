import { addressParts, formatAddress } from '../../machine/address.ts';
import type { PciAddress } from '../../machine/address.ts';
import type { Peer, StoryPath } from './story-path.ts';

/** A path on which every scenario can be played. */
export interface FullPath extends Required<Pick<StoryPath, 'device' | 'ports'>> {
  readonly peer: Peer;
  readonly otherDevice: PciAddress;
  readonly bridge: NonNullable<StoryPath['bridge']>;
  readonly reserved: NonNullable<StoryPath['reserved']>;
}

/** Where firmware likes to keep its own memory and a neighbour’s registers lie, when the machine has neither (made up). */
const madeUp = { reserved: { first: 0xb780_0000, last: 0xb7ff_ffff }, peerMemory: 0xd000_0000 } as const;

/** Fills in what the machine does not have, so that the scenario can still be watched; its verdict is then `not-here`. */
export function withStandIns(path: StoryPath): FullPath {
  const own = addressParts(path.device);
  const onBus = (bus: number, device: number): PciAddress =>
    formatAddress({ domain: own.domain, bus, device, function: 0 });
  const otherDevice = path.otherDevice ?? onBus(own.bus === 255 ? 254 : own.bus + 1, 0);
  const [nearest] = path.ports;
  const { device, ports } = path;
  return {
    device,
    ports,
    otherDevice,
    peer: path.peer ?? {
      address: otherDevice,
      memory: madeUp.peerMemory,
      fork: nearest?.address ?? device,
      redirect: nearest?.requestRedirect ?? 'unknown',
    },
    bridge: path.bridge ?? {
      address: nearest?.address ?? device,
      requester: onBus(own.bus, 0),
      neighbour: onBus(own.bus, own.device === 31 ? 30 : own.device + 1),
    },
    reserved: path.reserved ?? madeUp.reserved,
  };
}
