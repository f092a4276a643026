import type { PciAddress } from '../../machine/address.ts';
import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Candidate } from '../candidate.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Evidence, Finding } from '../finding.ts';
import { indexFunctions } from '../functions.ts';
import { finding } from '../situations.ts';

/** What the kernel writes when it refuses; the second one since 6.6 ("iommu: Prevent RESV_DIRECT devices from blocking domains"). */
const refusals = {
  older: 'Device is ineligible for IOMMU domain attach due to platform RMRR requirement',
  newer: 'Firmware has requested this device have a 1:1 IOMMU mapping',
} as const;

function refusal(machine: Machine): string {
  const [major = 7, minor = 0] = valueOr(machine.kernel.release, '7.0').split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 6) ? refusals.newer : refusals.older;
}

interface Held {
  readonly range: string;
  readonly device: PciAddress;
  readonly proof: Evidence;
}

/** What the kernel itself says of the group, where it has made groups. */
function heldByKernel(machine: Machine, candidate: Candidate): Held[] | null {
  if (!machine.groups.known) return null;
  const group = indexFunctions(machine).groupOf?.get(candidate.address);
  if (!group) return null;
  const where = `/sys/kernel/iommu_groups/${group.id}/reserved_regions`;
  return group.reserved
    .filter(({ kind }) => kind === 'direct')
    .map(({ start, end, kind }) => {
      const range = `${plain(start)}-${plain(end)}`;
      // The kernel tells the group's ranges; whose of the group each is, the table tells.
      const device = heldByTable(machine, candidate).find((each) => each.range === range)?.device;
      return {
        range,
        device: device ?? candidate.address,
        proof: evidence('reserved-range', where, `${start} ${end} ${kind}`),
      };
    });
}

const plain = (hex: string): string => (/^0x[0-9a-f]{1,16}$/i.test(hex) ? `0x${BigInt(hex).toString(16)}` : hex);

/** What the firmware's table says of the candidate and of all that crosses over with it: the kernel hands groups over whole. */
function heldByTable(machine: Machine, candidate: Candidate): Held[] {
  const { remapping } = machine.firmware;
  const members = new Set([candidate.address, ...candidate.comesAlong.map(({ address }) => address)]);
  return (valueOr(remapping, null)?.reserved ?? []).flatMap(({ start, end, devices }) => {
    const range = `${start}-${end}`;
    const held = devices.find(({ address, kind }) => kind === 'direct' && members.has(address));
    return held ? [{ range, device: held.address, proof: evidenceOf('reserved-range', remapping, range) }] : [];
  });
}

/**
 * Memory that the firmware wants to stay mapped for a device (RMRR, IVMD): the kernel then refuses to hand it over, the whole
 * group with it (drivers/iommu/iommu.c __iommu_device_set_domain). One finding a candidate, where there is such memory.
 */
export const reservedMemory = (machine: Machine, candidates: readonly Candidate[]): Finding[] =>
  candidates.flatMap((candidate) => {
    // Where the kernel has said nothing of ranges, the firmware's table still foretells them.
    const byKernel = heldByKernel(machine, candidate) ?? [];
    const held = byKernel.length > 0 ? byKernel : heldByTable(machine, candidate);
    if (held.length === 0) return [];
    const table = valueOr(machine.firmware.remapping, null)?.table ?? 'DMAR';
    return [
      finding('reserved-memory', 'must-stay-mapped', {
        subject: candidate.address,
        values: {
          device: candidate.name,
          address: candidate.address,
          ranges: [...new Set(held.map(({ range }) => range))],
          holders: [...new Set(held.map(({ device }) => device))],
          message: refusal(machine),
        },
        evidence: held.slice(0, 8).map(({ proof }) => proof),
        remedies: [
          { code: table === 'IVRS' ? 'firmware-dma-protection' : 'firmware-reserved-memory' },
          { code: 'firmware-update' },
        ],
      }),
    ];
  });
