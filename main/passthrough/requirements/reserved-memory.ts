import type { PciAddress } from '../../machine/address.ts';
import { valueOr } from '../../machine/fact.ts';
import { relaxable } from '../../machine/firmware-table/reserved-ranges.ts';
import type { Machine } from '../../machine/machine.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Evidence, Finding } from '../finding.ts';
import { indexFunctions } from '../functions.ts';
import { iommuVendor } from '../iommu-state.ts';
import { mappingRefusal } from '../mapping-refusal.ts';
import { finding, type RemedyCode } from '../situations.ts';

/** What a person gives, and what crosses over with it. */
export interface Handed {
  readonly address: PciAddress;
  readonly name: string;
  readonly comesAlong: readonly { readonly address: PciAddress }[];
}

interface Held {
  readonly range: string;
  readonly device: PciAddress;
  readonly proof: Evidence;
}

const membersOf = (handed: Handed): PciAddress[] => [
  handed.address,
  ...handed.comesAlong.map(({ address }) => address),
];

/**
 * What the kernel itself says of the groups; null where it has not been asked. Every group on x86 has a range at least, that of
 * its interrupts, so that a group without any is one whose list the source does not hold.
 */
function heldByKernel(machine: Machine, handed: Handed): Held[] | null {
  const { groupOf } = indexFunctions(machine);
  const groups = new Set(membersOf(handed).flatMap((address) => groupOf?.get(address) ?? []));
  const told = [...groups].filter(({ reserved }) => reserved.length > 0);
  if (told.length === 0) return null;
  return told.flatMap((group) =>
    group.reserved
      .filter(({ kind }) => kind === 'direct')
      .map(({ start, end, kind }) => {
        const range = `${plain(start)}-${plain(end)}`;
        // The kernel tells the group's ranges; whose of the group each is, the table tells.
        const device = heldByTable(machine, handed).find((each) => each.range === range)?.device;
        const where = `/sys/kernel/iommu_groups/${group.id}/reserved_regions`;
        return {
          range,
          device: device ?? group.devices[0] ?? handed.address,
          proof: evidence('reserved-range', where, `${start} ${end} ${kind}`),
        };
      }),
  );
}

/** Somebody has told which memory is kept for what crosses over: the kernel, or the firmware's table. */
export const rangesTold = (machine: Machine, handed: Handed): boolean =>
  machine.firmware.remapping.known || heldByKernel(machine, handed) !== null;

const plain = (hex: string): string => (/^0x[0-9a-f]{1,16}$/i.test(hex) ? `0x${BigInt(hex).toString(16)}` : hex);

/** What the firmware's table says of all that crosses over: the kernel hands groups over whole. */
function heldByTable(machine: Machine, handed: Handed): Held[] {
  const { remapping } = machine.firmware;
  const members = new Set(membersOf(handed));
  if (!remapping.known || remapping.value === null) return heldByWindows(machine, members);
  return remapping.value.reserved.flatMap(({ start, end, devices }) => {
    const range = `${start}-${end}`;
    const held = devices.find(({ address, kind }) => kind === 'direct' && members.has(address));
    return held ? [{ range, device: held.address, proof: evidenceOf('reserved-range', remapping, range) }] : [];
  });
}

/** Without the table there may still be Windows' own word of it, which names no range; what Linux lets go, it lets go here too. */
const heldByWindows = (machine: Machine, members: ReadonlySet<PciAddress>): Held[] =>
  machine.functions
    .filter(({ address, reservedMemory: reserved }) => reserved === true && members.has(address))
    .filter(({ classCode }) => iommuVendor(machine) !== 'intel' || !relaxable({ classCode: valueOr(classCode, 0) }))
    .map(({ address }) => ({
      range: 'where, Windows does not tell',
      device: address,
      proof: evidence('reserved-range', `DEVPKEY_PciDevice_RequiresReservedMemoryRegion, ${address}`, 'True'),
    }));

function remediesOf(machine: Machine): RemedyCode[] {
  const table = valueOr(machine.firmware.remapping, null)?.table ?? 'DMAR';
  if (table === 'IVRS') return ['firmware-dma-protection', 'firmware-update'];
  const vendor = valueOr(machine.board.systemVendor, '');
  return /^(?:HPE?|Hewlett[- ]Packard)\b/i.test(vendor)
    ? ['exclude-slot', 'firmware-reserved-memory', 'firmware-update']
    : ['firmware-reserved-memory', 'firmware-update'];
}

/**
 * Memory that the firmware wants to stay mapped for a device (RMRR, IVMD): the kernel then refuses to hand it over, the whole
 * group with it. One finding for each that is handed over, where there is such memory. Certain, so that it blocks, where this
 * kernel has told the range itself and is known to refuse; by the table alone it is foretold.
 */
export const reservedMemory = (machine: Machine, handed: readonly Handed[]): Finding[] =>
  handed.flatMap((each) => {
    const byKernel = heldByKernel(machine, each);
    const held = byKernel ?? heldByTable(machine, each);
    if (held.length === 0) return [];
    const { refuses, message } = mappingRefusal(machine);
    const situation =
      refuses === false ? 'kept-from-guest' : refuses === true && byKernel !== null ? 'must-stay-mapped' : 'foretold';
    return [
      finding('reserved-memory', situation, {
        subject: each.address,
        values: {
          device: each.name,
          address: each.address,
          ranges: [...new Set(held.map(({ range }) => range))],
          holders: [...new Set(held.map(({ device }) => device))],
          message,
        },
        evidence: [
          ...held.slice(0, 8).map(({ proof }) => proof),
          evidenceOf('kernel-release', machine.kernel.release, valueOr(machine.kernel.release, null)),
        ],
        remedies: remediesOf(machine).map((code) => ({ code })),
      }),
    ];
  });
