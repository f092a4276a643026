import { compareAddresses, slotOf } from '../machine/address.ts';
import { deviceName } from '../machine/device-name.ts';
import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction } from '../machine/pci-function.ts';
import type { Candidate, candidateKinds } from './candidate.ts';
import { comesAlong } from './comes-along.ts';
import { foretold } from './foretold.ts';
import { indexFunctions, type FunctionIndex } from './functions.ts';
import { isIntegrated } from './integrated.ts';
import { losses } from './losses.ts';
import { roleOf } from './role.ts';

type Kind = (typeof candidateKinds)[number];

/** In the order in which people want them; also which function names a slot of several. */
const wanted: readonly Kind[] = ['gpu', 'usb', 'network', 'storage', 'accelerator', 'sound', 'other'];

/**
 * Graphics of a server's management controller: ASPEED 1a03:2000, Matrox G200 of 102b. It is how the server is looked
 * after from afar and of no use in a guest (names: pci.ids).
 */
function managesServer(fn: PciFunction): boolean {
  const ids = valueOr(fn.ids, null);
  if (ids === null || roleOf(fn) !== 'gpu') return false;
  return ids.vendor === 0x1a03 || (ids.vendor === 0x102b && ids.device >= 0x0520 && ids.device <= 0x053f);
}

function kindOf(fn: PciFunction): Kind | null {
  const role = roleOf(fn);
  if (managesServer(fn) || role === 'platform' || role === 'bridge' || role === 'iommu' || role === 'unknown')
    return null;
  return role;
}

/** Sound, USB and the rest of a graphics card come along with it and are no choice of their own. */
function isChoice(fn: PciFunction, kind: Kind, index: FunctionIndex): boolean {
  if (fn.physicalFunction !== null) return true;
  const peers = (index.bySlot.get(slotOf(fn.address)) ?? []).filter((peer) => peer.physicalFunction === null);
  return !peers.some((peer) => {
    const other = kindOf(peer);
    if (other === null || peer === fn) return false;
    if (other === 'gpu') return kind !== 'gpu' || compareAddresses(peer.address, fn.address) < 0;
    return other === kind && compareAddresses(peer.address, fn.address) < 0;
  });
}

/**
 * What a person could give, one entry a card (a function of several kinds in one slot of the chipset is an entry each),
 * graphics cards first and of these the ones in a slot. Where the kernel has made no groups yet, with those that it will
 * make.
 */
export function candidates(asRead: Machine): readonly Candidate[] {
  const made = found.get(asRead) ?? find(asRead);
  found.set(asRead, made);
  return made;
}

/** Asked for by every finding and by the answer; a machine is never changed. */
const found = new WeakMap<Machine, readonly Candidate[]>();

function find(asRead: Machine): Candidate[] {
  const later = foretold(asRead);
  const machine = later ?? asRead;
  const grouping = later !== null ? 'predicted' : machine.groups.known ? 'read' : null;
  const index = indexFunctions(machine);
  const choices = machine.functions.flatMap((fn) => {
    const kind = kindOf(fn);
    return kind !== null && isChoice(fn, kind, index) ? [{ fn, kind }] : [];
  });
  const rank = ({ fn, kind }: (typeof choices)[number]): number =>
    wanted.indexOf(kind) * 4 + (isIntegrated(fn, index) ? 2 : 0) + (valueOr(fn.bootVga, false) ? 1 : 0);
  choices.sort((a, b) => rank(a) - rank(b) || compareAddresses(a.fn.address, b.fn.address));

  return choices.map(({ fn, kind }) => {
    const crossings = comesAlong(machine, [fn.address]);
    const others = crossings.filter(({ address }) => address !== fn.address);
    return {
      address: fn.address,
      kind,
      name: deviceName(fn),
      comesAlong: others.flatMap(({ address, reason }) => {
        const other = index.byAddress.get(address);
        return other === undefined || reason === 'chosen' ? [] : [{ address, name: deviceName(other), reason }];
      }),
      group: index.groupOf?.get(fn.address)?.id ?? null,
      alone: index.groupOf === null ? null : others.every(({ reason }) => reason === 'same-slot'),
      grouping,
      driver: valueOr(fn.driver, null),
      losses: [...losses(machine, crossings).losses],
    };
  });
}
