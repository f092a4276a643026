import type { Finding } from '../passthrough/finding.ts';
import type { RemedyCode } from '../passthrough/situations.ts';
import { entryOf, fillIn } from './fill-in.ts';

/** What can be done, each one short imperative. */
export const remedySentences = {
  'firmware-virtualization': 'Switch {extension} on in the firmware setup',
  'firmware-iommu': 'Switch the IOMMU on in the firmware setup',
  'firmware-update': 'Update the firmware',
  'firmware-dma-protection':
    'Set the IOMMU to Enabled instead of Auto in the firmware setup, and switch Pre-boot DMA Protection off',
  'firmware-reserved-memory':
    'Look in the firmware setup for what uses the device by itself (shared memory of a management chip, legacy USB support, pre-boot DMA protection), and switch it off',
  'exclude-slot':
    'Take the card’s slot out of the shared memory with HPE’s conrep (section RMRDS_Slot and its number, value Endpoints_Excluded)',
  'correct-address': 'Correct the address in that file, or take the line out',
  'give-guest-iommu': 'Give this virtual machine an IOMMU in the hypervisor that runs it',
  'enable-nesting': 'Switch nested virtualization on in the host of this virtual machine',
  'remove-kernel-option': 'Take {option} out of the kernel command line',
  'add-intel-iommu-on': 'Add intel_iommu=on to the kernel command line',
  'read-kernel-log': 'Look for AMD-Vi, DMAR and IOMMU in the kernel log',
  'read-as-root': 'Look again as root',
  'read-on-the-machine': 'Look on the machine itself',
  'start-linux': 'Start Linux on this machine, from a stick if need be, and look there',
  'another-slot': 'Put the card into another slot',
  'one-into-another-slot': 'Put one of them into another slot',
  'give-together': 'Give all of it: {others}',
  'unbind-platform-driver': 'Leave this device, or unload {drivers} first if the host can do without',
  'bind-early': 'Keep it for vfio-pci when the host starts',
  'switch-virtual-functions-off': 'Switch the virtual functions off: write 0 to sriov_numvfs of {address}',
  'remove-config-line': 'Take "{text}" out of {file}',
  'bind-by-address': 'Keep the card by its address instead of its ids',
} as const satisfies Record<RemedyCode, string>;

/** One remedy in words, without a full stop: it stands on a button or in a numbered list. */
export const remedyWords = ({ code, values }: Finding['remedies'][number]): string =>
  fillIn(entryOf<string>(remedySentences, code) ?? code, values);
