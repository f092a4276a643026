import type { Candidate } from '../passthrough/candidate.ts';
import type { Loss, LossKind } from '../passthrough/plan.ts';
import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import { fillIn } from './fill-in.ts';
import { shortCpu } from './machine-name.ts';

/** What the first screen says by itself; the verdict, the findings and the stages have files of their own. */
export const overviewWords = {
  why: {
    title: 'Why we say so',
    about: (facts: number, conclusions: number): string =>
      `${[facts > 0 ? count(facts, 'fact', 'facts') : '', conclusions > 0 ? count(conclusions, 'conclusion', 'conclusions') : ''].filter((part) => part !== '').join(' and ')}. Each says where it was read.`,
    cannotKnow: 'What we cannot know yet',
    raw: 'What stands there',
    absent: 'Nothing stands there; that is the evidence.',
  },
  predicted: 'predicted',
  path: 'The way to a running virtual machine',
  step: (at: number, of: number, name: string): string => `Step ${at} of ${of}: ${name}`,
  next: (name: string): string => `next: ${name}`,
  instead: 'instead of',
  not: (value: string): string => `not ${value}`,
  saveElsewhere: 'Save and exit, then look at the machine again.',
  larger: 'Larger',
  print: 'Print',
  copyRestart: 'Copy the restart command',
  restartCommand: 'the restart command',
  noSource: 'no public source found: unverified',
  choose: 'Choose what to give',
  write: 'Write the configuration',
  groups: 'See the groups',
  lookAgain: 'Look again',
  option: 'the kernel option',
  written: 'The files are in place',
  notWritten: 'I took the files back',
  since: 'Since then',
  give: {
    now: 'What you could give',
    then: 'What you could give then',
    address: 'Address',
    along: 'Comes along',
    group: 'Group',
    groupToCome: 'Group, predicted',
    loses: 'The host loses',
    nothing: 'nothing',
    alone: 'alone',
    notYet: 'not known yet',
    briefNotYet: 'group not known yet',
    briefAlone: (along: string | null): string => `alone in its group${along === null ? '' : `, with ${along}`}`,
    others: (others: number, group: number): string => `${count(others, 'other', 'others')} in group ${group}`,
    othersToCome: (others: number): string => `with ${count(others, 'other', 'others')}`,
    more: (more: number): string => `${more} more`,
    functions: (functions: number): string => count(functions, 'function', 'functions'),
    noLoss: 'nothing known',
    kernelKeeps: 'the kernel keeps it',
    none: 'Nothing here could be given to a virtual machine.',
  },
  alsoFound: 'Also found',
  remedies: 'What can be done',
} as const;

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

const shortLosses = {
  'boot-display': 'The display it starts on',
  display: 'Screens plugged into it',
  network: 'Network on {interface}',
  input: 'A keyboard',
  usb: 'Its USB ports',
  sound: 'Its sound',
} as const satisfies Record<Exclude<LossKind, 'disk'>, string>;

/** Disks say what is on them: that is what people know them by. */
function shortDisk({ name, situation, values }: Loss): string {
  const disk = typeof values['disk'] === 'string' ? values['disk'] : name;
  if (situation === 'swap') return fillIn('Swap on {disk}', { disk });
  const mounts = Array.isArray(values['mounts']) ? values['mounts'] : [];
  return mounts.length === 0 ? fillIn('The disk {disk}', { disk }) : fillIn('{mounts} on {disk}', { mounts, disk });
}

/** A loss in a few words, for a table cell. */
export const shortLoss = (loss: Loss): string =>
  loss.kind === 'disk' ? shortDisk(loss) : fillIn(shortLosses[loss.kind], { interface: loss.name, ...loss.values });

const serious: readonly Loss['guard'][] = ['refuse', 'ask', 'tell'];

/** What the host loses with a candidate, the gravest first, each thing once. */
export function lossesInShort({
  losses,
}: Pick<Candidate, 'losses'>): readonly { text: string; guard: Loss['guard'] }[] {
  const sorted = [...losses].sort((a, b) => serious.indexOf(a.guard) - serious.indexOf(b.guard));
  const seen = new Set<string>();
  return sorted.flatMap((loss) => {
    // Sound through a card's own screens goes where the screens go.
    if (loss.situation === 'display-sound') return [];
    const text = shortLoss(loss);
    if (seen.has(text)) return [];
    seen.add(text);
    return [{ text, guard: loss.guard }];
  });
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `10 February 2023` for DMI's `02/10/2023` (SMBIOS specification, BIOS Release Date: mm/dd/yyyy); else as it stands. */
export function firmwareDate(text: string): string {
  const [, month = '', day = '', year = ''] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text) ?? [];
  const name = months[Number(month) - 1];
  return name === undefined ? text : `${Number(day)} ${name} ${year}`;
}

/** `ASUS Pro WS …, AMD Ryzen …, firmware 1106 of 10 February 2023, Linux 6.2.0`: what was looked at; the unknown is left out. `name` is the machine's. */
export function machineLine(machine: Machine, name: string): string {
  const { board, cpu, kernel } = machine;
  const model = valueOr(cpu.model, null);
  const version = valueOr(board.firmwareVersion, null);
  const date = valueOr(board.firmwareDate, null);
  const release = valueOr(kernel.release, null);
  const processor = model === null ? null : shortCpu(model);
  return [
    name,
    processor === name ? null : processor,
    version === null ? null : `firmware ${version}${date === null ? '' : ` of ${firmwareDate(date)}`}`,
    release === null ? null : `Linux ${release}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
