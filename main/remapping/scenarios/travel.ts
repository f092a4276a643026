import { addressParts } from '../../machine/address.ts';
import type { PciAddress } from '../../machine/address.ts';
import { formatQuad } from '../core/quad.ts';
import type { Recorder, Request } from '../record/recorder.ts';
import type { Configuration } from '../scenario-shape.ts';
import type { DecisionCode } from '../trace-codes.ts';
import { isPeerMemory } from './places.ts';
import type { FullPath } from './stand-ins.ts';
import type { BitState, PortAbove } from './story-path.ts';

export interface Journey {
  readonly acs: Configuration['acs'];
  /** requester id under which the device is known to the unit */
  readonly own: PciAddress;
  /** a bridge on the way puts its own requester id in the device's place */
  readonly behindBridge: boolean;
  /** the request claims to carry a host address (AT=2) */
  readonly translated: boolean;
}

/** What a bit of a port does: as the machine has it, or as a configuration sets all of them. An unread bit is taken as off. */
function bit(state: BitState | undefined, acs: Configuration['acs']): boolean {
  if (acs === 'on' || acs === 'off') return acs === 'on';
  return state === 'on';
}

/** Nobody knows what the bit does: it was not read, and no configuration sets it. */
const unread = (state: BitState | undefined, acs: Configuration['acs']): boolean =>
  (state ?? 'unknown') === 'unknown' && acs !== 'on' && acs !== 'off';

/** Is the request sent across to the peer, past the unit? Only one for the peer's memory can be. */
export const turnedTo = (path: FullPath, address: number, acs: Configuration['acs']): boolean =>
  isPeerMemory(address, path) && !bit(path.peer.redirect, acs);

/** The source's bus is one below the port (PCIe 6.12.1.1, source validation). */
function isBelow(source: PciAddress, port: PortAbove, path: FullPath): boolean {
  const { bus } = addressParts(source);
  const range = port.buses ?? { first: addressParts(path.device).bus, last: addressParts(path.device).bus };
  return bus >= range.first && bus <= range.last;
}

/**
 * The request leaves its sender and passes the ports above, up to the one that stops it (then false is answered) or sends it
 * across to the peer.
 */
export function travel(recorder: Recorder, path: FullPath, request: Request, journey: Journey): boolean {
  const at = (request.addressHi >>> 0) * 2 ** 32 + (request.addressLo >>> 0);
  leave(recorder, path, request, journey);
  const forPeer = request.kind === 'dma' && isPeerMemory(at, path);
  const across = forPeer && turnedTo(path, at, journey.acs);
  const turns = unread(path.peer.redirect, journey.acs) ? 'port-redirect-unread' : 'port-turns-to-peer';
  const turning = { port: path.peer.fork, address: formatQuad(request.addressHi, request.addressLo) };
  if (path.peer.fork === path.device && across) {
    recorder.note(turns, turning);
    return true;
  }
  for (const port of path.ports) {
    const values = { port: port.address };
    if (journey.behindBridge && port.address === path.bridge.address) {
      recorder.note('bridge-takes-place', { ...values, expectedSource: path.bridge.requester });
      continue;
    }
    const checks = bit(port.sourceValidation, journey.acs);
    if (checks && !isBelow(request.source, port, path)) {
      recorder.note('port-refuses-source', values);
      return false;
    }
    if (journey.translated && bit(port.translationBlocking, journey.acs)) {
      recorder.note('port-refuses-translated', values);
      return false;
    }
    if (forPeer && port.address === path.peer.fork) {
      recorder.note(across ? turns : 'port-redirects', turning);
      if (across) return true;
      continue;
    }
    recorder.note(passing(port, checks, journey), values);
  }
  return true;
}

/** How a port lets a request pass; first what could have stopped it and was not read. */
function passing(port: PortAbove, checks: boolean, { acs, translated }: Journey): DecisionCode {
  if (translated && unread(port.translationBlocking, acs)) return 'port-translated-unread';
  if (unread(port.sourceValidation, acs)) return 'port-source-unread';
  return checks ? 'port-checks-source' : 'port-forwards';
}

function leave(recorder: Recorder, path: FullPath, request: Request, { own }: Journey): void {
  const sent = {
    address: formatQuad(request.addressHi, request.addressLo),
    bytes: request.bytes,
    ...(request.data === null ? {} : { data: request.data }),
  };
  if (request.sender !== path.device) recorder.note('neighbour-sends-dma', { ...sent, port: request.sender });
  else recorder.note(request.kind === 'dma' ? 'device-sends-dma' : 'device-sends-interrupt', sent);
  if (request.source !== own) recorder.note('device-claims-source', { expectedSource: own });
}
