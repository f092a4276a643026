import type { Need } from '../machine/fact.ts';
import type { SecretKind } from '../machine/redaction/pseudonyms.ts';
import type { ReportPart } from '../machine/report/contents.ts';

const count = (many: number, one: string, more = `${one}s`): string =>
  `${many.toLocaleString('en-GB')} ${many === 1 ? one : more}`;

/** The place where a report is looked at before it is sent. */
export const reportsWords = {
  title: 'Reports',
  about: 'what a report of this machine says, before anyone gets it',
  headline: (replaced: number): string =>
    replaced === 0
      ? 'Nothing was found in it that tells whose machine it is.'
      : `${count(replaced, 'name or number', 'names and numbers')} that ${replaced === 1 ? 'tells' : 'tell'} whose machine it is ${replaced === 1 ? 'was' : 'were'} replaced.`,
  headlineNamed: (found: number): string =>
    found === 0
      ? 'Nothing was replaced, and nothing was found that would have been.'
      : `${count(found, 'name or number', 'names and numbers')} that ${found === 1 ? 'tells' : 'tell'} whose machine it is ${found === 1 ? 'stands' : 'stand'} in it.`,
  /** of a machine that was read from a file */
  opened: (lacking: number, parts: number): string =>
    lacking === 0
      ? 'The file that you opened holds every part that Slotwise looks for.'
      : `The file that you opened lacks ${lacking} of the ${parts} parts that Slotwise looks for.`,
  staysHere: 'Nothing is sent anywhere: a report is a file, and you decide who gets it.',
  choice: 'Names in the report',
  choices: { redacted: 'Names replaced', named: 'As it is' },
  save: 'Save the report',
  saveNamed: 'Save it with the names',
  saving: 'Saving…',
  saved: 'Saved as',
  savedSay: (file: string): string => `Saved as ${file}`,
  downloaded: 'Handed to your browser as',
  notSaved: (line: string): string => `Not saved: ${line}.`,
  file: 'the file’s name',
  summary: 'Copy for a forum',
  summaryWhat: 'the short summary',
  summaryTitle: 'For a forum',
  summaryAbout: 'Board, processor, system, IOMMU and the groups of what could be given, as text.',
  showSummary: 'Show it',
  open: 'Open a report',
  size: (kilobytes: number, lines: number): string =>
    `${kilobytes.toLocaleString('en-GB')} KB in ${count(lines, 'line')}`,
  lookingTitle: 'Writing the report',
  looking: 'Everything that was read is put in one file, and names are taken out of it.',
  failedTitle: 'The report could not be made',
  again: 'Try again',

  holds: 'What is in it',
  lacks: 'What is not in it',
  nothingLacking: 'Nothing that Slotwise looks for is missing.',
  show: (part: string): string => `Show ${part} in the text`,
  none: 'none',
  told: 'yes',
  of: (count_: number, of: number): string => `${count_.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')}`,
  parts: {
    functions: 'PCI functions',
    'config-space': 'Whole config space',
    groups: 'IOMMU groups of the kernel',
    units: 'IOMMU units of the kernel',
    table: 'Firmware’s IOMMU table',
    'reserved-memory': 'Reserved memory ranges',
    'memory-map': 'Ranges of the memory map',
    'firmware-settings': 'Firmware settings',
    'command-line': 'Kernel command line',
    'kernel-log': 'Lines of the kernel log',
    'kernel-config': 'Kernel options',
    'boot-chain': 'Steps of the boot chain',
    disks: 'Disks and what is mounted',
    networks: 'Network interfaces',
    displays: 'Display connectors',
    usb: 'USB devices',
    sound: 'Sound cards',
    assignments: 'Devices given away already',
    files: 'Configuration files',
  } satisfies Record<ReportPart, string>,
  /** Without it, what cannot be said about the machine. */
  without: {
    functions: 'Nothing can be said about devices.',
    'config-space': 'Ports do not show their ACS bits, so the reasons for groups stay hidden.',
    groups: 'What shares a group can only be predicted.',
    units: 'What the IOMMU can do is not known bit by bit.',
    table: 'Whether the firmware announces an IOMMU is not certain, nor which memory it reserves.',
    'reserved-memory': 'Memory that must stay mapped for a device is not known.',
    'memory-map': 'Reserved memory cannot be checked against the memory map.',
    'firmware-settings': 'What the firmware’s menus are set to is not known.',
    'command-line': 'Options that switch the IOMMU are not known.',
    'kernel-log': 'What the kernel said about the IOMMU is not known.',
    'kernel-config': 'What this kernel was built with is not known.',
    'boot-chain': 'How this system starts, and what its files are called, is not known.',
    disks: 'Which disk the host runs from is not known: guards for it stay open.',
    networks: 'Which card carries the network is not known.',
    displays: 'Which card shows the picture is not known.',
    usb: 'Where keyboard and mouse are plugged in is not known.',
    sound: 'Which card makes the sound is not known.',
    assignments: 'Devices that other virtual machines use are not known.',
    files: 'What stands in configuration files is not known, so nothing can be compared.',
  } satisfies Record<ReportPart, string>,
  /** What it would take to have what is lacking; the parts stand below. */
  takes: {
    root: 'Read it as root for',
    administrator: 'Read it as an administrator for',
    'fuller-source': 'A collected folder, or the machine itself, would tell',
    'iommu-on': 'Once its IOMMU is on, the kernel tells',
    linux: 'Only Linux tells',
    'readable-file': 'There, but not to be read',
  } satisfies Record<Need, string>,

  before: 'Before you send it',
  replacedTitle: 'Replaced',
  replacedAbout: 'Equal names stand for equal things. Choose one to see where it stands.',
  times: (times: number): string => (times === 1 ? 'once' : `${times.toLocaleString('en-GB')} times`),
  find: 'Find',
  moreNames: (more: number): string => `${more.toLocaleString('en-GB')} more`,
  nothingReplaced: 'No name, number or address was found that tells whose machine it is.',
  leftOut: 'Left out',
  left: {
    comments: (comments: number): string =>
      `${count(comments, 'comment')} in configuration files: people’s own words, which decide nothing.`,
    source: 'The name of the file or folder that this was read from.',
    never:
      'Serial numbers of the board and of disks, contents of disks, passwords of the firmware: these are never read.',
  },
  remains: 'A name that nothing marks as one may remain. Look through the text before you send it.',
  namedTitle: 'Who could learn what',
  namedAbout: 'Anyone who gets this file, and everyone they pass it on to, reads:',
  learns: {
    uuid: 'which disks and systems are yours, for whoever sees them again',
    ipv6: 'where your machine is on the internet',
    ipv4: 'addresses of your home network, some perhaps of the internet',
    mac: 'hardware addresses, by which your machine is known in any network',
    wwn: 'numbers that no other disk has',
    mail: 'mail addresses',
    serial: 'serial numbers, which a maker or a thief can trace',
    secret: 'passwords or keys. Change them if this file was ever sent',
    label: 'what you call your file systems',
    wifi: 'the names of your wireless networks, by which your home can be found on a map',
    host: 'what you call your machines',
    user: 'your login name, often your own name',
    vm: 'what you call your virtual machines',
    path: 'where your file systems are, and what you call them',
    volume: 'names of your volumes and of the servers that share them',
  } satisfies Record<SecretKind, string>,
  namedComments: (comments: number): string =>
    `${count(comments, 'comment')} that somebody wrote into configuration files`,
  noneFound: 'Nothing was found that tells whose machine it is; a name that nothing marks as one may still be there.',

  text: 'The report, word for word',
  search: 'Find in the text',
  hits: (at: number, of: number, most: boolean): string =>
    of === 0 ? 'not found' : `${at} of ${of.toLocaleString('en-GB')}${most ? ' or more' : ''}`,
  before_: 'The hit before',
  after: 'The next hit',
} as const;
