import type { BootLoader, InitramfsTool } from '../machine/machine.ts';

/** A stretch of a sentence: words, a key to press, or text to type exactly. */
export type Piece = string | { readonly key: string } | { readonly code: string };

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Where the files of a plan are read, saved, put in place and checked. */
export const recipesPlaceWords = {
  title: 'Write the configuration',
  for: 'for',
  planOf: (when: string): string => `plan of ${when}`,
  back: {
    title: 'The way back, before anything else',
    print: 'Print it',
    once: 'For one start',
    forGood: 'For good',
    rescue: 'From a rescue stick',
  },
  paper: {
    title: (vm: string): string => `The way back from the setup of ${vm}`,
    about: (machine: string): string => `Machine: ${machine}`,
    byHand: 'By hand',
    byHandWhy:
      'As root, in this order. From a rescue system: mount the system’s disk and change into it with chroot first.',
  },
  host: 'Host',
  vm: 'VM',
  vmLabel: 'What runs the virtual machine',
  hostUnknown: 'System not known',
  hostFound: 'found on this machine',
  hostNotTold: (parts: readonly string[]): string => `not known: ${parts.join(', ')}`,
  parts: { distribution: 'distribution', bootLoader: 'boot loader', initramfs: 'initramfs' },
  files: (count: number): string => plural(count, 'file', 'files'),
  inOrder: 'in this order',
  sections: {
    host: 'On the host',
    guest: 'The virtual machine',
    existing: 'Or, for one that exists',
  },
  kinds: {
    'init-top': 'init-top script',
    'udev-rule': 'udev rule',
    hook: 'initramfs hook',
    'grub-drop-in': 'GRUB drop-in',
    libvirt: 'libvirt domain',
    existing: 'one function',
    qemu: 'starts QEMU',
    proxmox: 'qm commands',
  },
  left: 'Not written',
  readsOnly: 'On a phone this is for reading. Save and copy where the window is wider.',
  stops: 'Each file has its own apply, verify and undo. Stop after any of them.',
  states: {
    verified: 'Verified',
    'in-place': 'In place',
    said: 'As you said',
    waits: 'Not applied',
    changed: 'Changed since',
    unseen: 'Not seen',
  },
  marks: { new: 'new', same: 'no change' },
  save: 'Save the files',
  saving: 'Saving…',
  saveWaits: 'Opens when the plan is made again: a file has changed since.',
  saved: (count: number): string => `${plural(count, 'file', 'files')} saved there`,
  savedSay: (count: number, folder: string): string => `${plural(count, 'file', 'files')} saved in ${folder}`,
  saveAgain: 'Save them again',
  savedGone: 'This folder is not there any more. What is shown can be saved again.',
  savedChanged: (count: number): string =>
    `${plural(count, 'file', 'files')} there ${count === 1 ? 'is' : 'are'} gone or hold${count === 1 ? 's' : ''} something else than what is shown:`,
  notSaved: (line: string): string => `Not saved: ${line}.`,
  folder: 'the folder',
  written: 'The files are in place',
  takenBack: 'I took the files back',
  goOn: 'Go on to the restart',
  afterVerify: 'See what took effect',
  file: {
    change: 'Change',
    whole: 'Whole file',
    show: 'Show of the file',
    owner: 'root',
    fresh: 'new file',
    paste: 'stays in the folder; a command takes it from there',
    asRead: (when: string): string => `as read ${when}`,
    unchangedSince: 'unchanged since',
    sinceThePlan: 'what changed there since the plan was made',
    then: 'Then',
    act: 'Apply, verify, undo',
    caption: (path: string): string => `Change of ${path}`,
    wholeCaption: (path: string): string => `The whole of ${path}`,
  },
  inspector: {
    title: 'This file',
    about: 'Slotwise saves the new files in a folder of their own. You run the commands; it looks and checks.',
    apply: 'Apply',
    verify: 'Verify',
    undo: 'Undo',
    copyApply: 'Copy apply',
    lookAgain: 'Look again',
    commands: {
      apply: 'the commands that apply it',
      verify: 'the command that verifies it',
      undo: 'the commands that undo it',
    },
    saveFirst: 'Runs in the folder of the files: save them first.',
    nextStart: 'Takes effect at the next start.',
    atOnce: 'Changes no file of the host.',
    expect: 'Expect',
    expectEach: (lines: number): string => `Expect ${lines} lines, one for each.`,
    expectNone: 'Expect no output.',
    removes: 'Removes the file; nothing else was changed.',
    restores: 'Puts back the copy of what stood there.',
    undoGuest: 'Its disk stays.',
    nothingToUndo: 'Nothing to take back: it changes nothing on the host.',
    applyStates: {
      verified: 'in place',
      'in-place': 'in place',
      said: 'as you said',
      waits: 'waits for you',
      changed: 'not now',
      unseen: 'waits for you',
    },
    verifyStates: {
      verified: 'verified',
      'as-expected': 'as expected now',
      'after-restart': 'after the restart',
      'not-yet': 'not yet',
      unseen: 'not seen from here',
    },
    undoReady: 'ready',
    undoNone: 'not needed',
    commandLine: 'The kernel started with this',
    checked: 'Checked before you see it',
    unknowns: 'What we cannot know',
  },
  checks: {
    'compared-with-host': 'Compared with the file as it stands',
    'lines-touched': (changed: number, of: number): string =>
      changed === 0
        ? `It touches none of the ${plural(of, 'line', 'lines')} there`
        : `It touches ${changed} of ${plural(of, 'line', 'lines')} there`,
    'lines-added': (added: number, of: number): string =>
      `It adds ${plural(added, 'line', 'lines')} and changes none of the ${of} there`,
    'nothing-there': 'Nothing stands there now',
    'not-told': 'Nothing is taken to stand there',
    'undo-same-bytes': 'Undo gives back the same bytes',
    'ids-alone': 'No other card here has these ids',
    'twin-left-alone': 'The twin with the same ids is left alone',
    'all-functions': (count: number): string =>
      count === 1
        ? 'The function that crosses over is in it'
        : count === 2
          ? 'Both functions that cross over are in it'
          : `All ${count} functions that cross over are in it`,
  },
  checkWhere: {
    copy: 'the copy in before/',
    ids: (functions: number): string => `ids of ${plural(functions, 'function', 'functions')}`,
  },
  notRead: 'the source holds no configuration files',
  changedTitle: 'This file is not what the plan knew',
  changed:
    'Something else stands there now than when the plan was made. Nothing is offered for it until the plan is made again.',
  planAgain: 'Plan again with what stands there',
  /** instead of the files, where there is no plan for this machine */
  missing: {
    'nothing-chosen': {
      title: 'No plan yet',
      text: 'The files follow from what you choose to give. Nothing is written before.',
    },
    'being-chosen': {
      title: 'Your choice is not a plan yet',
      text: 'It is kept as you left it. “Write the configuration” beside it makes the plan, once its guards are answered. Nothing is written before.',
    },
    'other-machine': {
      title: 'The plan belongs to another machine',
      text: 'Its files would name devices of that machine. Choose for this one, or show the other again.',
    },
  },
  choose: 'Choose what to give',
  chooseAgain: 'Choose again',
  lookingTitle: 'Writing',
  looking: 'Making the files of this plan.',
  failedTitle: 'The files could not be made',
  failed: (line: string): string => `They are not shown: ${line}.`,
  again: 'Try again',
  nothingTitle: 'There is nothing to write',
  nothing: 'None of the files can be written for this host. Why stands beside each.',
} as const;

export const loaderNames = {
  grub: 'GRUB',
  'grub-bls': 'GRUB with boot entries',
  'systemd-boot': 'systemd-boot',
  'proxmox-boot-tool': 'proxmox-boot-tool',
  other: 'another boot loader',
} as const satisfies Record<BootLoader, string>;

export const initramfsNames = {
  'initramfs-tools': 'initramfs-tools',
  dracut: 'dracut',
  mkinitcpio: 'mkinitcpio',
  booster: 'booster',
  other: 'another initramfs tool',
} as const satisfies Record<InitramfsTool, string>;

/**
 * One start without what the files bind. `option` is what the kernel is given in the boot menu; null: nothing is bound
 * while the host starts. GRUB starts an edited entry with F10 (GRUB manual, "Editing an entry"), systemd-boot with Enter
 * (systemd-boot(7), e), whose menu is hidden without a timeout until a key is held (loader.conf(5), timeout).
 */
export function onceWords(option: string | null, loader: BootLoader | null): readonly Piece[] {
  if (option === null) return ['Nothing is bound while the host starts, so every start is as before.'];
  const add: readonly Piece[] = ['add ', { code: option }];
  switch (loader) {
    case 'grub':
    case 'grub-bls':
      return [
        'In the boot menu press ',
        { key: 'E' },
        ', ',
        ...add,
        ' to the line that begins with ',
        { code: 'linux' },
        ', press ',
        { key: 'F10' },
        '. Nothing is bound.',
      ];
    case 'systemd-boot':
      return [
        'In the boot menu (hold ',
        { key: 'Space' },
        ' while the host starts, if it is not shown) press ',
        { key: 'E' },
        ', ',
        ...add,
        ', press ',
        { key: 'Enter' },
        '. Nothing is bound.',
      ];
    case 'proxmox-boot-tool':
    case 'other':
    case null:
      return [
        'In the boot menu edit the entry (most take ',
        { key: 'E' },
        '), ',
        ...add,
        ' to the kernel’s options, and start it. Nothing is bound.',
      ];
  }
}

/** `files`: how many stand on the host afterwards; `command` takes them back. */
export const forGoodWords = (command: string, files: number): readonly Piece[] =>
  files === 0
    ? ['Nothing on the host is changed, so there is nothing to take back.']
    : [
        { code: command },
        files === 1
          ? ' takes the file back, unless you changed it since.'
          : ` takes all ${files} files back. One that you changed since is left alone.`,
      ];

/** The same from another system, with this one's disk mounted at /mnt. */
export const rescueWords = (command: string, files: number): readonly Piece[] =>
  files === 0
    ? ['Not needed: the host starts as before.']
    : [
        'The same script, with the folder where the disk is mounted, its ',
        { code: '/boot' },
        ' below it where that is a disk of its own: ',
        { code: command },
        '.',
      ];
