import { valueOr } from '../../machine/fact.ts';
import type { PciAddress } from '../../machine/address.ts';
import { namesEveryMember } from '../../machine/group-source.ts';
import type { Group, Machine } from '../../machine/machine.ts';
import type { PciFunction } from '../../machine/pci-function.ts';
import type { Candidate } from '../candidate.ts';
import { deviceName } from '../../machine/device-name.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Finding, Values } from '../finding.ts';
import { foretold } from '../foretold.ts';
import { indexFunctions, type FunctionIndex } from '../functions.ts';
import { isIntegrated } from '../integrated.ts';
import { iommuState } from '../iommu-state.ts';
import { finding, type Found } from '../situations.ts';

/** PCI-to-PCI bridges (class 0604h) may keep pcieport; an ISA bridge has a driver of its own kind. */
const pciBridge = 0x0604;

/**
 * Drivers of the board inside the group that would have to let go: the kernel hands a group over only when every driver
 * in it agrees (drivers/iommu/iommu.c, iommu_group_claim_dma_owner).
 */
function platformDrivers(members: readonly PciFunction[]): string[] {
  return members.flatMap((fn) => {
    const code = valueOr(fn.classCode, 0);
    const driver = valueOr(fn.driver, null);
    return code >> 16 === 0x06 && code >> 8 !== pciBridge && driver !== null ? [`${driver} (${fn.address})`] : [];
  });
}

/** `group 7`, or `groups 7 and 8` where another function of the card lies in a further one. */
function groupsOf(addresses: readonly PciAddress[], index: FunctionIndex): string[] {
  const ids = new Set(addresses.flatMap((address) => index.groupOf?.get(address)?.id ?? []));
  return [...ids].sort((a, b) => a - b).map(String);
}

/** Several that a person could give, in one group: said once for them all. */
function asOne(machine: Machine, group: Group, together: readonly Candidate[]): Finding {
  const index = indexFunctions(machine);
  const movable = together.some(({ address }) => {
    const fn = index.byAddress.get(address);
    return fn !== undefined && !isIntegrated(fn, index);
  });
  return finding('group-viable', 'together', {
    subject: `group ${group.id}`,
    values: { devices: together.map(({ address, name }) => `${name} (${address})`), group: group.id },
    evidence: [evidenceOf('group-members', machine.groups, group.devices.join(' '))],
    remedies: movable ? [{ code: 'one-into-another-slot', values: {} }] : [],
  });
}

/** A function that is given, or could be. */
interface Named {
  readonly address: PciAddress;
  readonly name: string;
}

function withoutGroup({ address, name }: Named): Finding {
  const where = `/sys/bus/pci/devices/${address}/iommu_group`;
  return finding('group-viable', 'no-group', {
    subject: address,
    values: { device: name, address },
    evidence: [evidence('no-group', where, null)],
  });
}

/** What the board carries has no other slot. */
function elsewhere({ address, name }: Named, index: FunctionIndex): NonNullable<Found['remedies']> {
  const fn = index.byAddress.get(address);
  return fn !== undefined && isIntegrated(fn, index)
    ? []
    : [{ code: 'another-slot', values: { device: name, address } }];
}

/** Null where no driver of the board is in the group. */
function heldByBoard(machine: Machine, named: Named, group: Group): Finding | null {
  const index = indexFunctions(machine);
  const drivers = platformDrivers(group.devices.flatMap((address) => index.byAddress.get(address) ?? []));
  if (drivers.length === 0) return null;
  return finding('group-viable', 'platform-driver', {
    subject: `group ${group.id}`,
    values: { device: named.name, address: named.address, group: group.id, drivers },
    evidence: [
      evidenceOf('group-members', machine.groups, group.devices.join(' ')),
      ...drivers.map((driver) => evidence('driver', machine.groups.where, driver)),
    ],
    remedies: [{ code: 'unbind-platform-driver', values: { drivers } }, ...elsewhere(named, index)],
  });
}

/** Null where the first candidate of the group speaks for this one. */
function judge(machine: Machine, candidate: Candidate, all: readonly Candidate[]): Finding | null {
  const code = 'group-viable';
  const index = indexFunctions(machine);
  const group = index.groupOf?.get(candidate.address);
  if (group === undefined) return namesEveryMember(machine) ? withoutGroup(candidate) : null;
  const subject = `group ${group.id}`;
  const members = group.devices.flatMap((address) => index.byAddress.get(address) ?? []);
  const proof = [evidenceOf('group-members', machine.groups, group.devices.join(' '))];
  const values: Values = { device: candidate.name, address: candidate.address, group: group.id };
  const system = candidate.losses.find(({ guard, address }) => guard === 'refuse' && address !== candidate.address);
  if (system !== undefined) {
    return finding(code, candidate.kind === 'gpu' ? 'system-disk' : 'system-disk-aside', {
      subject,
      values: { ...values, disk: system.name, mounts: system.values['mounts'] ?? [] },
      evidence: [...proof, ...system.evidence],
      remedies: elsewhere(candidate, index),
    });
  }
  const held = heldByBoard(machine, candidate, group);
  if (held !== null) return held;
  if (candidate.alone !== true) {
    const together = all.filter(({ address }) => index.groupOf?.get(address) === group);
    if (together.length > 1) return together[0] === candidate ? asOne(machine, group, together) : null;
    const others = candidate.comesAlong.filter(({ reason }) => reason === 'same-group');
    const names = others.map(({ address, name }) => `${name} (${address})`);
    return finding(code, 'shared', {
      subject,
      values: {
        ...values,
        others: names,
        groups: groupsOf(
          others.map(({ address }) => address),
          index,
        ),
      },
      evidence: proof,
      remedies: [{ code: 'give-together', values: { others: names } }, ...elsewhere(candidate, index)],
    });
  }
  const ports = members.filter((fn) => fn.header === 'bridge').map((fn) => deviceName(fn));
  return finding(code, 'alone', { subject, values: { ...values, ports }, evidence: proof });
}

/** Can each candidate leave without taking along what the host needs? A finding for each, or one that nobody can know. */
export function groupViable(machine: Machine, candidates: readonly Candidate[]): Finding[] {
  if (machine.groups.known && iommuState(machine) === 'on')
    return candidates.flatMap((candidate) => judge(machine, candidate, candidates) ?? []);
  const later = foretold(machine);
  if (later?.groups.known === true) {
    const values = {
      choices: candidates.length,
      alone: candidates.filter(({ alone }) => alone === true).length,
      functions: machine.functions.length,
    };
    return [
      finding('group-viable', 'foretold', {
        values,
        evidence: [evidenceOf('groups-to-come', later.groups, null)],
      }),
    ];
  }
  return [finding('group-viable', 'unknown', { evidence: [evidence('not-told', machine.groups.where, null)] })];
}

/**
 * What the kernel's groups keep from a guest, of all that is given with a plan: a function in none is never handed over, and
 * a group waits while a driver of the board is bound in it. Once a group; nothing where the groups are not the kernel's own.
 */
export function groupsKeep(machine: Machine, given: readonly Named[]): Finding[] {
  const { groupOf } = indexFunctions(machine);
  if (!machine.groups.known || groupOf === null || iommuState(machine) !== 'on') return [];
  const said = new Set<Group>();
  return given.flatMap((named) => {
    const group = groupOf.get(named.address);
    if (group === undefined) return namesEveryMember(machine) ? [withoutGroup(named)] : [];
    if (said.has(group)) return [];
    said.add(group);
    return heldByBoard(machine, named, group) ?? [];
  });
}
