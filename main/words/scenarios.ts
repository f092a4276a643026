import type {
  DecidingFact,
  Reach,
  ScenarioCode,
  ScenarioVerdict,
  StoryCode,
  Variant,
} from '../remapping/scenario-shape.ts';

interface ScenarioWords {
  readonly title: string;
  /** what is tried, in one sentence */
  readonly tries: string;
}

/** Every scenario, by what one sees in it. */
export const scenarioWords = {
  'first-story': {
    title: 'A write, the same page again, one too far, and an interrupt',
    tries: 'What the unit does all day, and one request that it stops.',
  },
  'unmapped-address': {
    title: 'A write past the end of guest memory',
    tries: 'The guest’s driver gives the device an address that the guest does not have.',
  },
  'read-only-page': {
    title: 'A write to a page that may only be read',
    tries: 'The device writes into a ROM that the hypervisor maps for reading.',
  },
  'wrong-requester': {
    title: 'A write under another device’s name',
    tries: 'The device puts a requester id into its packets that is not its own.',
  },
  'reset-in-flight': {
    title: 'A write that is still under way when the guest ends',
    tries: 'The guest is shut down, and the device goes on with the transfer that it was told to do.',
  },
  'stale-translation': {
    title: 'A write to a buffer that was just taken back',
    tries: 'The kernel frees a page and tells the unit later. What the device does in between, the cache decides.',
  },
  'peer-memory': {
    title: 'A write into another device’s memory',
    tries: 'The device writes to the address of a neighbour’s registers. A port may send that across, past the unit.',
  },
  'forged-interrupt': {
    title: 'A forged interrupt',
    tries: 'The guest makes the device write a message that means somebody else’s interrupt.',
  },
  'reserved-memory': {
    title: 'A device that the firmware goes on using',
    tries: 'The firmware has told the device to use memory of its own (RMRR, IVMD), and the device is given away.',
  },
  'bridge-alias': {
    title: 'Two devices behind one bridge, one name',
    tries: 'A conventional PCI bridge sends everything up in its own name: the unit cannot tell its devices apart.',
  },
  'translated-request': {
    title: 'A request that claims to be translated already',
    tries: 'A device that may cache translations (ATS) makes one up.',
  },
  traffic: {
    title: 'Caught from live traffic',
    tries: 'One request of the traffic, and the ones before it.',
  },
} as const satisfies Record<ScenarioCode | 'traffic', ScenarioWords>;

/** Every transaction of a scenario. */
export const storyWords = {
  'first-write': 'A write that walks every table',
  'same-page-again': 'The same page again, from the cache',
  'unmapped-write': 'A write past the end of guest memory',
  'remapped-interrupt': 'An interrupt with its sender checked',
  'write-to-rom': 'A write to a page that may only be read',
  'write-as-itself': 'A write under its own name',
  'write-as-next-function': 'A write as the function next door',
  'write-as-other-device': 'A write as a device on another bus',
  teardown: 'The guest ends',
  'write-in-flight': 'A write that was under way',
  'buffer-write': 'A write to a buffer',
  'buffer-unmapped': 'The buffer is taken back',
  'write-to-freed-buffer': 'A write to the buffer, 4 ms later',
  'late-flush': 'The unit is told, 10 ms later',
  'write-after-flush': 'A write after the unit was told',
  'write-to-peer': 'A write to a neighbour’s registers',
  'forged-interrupt': 'A message that names somebody else’s interrupt',
  'old-format-interrupt': 'A message of the old kind, any vector',
  'firmware-write': 'The firmware’s own write, on the host',
  'given-to-guest': 'The device is given to the guest',
  'firmware-write-from-guest': 'The firmware’s write again',
  'write-behind-bridge': 'A write by the device that was given',
  'neighbour-write': 'A write by its neighbour, who was not',
  'translated-write': 'A write with a made-up host address',
  traffic: 'A request of the traffic',
} as const satisfies Record<StoryCode, string>;

/** What is changed on the other side of a comparison. */
export const variantWords = {
  'iommu-off': 'IOMMU off',
  passthrough: 'Passed through (iommu=pt)',
  'no-interrupt-remapping': 'Interrupt remapping off',
  strict: 'Strict invalidation (iommu.strict=1)',
  lazy: 'Lazy invalidation (iommu.strict=0)',
  'small-pages': '4 KiB pages',
  'large-pages': '2 MiB pages',
  ats: 'Device cache on (ATS)',
  'no-ats': 'Device cache off (pci=noats)',
  'acs-on': 'Every ACS bit on',
  'acs-off': 'Every ACS bit off',
  'acs-override': 'ACS override',
} as const satisfies Record<Variant, string>;

const answers = {
  stops: 'This machine stops it.',
  'lets-through': 'This machine does not stop it.',
  unknown: 'Cannot know.',
  'not-here': 'This cannot happen here.',
} as const satisfies Record<ScenarioVerdict['answer'], string>;

/** Why, for what a fact makes of it. */
const factSentences = {
  translation: {
    on: 'Its IOMMU is on.',
    off: 'Its IOMMU is not at work: a device reaches all memory.',
    unknown: 'Whether its IOMMU is at work could not be read.',
  },
  'interrupt-remapping': {
    on: 'Interrupt remapping is on, and every entry names who may use it.',
    off: 'Interrupt remapping is off: a device can raise any interrupt.',
    unknown: 'Whether interrupts are remapped could not be read.',
  },
  invalidation: {
    on: 'The unit is told whenever a page is taken back.',
    off: 'The unit is told up to 10 ms after a page was taken back.',
    unknown: 'Whether the unit is told at once could not be read.',
  },
  'device-cache': {
    on: 'The device may keep translations itself (ATS is on), and what it claims to be translated is believed.',
    off: 'ATS is off for this device, so nothing that it claims to be translated is believed.',
    unknown: 'Whether ATS is on for this device could not be read.',
  },
  'source-validation': {
    on: 'A port on the way checks the sender’s bus (ACS SV).',
    off: 'No port on the way checks the sender (ACS SV is off or missing).',
    unknown: 'Whether a port on the way checks the sender could not be read.',
  },
  'request-redirect': {
    on: 'Requests for a neighbour are sent up to the unit (ACS RR).',
    off: 'Requests for a neighbour may go straight across (ACS RR is off or missing).',
    unknown: 'Whether requests for a neighbour are sent up could not be read.',
  },
  'translation-blocking': {
    on: 'A port on the way blocks such requests (ACS TB).',
    off: 'No port on the way blocks such requests (ACS TB is off or missing).',
    unknown: 'Whether a port on the way blocks such requests could not be read.',
  },
  'reserved-range': {
    on: 'The kernel refuses to give the device away, for the firmware’s range must stay mapped: no guest gets it.',
    off: 'The kernel gives the device away in spite of the firmware’s range.',
    unknown: 'Whether a range of the firmware’s keeps the device from being given away could not be read.',
  },
} as const satisfies Record<DecidingFact, Record<'on' | 'off' | 'unknown', string>>;

/** Why a scenario has no place on a machine. */
const notHere: Partial<Record<ScenarioCode | 'traffic', string>> = {
  'wrong-requester': 'No device on another bus is known.',
  'peer-memory': 'No other device with memory of its own is known.',
  'reserved-memory': 'The firmware has reserved nothing for this device, as far as its table is known.',
  'bridge-alias': 'No bridge above this device speaks in its place.',
  'translated-request': 'This device is not known to have ATS.',
};

/** Under a scenario that has no place on the machine, and is shown all the same. */
export const madeUp = 'This machine lacks what the scenario needs: that part of the path is made up.';

/** Whose unit is simulated, where it is not known to be of the machine's own kind. */
export const unitNotes = {
  assumed: 'The source does not tell whose IOMMU this machine has. Intel’s VT-d is simulated, assumed.',
  instead:
    'This machine’s IOMMU is of another kind than Intel’s VT-d and AMD’s AMD-Vi, and it is not simulated here. Shown instead is the Intel sample’s walk; it says nothing about this machine.',
} as const;

/** Facts that the sentences of a fact do not cover. */
const besides: Partial<Record<ScenarioCode | 'traffic', Partial<Record<ScenarioVerdict['answer'], string>>>> = {
  'bridge-alias': {
    'lets-through':
      'The unit sees one sender where there are several. The kernel puts them all into one group, so they can only be given together.',
  },
  'reserved-memory': {
    'lets-through': 'Where the guest has memory at the same addresses, the firmware’s transfer lands there.',
  },
};

/** Where a request ended that was not stopped. */
export const reachedWords = {
  guest: 'Reached the guest’s memory',
  host: 'Reached the host’s own memory',
  other: 'Reached another owner’s memory',
  peer: 'Reached the neighbour',
} as const satisfies Record<Reach, string>;

const risks = {
  guest: 'the guest',
  host: 'the host and everything on it',
  other: 'whoever has the other device',
  peer: 'whoever has the neighbour',
} as const satisfies Record<Reach, string>;

export interface VerdictWords {
  readonly answer: string;
  readonly why: readonly string[];
  /** `At risk: …`, null where nobody is */
  readonly risk: string | null;
}

/** The answer to “would this machine stop it?”: the consequence, why, and who is at risk. */
export function verdictWords(code: ScenarioCode | 'traffic', { answer, risk, facts }: ScenarioVerdict): VerdictWords {
  if (answer === 'not-here') return { answer: answers[answer], why: [notHere[code] ?? ''], risk: null };
  const more = besides[code]?.[answer];
  return {
    answer: answers[answer],
    why: [...facts.map(({ fact, state }) => factSentences[fact][state]), ...(more === undefined ? [] : [more])],
    risk: risk.length === 0 ? null : `At risk: ${risk.map((one) => risks[one]).join(', ')}.`,
  };
}

export const verdictQuestion = 'Would this machine stop it?';
