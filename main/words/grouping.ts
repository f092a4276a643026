import type { Explanation, Groups, GroupWithJoins, WayOut } from '../contract/groups.ts';
import { shortAddress, type PciAddress } from '../machine/address.ts';
import type { Assumption } from '../machine/grouping/assumptions.ts';
import type { JoinRule } from '../machine/grouping/join.ts';
import type { Machine } from '../machine/machine.ts';
import { printable } from './fill-in.ts';

/** A long list names the first few. */
const some = (addresses: readonly PciAddress[]): string => {
  const shown = addresses.slice(0, 8).map(shortAddress).join(' ');
  return addresses.length > 8 ? `${shown} and ${addresses.length - 8} more` : shown;
};

/** What a prediction had to take for granted. */
export function assumptionWords(assumption: Assumption): string {
  switch (assumption.code) {
    case 'no-table':
      return assumption.rootBuses.length === 0
        ? 'The source has no DMAR or IVRS table: every function is taken to be behind an IOMMU.'
        : `The source has no DMAR or IVRS table: every function is taken to be behind an IOMMU, also those on and below bus ${assumption.rootBuses.join(', ')}, which the firmware may leave out.`;
    case 'acs-hidden':
      return `ACS is not shown for ${some(assumption.devices)} (lspci -vvv as root would): taken as missing, so that groups come out larger rather than smaller.`;
    case 'type-hidden':
      return `The PCI Express type is not shown for ${some(assumption.devices)} (lspci -vvv as root would): guessed from the place in the tree.`;
    case 'tree-hidden':
      return `The bus numbers behind ${some(assumption.devices)} are not shown (lspci -v would): what sits below them is not known.`;
    case 'ids-ambiguous':
      return `The names of ${some(assumption.devices)} stand for several devices that would decide differently (lspci -nn would tell): the first was taken.`;
    case 'ids-unknown':
      return `The ids of ${some(assumption.devices)} are not known (lspci -nn would tell): exceptions for single devices could not be looked up.`;
    case 'vmd-order':
      return `VMD domains are taken to belong to the VMD controllers in order (${some(assumption.devices)}).`;
    case 'override-patch':
      return 'pcie_acs_override= works only in a kernel with that patch, and switches no protection on: it lets Linux believe in one.';
    case 'config-firmware':
      return 'Bits written x in config_acs are taken as Linux sets them; newer kernels leave them as the firmware set them.';
    case 'moved-integrated':
      return `${some([assumption.device])} sits on a root bus, so it may be part of the board and not a card that can move.`;
    case 'other-architecture':
      return 'This is no x86 machine. Its architecture has rules of its own for groups, which are not followed here.';
    case 'no-functions':
      return 'The source shows no PCI function with its properties, so that nothing could be predicted.';
  }
}

const bits = (missing: readonly string[] | undefined): string => (missing ?? []).join(' ');

/** Why members of a group cannot be apart, by rule. */
const ruleWords = {
  'no-acs': (port) => `${port} has no ACS, so that what is below it can reach its neighbours past the IOMMU`,
  'acs-bits': (port, missing) => `${port} has ACS with ${missing} switched off`,
  multifunction: (port) => `functions of one device are not kept apart from ${port}`,
  alias: (port) => `it uses the requester id of ${port} as well`,
  'pci-bridge': (port) => `${port} leads to conventional PCI, where it answers for all devices below`,
  quirk: (port) => `Linux lists ${port} as not isolating`,
  vmd: (port) => `behind Intel VMD all devices use the requester id of ${port}`,
} as const satisfies Record<JoinRule, (port: string, missing: string) => string>;

export const joinWords = ({ rule, port, missing }: GroupWithJoins['joinedBy'][number]): string =>
  ruleWords[rule](port === null ? 'a device that the source does not show' : shortAddress(port), bits(missing));

/** The same for the whole of a group: the ports of one rule in one sentence. */
const togetherSentences = {
  'no-acs': (ports) => `No ACS at ${ports}: what is below can reach its neighbours past the IOMMU.`,
  'acs-bits': (ports, missing) => `ACS has ${missing} switched off at ${ports}.`,
  multifunction: (ports) => `Functions of one device are not kept apart from ${ports}.`,
  alias: (ports) => `Requests go under the id of ${ports} as well.`,
  'pci-bridge': (ports) => `Conventional PCI begins at ${ports}, which answers for all devices below.`,
  quirk: (ports) => `Linux lists ${ports} as not isolating.`,
  vmd: (ports) => `Behind Intel VMD all devices use the requester id of ${ports}.`,
} as const satisfies Record<JoinRule, (ports: string, missing: string) => string>;

/** Why a group is together, one sentence a rule, in the order in which the rules first join somebody. */
export function togetherWords(joins: GroupWithJoins['joinedBy']): readonly string[] {
  const kinds = new Map<string, GroupWithJoins['joinedBy']>();
  for (const join of joins) {
    const kind = `${join.rule} ${bits(join.missing)}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), join]);
  }
  return [...kinds.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const ports = alike.flatMap(({ port }) => port ?? []);
    return [
      togetherSentences[first.rule](
        ports.length === 0 ? 'a device that the source does not show' : some(ports),
        bits(first.missing),
      ),
    ];
  });
}

const wayWords = {
  slot: (text, holds) =>
    `in the slot of port ${shortAddress(text as PciAddress)}${holds.length === 0 ? '' : `, in exchange for ${some(holds)}`}`,
  config: (text) => `with pci=config_acs=${text} (Linux 6.11 or later; the port has these bits)`,
  override: (text) => `with pcie_acs_override=${text} (patched kernels only)`,
} as const satisfies Record<WayOut['kind'], (text: string, holds: readonly PciAddress[]) => string>;

/** `slotwise explain` for people. */
export function explanationText(explanation: Explanation, machine: Machine): string {
  const { group, source, about, waysOut, predicted, assumed } = explanation;
  const names = new Map(machine.functions.map((fn) => [fn.address, fn.names.device ?? fn.names.class ?? '']));
  const member = (address: PciAddress): string => `  ${shortAddress(address)}  ${names.get(address) ?? ''}`;
  const lines = [
    `Group ${group.id} (${source === 'read' ? 'read from the kernel' : 'predicted'})`,
    ...group.devices.map(member),
    '',
  ];
  if (group.devices.length === 1) lines.push('It is alone: everything on its way to the root keeps it apart.');
  else if (group.joinedBy.length === 0) lines.push('Why they are together is not known from this source.');
  else lines.push('They are together because:', ...group.joinedBy.map((join) => `  ${joinWords(join)}.`));
  if (predicted) {
    lines.push('', 'By what the source shows, Linux would group them otherwise:');
    lines.push(...predicted.map(({ devices }) => `  ${devices.map(shortAddress).join(' ')}`));
  }
  if (waysOut.length > 0) {
    lines.push('', `What would change the group of ${shortAddress(about)}:`);
    for (const { kind, text, devices } of waysOut) {
      const holds = machine.functions.filter(({ parent }) => parent === text).map(({ address }) => address);
      lines.push(`  ${wayWords[kind](text, holds)}: ${devices.map(shortAddress).join(' ')}`);
    }
  }
  if (waysOut.some(({ kind }) => kind === 'override')) {
    lines.push(
      '',
      `The override protects nothing: ${group.devices.map(shortAddress).join(' ')} could still reach each other's memory past the IOMMU, a guest's device among them.`,
    );
  }
  if (assumed) lines.push('', 'Taken for granted:', ...assumed.map((sentence) => `  ${sentence}`));
  return [...lines, ''].map(printable).join('\n');
}

/** `slotwise groups` for people, where the groups were predicted: each with its members and why they are together. */
export function predictedText({ groups, assumed }: Groups, machine: Machine): string {
  const names = new Map(machine.functions.map((fn) => [fn.address, fn.names.device ?? fn.names.class ?? '']));
  const members = new Set(groups.flatMap(({ devices }) => devices));
  const left = machine.functions.filter((fn) => !members.has(fn.address));
  const lines = [`${members.size} functions in ${groups.length} groups, predicted by the kernel's rule`];
  const member = (address: PciAddress): string => `  ${shortAddress(address)}  ${names.get(address) ?? ''}`;
  for (const { id, devices, joinedBy } of groups) {
    lines.push('', `Group ${id}`, ...devices.map(member), ...joinedBy.map((join) => `    ${joinWords(join)}`));
  }
  if (left.length > 0) lines.push('', 'In no group', ...left.map((fn) => member(fn.address)));
  if (assumed) lines.push('', 'Taken for granted:', ...assumed.map((sentence) => `  ${sentence}`));
  return [...lines, ''].map(printable).join('\n');
}
