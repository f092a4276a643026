import type { answerSituations } from '../passthrough/answer.ts';
import type { Finding, FindingCode, Values } from '../passthrough/finding.ts';
import type { situations } from '../passthrough/situations.ts';
import { entryOf, fillIn } from './fill-in.ts';
import { firmwareTableSentences, kvmHidden, notOffered } from './firmware-table.ts';

interface Said {
  /** what it means for the person, first */
  readonly consequence: string;
  readonly why: string;
}

/** Every finding in every situation. */
export const findingSentences = {
  'virtualization-extension': {
    on: {
      consequence: 'Virtual machines run at full speed.',
      why: '{extension}, the virtualization extension of the processor, is on.',
    },
    'on-in-vm': {
      consequence: 'This system is a virtual machine itself, and can run others.',
      why: '{extension} is passed on to it. Devices can be given on only if the machine around it gives them an IOMMU.',
    },
    off: {
      consequence: 'Virtual machines would crawl: the processor’s virtualization extension is off.',
      why: 'The kernel shows no {extension}. On nearly every board it is a switch in the firmware setup.',
    },
    'off-in-firmware': {
      consequence: 'The firmware keeps virtual machines from running at full speed.',
      why: 'The kernel says that {extension} was locked or left off by the firmware.',
    },
    'off-in-vm': {
      consequence: 'This system is a virtual machine that may not run others.',
      why: 'The machine around it does not pass {extension} on.',
    },
    'other-architecture': {
      consequence: 'Slotwise cannot judge this processor.',
      why: 'It knows x86 machines with VT-x or AMD-V. This one is of another architecture, which may well be able to do it.',
    },
    unknown: {
      consequence: 'Whether virtual machines run at full speed is not known.',
      why: 'The source does not show the processor’s flags.',
    },
  },
  'firmware-table': {
    present: {
      consequence: 'The firmware announces an IOMMU.',
      why: 'It hands over the table {table}, which says where the IOMMU is and what it looks after.',
    },
    implied: {
      consequence: 'The firmware announces an IOMMU.',
      why: 'The source does not show the table {table}, but the kernel made groups, which it cannot do without.',
    },
    'implied-untold': {
      consequence: 'The machine has an IOMMU.',
      why: 'The kernel made groups, which it cannot do without one. How it is announced, the source does not tell.',
    },
    'protects-windows': {
      consequence: 'The firmware announces an IOMMU.',
      why: 'The source does not show the table {table}, but Windows finds protection from DMA to be available, which takes one.',
    },
    missing: {
      consequence: 'The IOMMU is off in the firmware.',
      why: 'The table {table}, which announces it, is missing. If the setup has no switch for it, this board or processor cannot do it.',
    },
    'missing-in-vm': {
      consequence: 'This virtual machine was given no IOMMU.',
      why: 'The table {table}, which would announce one, is missing. Only the machine around it can change that.',
    },
    'other-architecture': {
      consequence: 'Slotwise cannot judge the firmware of this machine.',
      why: 'It knows the tables DMAR and IVRS of x86 machines. Other architectures announce their IOMMU in other ways.',
    },
    unknown: {
      consequence: 'Whether the firmware announces an IOMMU is not known.',
      why: 'The source does not show the firmware’s tables. {table} would be the one.',
    },
  },
  ...firmwareTableSentences,
  'iommu-on': {
    on: {
      consequence: 'The IOMMU is on.',
      why: 'The kernel sorted the devices into {groups} groups, which it does only with its IOMMU on.',
    },
    'waits-for-firmware': {
      consequence: 'The IOMMU stays off until the firmware announces it.',
      why: 'The kernel cannot switch on what the firmware hides.',
    },
    'switched-off': {
      consequence: 'The IOMMU is off because the kernel was told so.',
      why: 'The kernel command line has {option}.',
    },
    'not-switched-on': {
      consequence: 'The IOMMU is there, and the kernel leaves it off.',
      why: 'The firmware announces it, but this kernel switches it on only with intel_iommu=on.',
    },
    'off-unexplained': {
      consequence: 'The IOMMU is off, and nothing here says why.',
      why: 'The firmware announces it, no option switches it off, and yet the kernel made no groups. Its log has the reason.',
    },
    unknown: {
      consequence: 'Whether the IOMMU is on is not known.',
      why: 'The source shows no groups and does not say that there are none.',
    },
  },
  'interrupt-remapping': {
    on: {
      consequence: 'Interrupts of a given device stay inside its virtual machine.',
      why: 'Interrupt remapping is on.',
    },
    'switched-off': {
      consequence: 'A virtual machine with a device will not start: interrupt remapping was switched off.',
      why: 'The kernel command line has {option}. Without remapping a guest could forge interrupts of the host.',
    },
    'not-offered': notOffered,
    off: {
      consequence: 'A virtual machine with a device will not start: interrupt remapping is off.',
      why: 'Without it a guest could forge interrupts of the host, so the kernel refuses. The firmware does not offer it.',
    },
    'waits-for-iommu': {
      consequence: 'Interrupt remapping is looked at once the IOMMU is on.',
      why: 'Both are announced by the same table of the firmware.',
    },
    unknown: {
      consequence: 'Whether interrupts of a given device stay inside its virtual machine is not known.',
      why: 'The source does not show interrupt remapping.',
    },
  },
  'group-viable': {
    alone: {
      consequence: '{device} can be given without anything else of the host.',
      why: 'Nothing but its own card is in group {group}.',
    },
    shared: {
      consequence: '{device} takes other devices along.',
      why: 'The kernel gives away whole groups. With it go {others}, of group {groups}.',
    },
    together: {
      consequence: '{devices} can be given only together.',
      why: 'They are in group {group}, and the kernel gives away whole groups.',
    },
    'system-disk': {
      consequence: '{device} shares a group with the disk you boot from.',
      why: 'Giving group {group} away takes {disk}, which holds {mounts}, from the host while it runs.',
    },
    'system-disk-aside': {
      consequence: '{device} cannot be given: it shares a group with the disk you boot from.',
      why: 'Giving group {group} away takes {disk}, which holds {mounts}, from the host while it runs.',
    },
    'platform-driver': {
      consequence: '{device} cannot be given while a part of the board is in its group and in use.',
      why: 'Group {group} also holds a part of the board with the driver {drivers}, which would have to let go.',
    },
    'no-group': {
      consequence: '{device} cannot be given: the IOMMU does not look after it.',
      why: 'The kernel put it into no group, so nothing would keep its memory accesses apart.',
    },
    foretold: {
      consequence: 'With the IOMMU on, {alone} of {choices} devices will be alone in their groups.',
      why: '{functions} functions were sorted by the kernel’s own rule. Looked at again after the restart.',
    },
    unknown: {
      consequence: 'What each device would take along is not known yet.',
      why: 'The kernel makes its groups only with the IOMMU on, and the source shows none.',
    },
  },
  'driver-in-use': {
    'given-away': {
      consequence: '{device} is ready for a virtual machine.',
      why: 'Its driver is {driver}, which holds it for one.',
    },
    free: { consequence: '{device} is free.', why: 'No driver of the host has it.' },
    'handed-over': {
      consequence: '{device} is handed over when the virtual machine starts.',
      why: 'The host’s driver {driver} has it now and lets go when asked.',
    },
    'holds-on': {
      consequence: '{device} has to be kept from its driver when the host starts.',
      why: 'The graphics driver {driver} is in use as soon as anything draws, and taking it away then can freeze the screen.',
    },
    'virtual-functions': {
      consequence: '{device} cannot be given whole while its virtual functions are on.',
      why: '{enabled} virtual functions are switched on, and vfio-pci refuses the device above them.',
    },
    unknown: {
      consequence: 'Who uses {device} now is not known.',
      why: 'The source does not show its driver.',
    },
  },
  folklore: {
    'kvm-hidden': kvmHidden,
    'amd-iommu-on': {
      consequence: 'amd_iommu=on does nothing.',
      why: 'It is no option of Linux: the kernel logs it as unknown. The IOMMU of AMD is on wherever the firmware announces it.',
    },
    'iommu-pt': {
      consequence: '{text} is not needed to give devices away.',
      why: 'It changes how the host’s own devices reach memory. Keeping it does no harm.',
    },
    'unsafe-interrupts': {
      consequence: 'A guest with a device could forge interrupts of this host.',
      why: 'allow_unsafe_interrupts is set in {file}, and nothing here says that this machine needs it.',
    },
    'unsafe-interrupts-needed': {
      consequence: 'A guest with a device can forge interrupts of this host.',
      why: 'allow_unsafe_interrupts is set in {file} because interrupt remapping is off. Give devices only to guests that you trust.',
    },
    'acs-override': {
      consequence: 'The groups of this machine may promise more than the hardware keeps.',
      why: '{text} makes the kernel treat ports as if they kept devices apart. Devices behind them may still reach each other past the IOMMU. Most kernels do not know it at all.',
    },
    'global-blacklist': {
      consequence: 'Every card that needs this driver goes without, also the ones that stay.',
      why: '{file} has "{text}". Keeping one card for vfio-pci needs no blacklist.',
    },
    virqfd: {
      consequence: 'vfio_virqfd does nothing here.',
      why: 'It became a part of vfio with Linux 6.2. {file} still asks for it.',
    },
    'framebuffer-off': {
      consequence: '{text} does nothing on current kernels.',
      why: 'They show the firmware’s picture with another driver, which does not read it.',
    },
    'ids-take-twins': {
      consequence: 'Cards that were to stay are taken, too.',
      why: '"{text}" in {file} takes every device with the ids {ids}, and this machine has several: {addresses}.',
    },
  },
} as const satisfies { readonly [C in FindingCode]: Readonly<Record<keyof (typeof situations)[C], Said>> };

/** The verdict of the first screen and what follows it. */
export const answerSentences = {
  ready: {
    verdict: 'Yes, this machine can do it.',
    text: 'Nothing stands in the way. Choose what to give.',
  },
  'ready-except': {
    verdict: 'Yes, this machine can do it.',
    text: 'Most of its devices can be given away, and {stuck} cannot: why is told below. Choose what to give.',
  },
  'ready-as-told': {
    verdict: 'Yes, as far as this source tells.',
    text: 'Its devices are in groups, so the IOMMU was on. The rest is looked at on the machine itself.',
  },
  'after-firmware': {
    verdict: 'Yes, this machine can do it.',
    text: 'One firmware switch is off: the IOMMU, the part that keeps a device inside its virtual machine.',
  },
  'after-virtualization': {
    verdict: 'Yes, this machine can do it.',
    text: 'One firmware switch is off: {extension}, which lets virtual machines run at full speed.',
  },
  'after-kernel': {
    verdict: 'Yes, this machine can do it.',
    text: 'The firmware is ready. The kernel’s options have to change, and one restart follows.',
  },
  'after-nesting': {
    verdict: 'Yes, once the machine around it allows it.',
    text: 'This system is a virtual machine itself. The machine around it has to give it what it needs: virtualization passed on, and an IOMMU.',
  },
  'after-interrupt-remapping': {
    verdict: 'Yes, once interrupt remapping is on.',
    text: 'The IOMMU is on, but interrupts of a given device would not stay inside its virtual machine, so the kernel refuses to start one.',
  },
  'firmware-holds-memory': {
    verdict: 'Not as the firmware is set up.',
    text: 'It wants memory to stay mapped for every graphics card, and Linux does not give such a card to a virtual machine.',
  },
  'not-this-slot': {
    verdict: 'Not with the card in this slot.',
    text: 'Every graphics card shares a group with something that the host cannot do without. Another slot may be apart.',
  },
  'nothing-to-give': {
    verdict: 'No, there is nothing to give here.',
    text: 'This machine has no graphics card, controller or adapter that a virtual machine could use.',
  },
  'other-architecture': {
    verdict: 'Slotwise cannot tell for this machine.',
    text: 'It judges x86 machines. This one is of another architecture; its devices are shown as they are.',
  },
  'seen-from-windows': {
    verdict: 'Nothing that Windows tells stands in the way.',
    text: 'Whether the IOMMU works, only a Linux that runs on this machine tells; until then the groups are foretold by its rule.',
  },
  'cannot-know': {
    verdict: 'This source does not tell.',
    text: 'Its devices are shown as they are. Looking on the machine itself, as root, answers the rest.',
  },
} as const satisfies Record<keyof typeof answerSituations, { verdict: string; text: string }>;

const untold = { consequence: 'Slotwise found something that it has no words for.', why: '' };

/** What a finding means and why. */
export function findingWords({ code, situation, values }: Pick<Finding, 'code' | 'situation' | 'values'>): Said {
  const said = entryOf<Said>(findingSentences[code], situation) ?? untold;
  return { consequence: fillIn(said.consequence, values), why: fillIn(said.why, values) };
}

/** Situations in which the IOMMU comes on later, so that what will be is the next question. */
const comingOn: readonly string[] = [
  'after-firmware',
  'after-kernel',
  'seen-from-windows',
] satisfies (keyof typeof answerSentences)[];

/** How many graphics cards could then be given; `values` as of passthrough's answer. */
function foretoldCards({ cardCount, cardsFree }: Values): string {
  if (typeof cardCount !== 'number' || typeof cardsFree !== 'number') return '';
  if (cardsFree === 0)
    return ` With it on, ${cardCount === 1 ? 'your graphics card' : 'every graphics card'} shares a group with a disk that the host runs from; another slot may be apart.`;
  if (cardsFree < cardCount)
    return ` With it on, ${inWords(cardsFree)} of your ${inWords(cardCount)} graphics cards can be given away.`;
  return ` With it on, ${cardCount === 1 ? 'your graphics card' : `each of your ${inWords(cardCount)} graphics cards`} can be given away.`;
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const inWords = (count: number): string => small[count] ?? String(count);

/** The verdict and the line below it. */
export function answerWords(given: { situation: string; values: Values }): {
  verdict: string;
  text: string;
  /** a part of the text rests on groups that the kernel has yet to make */
  foretold: boolean;
} {
  const { verdict, text } =
    entryOf<{ verdict: string; text: string }>(answerSentences, given.situation) ?? answerSentences['cannot-know'];
  const later = comingOn.includes(given.situation) ? foretoldCards(given.values) : '';
  return {
    verdict: fillIn(verdict, given.values),
    text: `${fillIn(text, given.values)}${later}`,
    foretold: later !== '',
  };
}
