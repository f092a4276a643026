import type { JourneyClaim } from '../journey/evidence.ts';
import type { Claim } from '../passthrough/claims.ts';
import type { Evidence } from '../passthrough/finding.ts';
import { entryOf } from './fill-in.ts';

/** What each piece of evidence claims; where it was read and what stands there follow it. */
export const evidenceSentences = {
  'cpu-flag': 'What the processor offers',
  architecture: 'The processor’s architecture',
  'hypervisor-flag': 'This system runs inside a virtual machine',
  'kernel-log': 'The kernel says so in its log',
  'kernel-release': 'Which kernel it is',
  'acpi-table': 'The firmware hands over the table',
  'dma-protection': 'Windows finds protection from DMA to be available',
  'no-acpi-table': 'The firmware hands over no such table',
  'table-flag': 'The flags of the firmware’s table',
  'table-fault': 'What the firmware’s table says there',
  'reserved-range': 'Memory that is to stay mapped',
  'groups-exist': 'The kernel made groups',
  'groups-to-come': 'The groups that the kernel will make',
  'no-groups': 'The kernel made no groups',
  'no-unit': 'The kernel has no IOMMU unit',
  'command-line': 'The kernel command line',
  'interrupt-remapping': 'Interrupt remapping',
  'group-members': 'What is in the group',
  'no-group': 'The device is in no group',
  driver: 'The driver that has it',
  'virtual-functions': 'Virtual functions that are switched on',
  'boot-vga': 'The firmware shows its picture here',
  'no-other-display': 'No other graphics is left to the host',
  connector: 'A screen is plugged in here',
  mount: 'Mounted now',
  disk: 'The disk behind it',
  'ip-address': 'An address in use',
  'default-route': 'The way to everything else',
  'only-interface': 'The last network interface of the host',
  interface: 'The network interface behind it',
  'usb-device': 'Plugged in here',
  'class-code': 'What the device says that it is',
  'config-line': 'A line of a configuration file',
  'not-told': 'The source does not tell',
  'machine-read': 'The source that was read',
  'machine-identity': 'What makes this machine this one',
  'function-here': 'Found where the plan expects it',
  'function-renumbered': 'Found in the same slot, under another address',
  'function-elsewhere': 'Found in another slot',
  'function-gone': 'Not found in this machine',
  'said-by-you': 'You said so',
  'boot-id': 'Which start of the machine this is',
} as const satisfies Record<Claim | JourneyClaim, string>;

/** The claim in words. */
export const evidenceWords = ({ claim }: Pick<Evidence, 'claim'>): string =>
  entryOf<string>(evidenceSentences, claim) ?? claim;
