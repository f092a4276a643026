import type { Groups } from '../contract/groups.ts';
import { kernelRule, type JoinRule } from '../machine/grouping/join.ts';
import type { Need } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction, PortType } from '../machine/pci-function.ts';

const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;
const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

/** The groups place: bar, tree, table and the states around them. */
export const groupsWords = {
  title: 'Groups',
  read: (functions: number, groups: number): string =>
    `${count(functions, 'function')} in ${count(groups, 'group')}, read from the kernel`,
  /** where predicted groups come from, as evidence */
  rule: kernelRule,
  viewsAs: 'Which groups to show',
  views: { read: 'Read', predicted: 'Predicted', moved: 'If moved', acs: 'With override' },
  predicted: (functions: number, groups: number): string =>
    `${count(functions, 'function')} in ${count(groups, 'group')}, predicted by the kernel’s rule`,
  move: {
    card: 'Move',
    port: 'to the slot of',
    empty: 'empty',
    holds: (names: readonly string[]): string => `in exchange for ${listed(names)}`,
    choose: 'Choose a slot',
    chooseCard: 'Choose a card',
    none: 'The source shows no slot that this card could go to.',
  },
  acs: {
    mode: 'Mode of the override',
    modes: { downstream: 'downstream', multifunction: 'multifunction', 'downstream,multifunction': 'both' },
    config: (text: string): string => `pci=config_acs=${text}`,
    override: (mode: string): string => `pcie_acs_override=${mode}`,
    risk: 'The override protects nothing: the kernel then believes in separation that the ports do not keep, so a guest’s device may still reach what was in its group. Works in patched kernels only.',
    configAbout: 'Linux 6.11 and later switch these bits of the port on, which it has; the separation is real.',
  },
  changed: { moved: 'moved', apart: 'now apart', joined: 'now joined' },
  asking: 'Computing',
  taken: 'Taken for granted',
  readShort: (functions: number, groups: number): string =>
    `${count(functions, 'function')}, ${count(groups, 'group')}`,
  supposedShort: (groups: number, view: 'predicted' | 'moved' | 'acs'): string =>
    `${count(groups, 'group')}, ${{ predicted: 'predicted', moved: 'if moved', acs: 'with override' }[view]}`,
  ungrouped: (functions: number): string => `${count(functions, 'function')}, no groups`,
  tree: 'PCI tree with IOMMU groups',
  table: 'IOMMU groups',
  lookAs: 'Show groups as',
  looks: { tree: 'Tree', table: 'Table' },
  filter: 'Name, address, driver',
  nothingFound: (text: string): string => `Nothing here is called “${text}”.`,
  showAll: 'Show all',
  shown: (some: number, all: number): string => `${some} of ${count(all, 'function')} shown`,
  columns: { root: 'Root port', port: 'Port', switch: 'Switch', function: 'Function', group: 'Group' },
  tableColumns: {
    group: 'Group',
    address: 'Address',
    name: 'Name',
    driver: 'Driver',
    role: 'Role',
    joined: 'Joined by',
  },
  joined: {
    'no-acs': (port) => `${port}: no ACS`,
    'acs-bits': (port, missing) => `${port}: ${missing} off`,
    multifunction: (port) => `one device with ${port}`,
    alias: (port) => `sends as ${port}`,
    'pci-bridge': (port) => `PCI behind ${port}`,
    quirk: (port) => `${port}, by Linux’s list`,
    vmd: (port) => `Intel VMD ${port}`,
  } as const satisfies Record<JoinRule, (port: string, missing: string) => string>,
  notShown: 'not shown',
  whyTogether: 'Why they are together',
  differs: (groups: readonly number[]): string =>
    `Linux made ${groups.length === 1 ? `group ${groups[0] ?? ''}` : `groups ${groups.join(', ')}`} otherwise than its rule gives from what this source shows.`,
  legend: {
    port: 'Port with ACS bits SV RR CR UF: on, hard-wired, or (hollow) no ACS',
    outline: 'Outline: one group',
    supposed: 'Dashed: one group, predicted',
  },
  group: (id: number): string => `group ${id}`,
  groupTitle: (id: number): string => `Group ${id}`,
  withSystemDisk: (functions: number): string => `${count(functions, 'function')} with your system disk`,
  noGroup: 'no group',
  empty: 'empty',
  emptyPorts: (many: number): string => count(many, 'empty port'),
  hostBridges: 'Host bridges',
  more: (many: number): string => `${many} more`,
  moreWhy: 'each alone in its group, none that one would give',
  folded: (functions: number, ports: number): string =>
    listed([...(functions > 0 ? [count(functions, 'function')] : []), ...(ports > 0 ? [count(ports, 'port')] : [])]),
  foldedCards: (cards: number, functions: number, ports: number): string =>
    [
      count(cards, 'more card', 'more cards'),
      ...(functions > 0 ? [count(functions, 'function')] : []),
      ...(ports > 0 ? [count(ports, 'port')] : []),
    ].join(', '),
  unit: 'IOMMU',
  root: (bus: string): string => `PCI bus ${bus}`,
  rootCounts: (functions: number, groups: number | null): string =>
    groups === null ? count(functions, 'function') : `${count(functions, 'function')}, ${count(groups, 'group')}`,
  rootAbout: { board: 'parts of the CPU itself', chipset: 'with the chipset', ports: 'PCI Express ports' },
  audio: 'its HDMI audio',
  audioShort: 'its audio',
  join: {
    here: (missing: readonly string[]): string => `joins here: no ACS, ${missing.join(' ')} missing`,
    hereShort: 'joins here: no ACS',
    hereOff: (missing: readonly string[]): string => `joins here: ${missing.join(' ')} switched off`,
    noAcs: 'no ACS',
    off: (missing: readonly string[]): string => `${missing.join(' ')} off`,
    fullAcs: 'full ACS',
    group: (id: number | null): string => (id === null ? 'no group' : `group ${id}`),
  },
  duty: {
    'system-disk': (mount: string, device: string): string => `${mount} on ${device}`,
    mount: (mount: string): string => mount,
    network: 'your network',
    'boot-display': 'boot display',
    keyboard: 'your keyboard',
  },
  spokenAcs: { full: 'full ACS', none: 'no ACS', partial: 'some ACS bits off', unknown: 'ACS not known' },
  spokenDriver: (name: string): string => `driver ${name}`,
  role: {
    gpu: 'graphics',
    sound: 'sound',
    disk: 'disk',
    network: 'network',
    usb: 'USB',
    port: 'port',
    bridge: 'bridge',
    board: 'board',
    unit: 'IOMMU',
    other: 'other',
    unknown: 'not known',
  },
  kind: {
    nvme: 'NVMe',
    disk: 'disk controller',
    network: 'network',
    wireless: 'Wi-Fi',
    gpu: 'graphics',
    sound: 'audio',
    usb: 'USB',
    function: 'function',
  },
  /** Why there are no outlines; the bar says it once. */
  noGroups: {
    'iommu-on': 'The kernel has made no groups: its IOMMU is off. The tree stands without outlines.',
    root: 'Cannot know the groups without root. The tree stands without outlines.',
    'fuller-source': 'This source does not hold the kernel’s groups. The tree stands without outlines.',
    linux: 'Only Linux tells its groups. The tree stands without outlines.',
    administrator: 'Windows tells no groups. The tree stands without outlines.',
    'readable-file': 'The groups could not be read. The tree stands without outlines.',
  } satisfies Record<Need, string>,
  bitsUnread: 'Ports without bars: their ACS bits cannot be read here.',
  reasonsHidden: 'Without root the ports’ ACS bits cannot be read: the groups are known, the reasons are hidden.',
  reasonsMissing: 'This source does not show the ports’ ACS bits: the groups are known, the reasons are hidden.',
} as const;

/** What it would take to know a value. */
export const cannotKnow = {
  root: 'Cannot know without root',
  'fuller-source': 'Not in this source',
  'iommu-on': 'Cannot know while the IOMMU is off',
  linux: 'Only Linux tells this',
  administrator: 'Cannot know without an administrator of Windows',
  'readable-file': 'Could not be read',
} as const satisfies Record<Need, string>;

export const portTypeWords = {
  endpoint: 'endpoint',
  'legacy-endpoint': 'endpoint',
  'root-port': 'CPU root port',
  'upstream-port': 'switch, upstream port',
  'downstream-port': 'switch port',
  'pcie-to-pci-bridge': 'PCIe-to-PCI bridge',
  'pci-to-pcie-bridge': 'PCI-to-PCIe bridge',
  'root-complex-endpoint': 'part of the CPU or chipset',
  'root-complex-event-collector': 'event collector',
} as const satisfies Record<PortType, string>;

/** The inspector of what is selected: consequence first. */
/** What would take a device out of its group. */
export const wayOutWords = {
  title: 'What can be done',
  slot: (port: string): string => `Move the card to the slot of ${port}.`,
  empty: 'empty',
  config: 'Let Linux 6.11 or later switch on what the port has.',
  override: 'Override, in a patched kernel.',
  overrideRisk: 'It protects nothing: a guest’s device may still reach what was in its group.',
  after: (others: number): string =>
    others === 0 ? 'predicted alone' : `predicted with ${count(others, 'other device')}`,
  none: 'Nothing that this source shows would take it out of its group.',
  tryIt: 'Try it',
} as const;

export const inspectorWords = {
  wayUp: (what: 'card' | 'function' | 'port'): string => `Way up from the ${what}`,
  evidence: 'Evidence',
  members: 'What is in it',
  portsStay: (ports: number): string =>
    `${count(ports, 'port')}, which ${ports === 1 ? 'stays' : 'stay'} with the host`,
  and: 'and',
  port: (address: string): string => `Port ${address}`,
  give: 'Choose it',
  walk: 'Show its DMA',
  groupEndsHere: 'the group ends here',
  acs: {
    none: 'no ACS capability',
    full: 'all four bits on or hard-wired',
    partial: (missing: readonly string[]): string => `${missing.join(' ')} switched off`,
    unheard: 'passes on, has no say',
    unknown: 'ACS cannot be read',
  },
  verdict: {
    sharesSystemDisk: (what: string): string => `${what} shares a group with the disk you boot from.`,
    isSystemDisk: 'This is the disk you boot from.',
    groupHasSystemDisk: 'This group holds the disk you boot from.',
    portOfSystemDisk: 'The way to the disk you boot from leads through here.',
    shares: (what: string, others: number): string =>
      `${what} shares a group with ${others === 1 ? 'one other device' : `${others} other devices`}.`,
    alone: (what: string): string => `${what} is alone in its group.`,
    port: 'A port stays with the host.',
    unit: 'This is the IOMMU itself. It stays with the host.',
    quiet: 'Part of the board. Nobody would give it.',
    noGroups: 'Whether it can be given alone cannot be known yet.',
    inNoGroup: 'The kernel put it in no group: it cannot be given.',
    groupAlone: 'This group holds one device.',
    groupOf: (functions: number): string =>
      functions === 1 ? 'One function crosses over.' : `${functions} functions cross over together.`,
  },
  why: {
    whole: (id: number, jobs: readonly string[]): string =>
      jobs.length === 0
        ? `A group is handed over whole: all that is in group ${id} crosses together.`
        : `A group is handed over whole. Giving one of group ${id} means giving all of it: your ${listed(jobs)}.`,
    stops: 'The host would stop the moment the VM starts.',
    inNoGroup: 'The kernel hands over groups, and this function is in none.',
    alone: (id: number): string => `Nothing else crosses over with group ${id}.`,
    cardWhole: (functions: number): string =>
      `Its ${functions} functions are one card and cross over together; nothing else does.`,
    port: 'Ports and bridges only carry what others send; the kernel never hands them over.',
    separates: 'It separates what lies below it: the ACS bits are on or hard-wired.',
    joins: 'It does not separate what lies below it, so the group reaches through.',
    unreadable: 'What it does for separation stands in its ACS bits, and these cannot be read here.',
    unit: 'It translates what devices ask of memory, so it cannot be a guest’s.',
    quiet: 'A guest has no use for it, and the host may need it.',
    noGroups: 'The kernel hands over groups, and this source does not tell them.',
  },
  job: { disk: 'disk', network: 'network', wireless: 'Wi-Fi', usb: 'USB', graphics: 'graphics', keyboard: 'keyboard' },
  subject: {
    graphics: 'Your graphics card',
    sound: 'This sound device',
    disk: 'This disk controller',
    network: 'This network card',
    wireless: 'This Wi-Fi card',
    usb: 'This USB controller',
    other: 'This device',
  },
  claim: {
    members: (functions: number): string => `${count(functions, 'function')} in one group`,
    aloneInGroup: 'Alone in its group',
    groupsWhere: 'Groups',
    mount: (mount: string, device: string): string => `${mount} is on ${device}`,
    route: (name: string): string => `${name} carries the default route`,
    bootVga: 'The firmware starts the screen on it',
    keyboard: (name: string): string => `${name} is plugged in behind it`,
    noAcs: (ports: number): string => `No ACS capability on ${count(ports, 'port')}`,
    driver: (name: string): string => `Driver in use: ${name}`,
    noDriver: 'No driver has it',
  },
  fact: { driver: 'Driver', bootVga: 'Boot display' },
} as const;

/** Control characters, and those that turn the direction of text, never reach a terminal. */
const plain = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- a device name must not drive the terminal
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');

function terminalLine(fn: PciFunction | undefined, address: string, width: number): string {
  if (fn === undefined) return `  ${address}`;
  const { vendor, device, class: kind } = fn.names;
  const name = device ?? [vendor, kind].filter((part) => part !== null).join(' ');
  const driver = fn.driver.known && fn.driver.value !== null ? `  [${fn.driver.value}]` : '';
  return plain(`  ${address.padEnd(width)}  ${name === '' ? 'name not known' : name}${driver}`);
}

/** What `slotwise groups` prints: each group with its members, then what is in none. Ends with a line break. */
export function groupsText(groups: Groups, machine: Machine): string {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const grouped = new Set(groups.groups.flatMap(({ devices }) => devices));
  const width = Math.max(12, ...[...grouped].map((address) => address.length));
  const system = systemDisks(machine);
  const lines = [groupsWords.read(grouped.size, groups.groups.length)];
  for (const { id, devices } of groups.groups) {
    const disks = devices.flatMap((address) => system.get(address) ?? []);
    const note = disks.length === 0 ? '' : ` (holds ${plain(listed(disks))}: the host cannot run without it)`;
    lines.push('', `Group ${id}${note}`);
    lines.push(...devices.map((address) => terminalLine(functions.get(address), address, width)));
  }
  const alone = machine.functions.filter((fn) => !grouped.has(fn.address));
  if (alone.length > 0) {
    lines.push('', 'In no group', ...alone.map((fn) => terminalLine(fn, fn.address, width)));
  }
  return `${lines.join('\n')}\n`;
}

/** `/ on sda2` by the function behind which the disk sits. */
function systemDisks(machine: Machine): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { behind, mounts } of machine.disks.known ? machine.disks.value : []) {
    if (behind === null) continue;
    for (const { target, device } of mounts) {
      if (target !== '/' && target !== '/boot') continue;
      found.set(behind, [...(found.get(behind) ?? []), groupsWords.duty['system-disk'](target, device)]);
    }
  }
  return found;
}
