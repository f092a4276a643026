import type { ChangeCode, FirmwareRemark, SituationOf } from '../journey/situations.ts';
import type { Journey, Stage, StageState } from '../journey/state.ts';
import type { VerificationStep } from '../journey/verify-plan.ts';
import { fillIn } from './fill-in.ts';

interface Said {
  /** two or three words below the stage's name */
  readonly label: string;
  /** what it means for the person, first */
  readonly sentence: string;
}

/** Every stage in every situation that it can be found in. */
export const stageSentences = {
  look: {
    read: {
      label: '{functions} functions',
      sentence: 'Slotwise has looked at this machine: {functions} PCI functions.',
    },
    'read-without-root': {
      label: '{functions} functions',
      sentence:
        'Slotwise has looked at this machine without root: some reasons stay hidden, the setup works all the same.',
    },
  },
  firmware: {
    'table-there': {
      label: 'Nothing to do',
      sentence: 'The firmware has its IOMMU on: it hands over the table {table}.',
    },
    'interrupts-left-out': {
      label: 'One part missing',
      sentence:
        'The firmware has its IOMMU on, but its table {table} does not offer interrupt remapping, without which the kernel refuses to start such a virtual machine. Look for a switch of that name, or for a firmware update.',
    },
    'groups-say-so': {
      label: 'Nothing to do',
      sentence: 'The firmware has its IOMMU on: the kernel made groups, which it cannot do without.',
    },
    'windows-says-so': {
      label: 'Nothing to do',
      sentence: 'The firmware has its IOMMU on: Windows finds protection from DMA to be available, which takes one.',
    },
    'both-off': {
      label: '2 switches are off',
      sentence:
        'Two switches of the firmware stand in the way: virtualization, and the IOMMU that keeps a device inside its virtual machine.',
    },
    'virtualization-off': {
      label: 'Virtualization is off',
      sentence:
        'Virtual machines cannot run at full speed until virtualization is switched on in the firmware. Where the setup has no such switch, the processor does not have it.',
    },
    'iommu-off': {
      label: 'IOMMU is off',
      sentence: 'No device can be given away until the IOMMU is switched on in the firmware.',
    },
    'off-inside-vm': {
      label: 'Inside a VM',
      sentence:
        'This system is itself a virtual machine, and the one that runs it has not given it all that it needs. The switch is there, not in this firmware.',
    },
    'cannot-know': {
      label: 'Not known',
      sentence: 'This source does not tell whether the firmware has its IOMMU on. Look on the machine itself.',
    },
    'other-architecture': {
      label: 'Not known here',
      sentence: 'Slotwise knows the way for Intel and AMD processors. This one is of another architecture.',
    },
  },
  host: {
    'iommu-on': { label: '{groups} groups', sentence: 'The kernel has its IOMMU on and made {groups} groups.' },
    'switched-off': {
      label: 'Switched off',
      sentence: 'The kernel leaves the IOMMU off because its command line says {option}. Take that out.',
    },
    'kernel-switch': {
      label: 'One option',
      sentence: 'The firmware is ready and the kernel is not: add {option} to its command line, and restart.',
    },
    'option-waits': {
      label: 'Restart',
      sentence: 'Restart the machine: {file} holds {option} now, and this kernel started without it.',
    },
    'did-not-start': {
      label: 'Did not start',
      sentence:
        'The firmware announces an IOMMU and the kernel did not start it. Its log says why; a firmware update often mends it.',
    },
    'no-change': {
      label: 'No change',
      sentence: 'Nothing to do here: the kernel starts the IOMMU by itself once the firmware has it on.',
    },
    'after-firmware': {
      label: 'After firmware',
      sentence: 'Most kernels start the IOMMU by themselves once the firmware has it on. Slotwise looks again then.',
    },
    'cannot-know': { label: 'Not known', sentence: 'This source does not tell whether the kernel has its IOMMU on.' },
  },
  choose: {
    'nothing-chosen': {
      label: 'Nothing yet',
      sentence: 'Choose what the virtual machine gets. Nothing is written before.',
    },
    chosen: { label: '{names}', sentence: 'The virtual machine gets {names}.' },
    renumbered: {
      label: 'New address',
      sentence: 'The virtual machine gets {names}: the same card in the same slot, under another address than before.',
    },
    'other-slot': {
      label: 'Another slot',
      sentence:
        'The plan no longer fits: {names} sits in another slot now, where other devices may come along. Choose again.',
    },
    'function-gone': { label: 'Not there', sentence: 'The plan no longer fits: {names} is not in this machine now.' },
  },
  write: {
    'after-choosing': { label: 'After choosing', sentence: 'The files follow from what you choose.' },
    'not-written': {
      label: 'Waits for you',
      sentence: 'The files are ready. You put them in place; the way back comes with them.',
    },
    'addresses-changed': {
      label: 'Write again',
      sentence:
        'The files name {names} by an address that has changed since. Choose it again, and put the new files in place.',
    },
    seen: { label: 'In place', sentence: 'The files are in place: {files} hands the devices over.' },
    said: {
      label: 'In place',
      sentence: 'The files are in place, as you said. After the restart Slotwise looks for itself.',
    },
  },
  reboot: {
    'after-writing': { label: 'After writing', sentence: 'One restart, once the files are in place.' },
    'restart-now': {
      label: 'Waits for you',
      sentence: 'Restart the machine. Slotwise comes back to this point and checks each step.',
    },
    'restart-not-seen': {
      label: 'Not seen',
      sentence: 'Restart the machine, if you have not done so. This source does not tell one start from another.',
    },
    restarted: { label: 'Done', sentence: 'The machine has restarted since the files were put in place.' },
    'already-in-effect': {
      label: 'Not needed',
      sentence: 'No restart is needed: what the files ask for is in effect already.',
    },
  },
  verify: {
    'after-restart': {
      label: 'After restart',
      sentence: 'After the restart Slotwise checks each step against the machine.',
    },
    'took-effect': { label: 'Verified', sentence: 'Everything took effect. The devices wait for the virtual machine.' },
    'not-yet': {
      label: 'Not yet',
      sentence: 'The virtual machine cannot start with these devices yet: not every step took effect.',
    },
    'cannot-know': {
      label: 'Not known',
      sentence: 'What can be seen took effect; this source does not tell the rest.',
    },
  },
} as const satisfies { [S in Stage]: Readonly<Record<SituationOf<S>, Said>> };

/** A stage's label and sentence. */
export function stageWords({ stage, situation, values }: Pick<StageState, 'stage' | 'situation' | 'values'>): Said {
  const said = (stageSentences[stage] as Readonly<Record<string, Said>>)[situation] ?? {
    label: situation,
    sentence: situation,
  };
  return { label: fillIn(said.label, values), sentence: fillIn(said.sentence, values) };
}

/** How a start of the app begins. */
export const resumedSentences = {
  fresh: 'Nothing is kept from an earlier time.',
  'same-boot': 'Welcome back. The machine has not restarted since.',
  'after-reboot': 'Welcome back after the restart.',
  'other-machine': 'This is another machine than the last time. What was kept does not count for it.',
} as const satisfies Record<Journey['resumed'], string>;

/** What changed since the last time. */
export const changeSentences = {
  'other-machine': 'The last time this was {was}; now it is {is}.',
  'table-appeared': 'The firmware announces an IOMMU now: the table {table} is there.',
  'table-gone': 'The firmware no longer announces an IOMMU: the table {table} is gone.',
  'groups-appeared': 'The kernel has its IOMMU on now and made {groups} groups.',
  'groups-gone': 'The kernel no longer has its IOMMU on: its groups are gone.',
  'groups-changed': 'The kernel makes {groups} groups now; it made {was} before.',
  'kernel-changed': 'The kernel is {is} now; it was {was}.',
  'functions-added': 'New in the machine: {functions}.',
  'functions-removed': 'No longer in the machine: {functions}.',
  'functions-moved': 'In another slot now: {functions}.',
  'functions-renumbered': 'Under another address now, in the same slot: {functions}.',
} as const satisfies Record<ChangeCode, string>;

/** A machine without DMI has no name to tell. */
const nameless = 'The last time this was another machine.';

export function changeWords({ code, values }: Journey['changes'][number]): string {
  if (code === 'other-machine' && (values['was'] === '' || values['is'] === '')) return nameless;
  return fillIn((changeSentences as Readonly<Record<string, string>>)[code] ?? code, values);
}

/** Remarks on the way through the firmware's menus. */
export const remarkSentences = {
  'general-page':
    'Menus differ from board to board. Look for one of these names; the setup’s own search, where it has one, finds them fastest.',
  'retail-model':
    'Models for homes arrange their menus each in its own way, and some leave these switches out. The manual of the model says more.',
  'inside-vm':
    'There is nothing to switch in this firmware. Give the virtual machine an IOMMU in the hypervisor that runs it.',
  'amd-enabled-not-auto': 'Set it to Enabled, not to Auto: on Auto some boards leave the table out.',
  'one-switch-for-both': 'One switch turns virtualization and the IOMMU on together.',
  'thinkpad-locked-on': 'With Kernel DMA Protection on, both switches are on and cannot be changed.',
} as const satisfies Record<FirmwareRemark, string>;

export const remarkWords = (code: string): string =>
  (remarkSentences as Readonly<Record<string, string>>)[code] ?? code;

/** What each step of a verification asks, with its answer. */
export const verificationSentences = {
  machine: {
    'took-effect': 'This is the machine that the plan was made for',
    'not-yet': 'This is another machine than the plan was made for',
    'cannot-know': 'Nothing tells whether the plan was made for this machine',
  },
  iommu: {
    'took-effect': 'The kernel has its IOMMU on',
    'not-yet': 'The kernel has no IOMMU on',
    'cannot-know': 'The source does not tell whether the IOMMU is on',
  },
  'interrupt-remapping': {
    'took-effect': 'Interrupts are remapped',
    'not-yet': 'Interrupts are not remapped, so VFIO refuses to start',
    'cannot-know': 'The source does not tell whether interrupts are remapped',
  },
  'function-present': {
    'took-effect': 'The device is where the plan expects it',
    'not-yet': 'The device is not where the plan expects it',
    'cannot-know': 'The source does not tell where the device is',
  },
  'driver-bound': {
    'took-effect': 'VFIO has the device',
    'not-yet': 'VFIO does not have the device',
    'cannot-know': 'The source does not tell which driver has the device',
  },
  'group-free': {
    'took-effect': 'Nothing else in the group is in the host’s hands',
    'not-yet': 'The host still drives another device of the group',
    'cannot-know': 'The source does not tell who drives the rest of the group',
  },
  'twin-kept': {
    'took-effect': 'The twin stays with the host',
    'not-yet': 'VFIO took the twin, too, which should stay with the host',
    'cannot-know': 'The source does not tell which driver has the twin',
  },
} as const satisfies Record<VerificationStep['code'], Record<VerificationStep['verdict'], string>>;

export const verificationStepWords = ({ code, verdict }: Pick<VerificationStep, 'code' | 'verdict'>): string =>
  verificationSentences[code][verdict];
