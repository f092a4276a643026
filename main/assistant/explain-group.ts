import type { Explanation, GroupWithJoins } from '../contract/groups.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import { parseAddress } from '../machine/address.ts';
import { predictGroups } from '../machine/grouping/predict-groups.ts';
import { waysOut } from '../machine/grouping/ways-out.ts';
import type { Machine } from '../machine/machine.ts';
import { assumedIn, listGroups } from './list-groups.ts';

/** Why one group is what it is: the group of an address, or the one with a number, read where the source has them. */
export function explainGroup(machine: Machine, of: string): Reply<Explanation> {
  const listed = listGroups(machine, {});
  if (!listed.ok) return listed;
  const { source, groups, predicted } = listed.value;
  const address = parseAddress(of);
  const number = /^\d{1,6}$/.test(of) ? Number(of) : null;
  if (address && !machine.functions.some((fn) => fn.address === address)) return refuse('no-such-device', of);
  const group = groups.find(({ id, devices }) => (address ? devices.includes(address) : id === number));
  const about = address ?? group?.devices[0];
  if (!group || !about) return refuse('no-such-group', of, address ? 'this function is in no group' : undefined);
  const shares = ({ devices }: GroupWithJoins): boolean => devices.some((device) => group.devices.includes(device));
  const others = (predicted ?? []).filter(shares);
  return fine({
    source,
    group,
    ...(others.length === 0 ? {} : { predicted: others }),
    about,
    waysOut: waysOut(machine, about).map((way) => ({ ...way, devices: [...way.devices] })),
    ...assumedIn(predictGroups(machine)),
  });
}
