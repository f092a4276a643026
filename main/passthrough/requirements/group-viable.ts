import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import type { PciFunction } from '../../machine/pci-function.ts';
import type { Candidate } from '../candidate.ts';
import { deviceName } from '../../machine/device-name.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Finding, Values } from '../finding.ts';
import { foretold } from '../foretold.ts';
import { indexFunctions } from '../functions.ts';
import { iommuState } from '../iommu-state.ts';
import { finding } from '../situations.ts';

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

function judge(machine: Machine, candidate: Candidate): Finding {
  const code = 'group-viable';
  const index = indexFunctions(machine);
  const group = index.groupOf?.get(candidate.address);
  const named: Values = { device: candidate.name, address: candidate.address };
  if (group === undefined) {
    const where = `/sys/bus/pci/devices/${candidate.address}/iommu_group`;
    return finding(code, 'no-group', {
      subject: candidate.address,
      values: named,
      evidence: [evidence('no-group', where, null)],
    });
  }
  const subject = `group ${group.id}`;
  const members = group.devices.flatMap((address) => index.byAddress.get(address) ?? []);
  const proof = [evidenceOf('group-members', machine.groups, group.devices.join(' '))];
  const values: Values = { ...named, group: group.id };
  const system = candidate.losses.find(({ guard, address }) => guard === 'refuse' && address !== candidate.address);
  if (system !== undefined) {
    return finding(code, candidate.kind === 'gpu' ? 'system-disk' : 'system-disk-aside', {
      subject,
      values: { ...values, disk: system.name, mounts: system.values['mounts'] ?? [] },
      evidence: [...proof, ...system.evidence],
      remedies: [{ code: 'another-slot', values: named }],
    });
  }
  const drivers = platformDrivers(members);
  if (drivers.length > 0) {
    return finding(code, 'platform-driver', {
      subject,
      values: { ...values, drivers },
      evidence: [...proof, ...drivers.map((driver) => evidence('driver', machine.groups.where, driver))],
      remedies: [
        { code: 'unbind-platform-driver', values: { drivers } },
        { code: 'another-slot', values: named },
      ],
    });
  }
  if (candidate.alone !== true) {
    const others = candidate.comesAlong.filter(({ reason }) => reason === 'same-group');
    const names = others.map(({ address, name }) => `${name} (${address})`);
    return finding(code, 'shared', {
      subject,
      values: { ...values, others: names },
      evidence: proof,
      remedies: [
        { code: 'give-together', values: { others: names } },
        { code: 'another-slot', values: named },
      ],
    });
  }
  const ports = members.filter((fn) => fn.header === 'bridge').map((fn) => deviceName(fn));
  return finding(code, 'alone', { subject, values: { ...values, ports }, evidence: proof });
}

/** Can each candidate leave without taking along what the host needs? One finding a candidate, or one that nobody can know. */
export function groupViable(machine: Machine, candidates: readonly Candidate[]): Finding[] {
  if (machine.groups.known && iommuState(machine) === 'on')
    return candidates.map((candidate) => judge(machine, candidate));
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
