import type { Configuration, DecidingFact, ScenarioCode, StoryCode, Variant } from '../scenario-shape.ts';

/** Addresses by what they mean; places.ts finds them in the story's memory and on the machine's path. */
export type Place =
  'page' | 'same-page' | 'past-guest' | 'rom' | 'buffer' | 'peer-memory' | 'reserved-memory' | 'host-page';

/** Under whose requester id a request goes out. */
export type Sender = 'device' | 'next-function' | 'other-device' | 'neighbour';

/** What the kernel does between two requests. */
export type Change = 'unmap-buffer' | 'flush' | 'detach' | 'give-to-guest';

export type ScenarioStep =
  | {
      readonly do: 'write';
      readonly story: StoryCode;
      readonly at: Place;
      /** the device itself where it is left out */
      readonly as?: Sender;
      /** claims to carry a host address already (ATS, AT=2) */
      readonly translated?: true;
      /** this is what the scenario asks about */
      readonly decisive?: true;
    }
  | {
      readonly do: 'interrupt';
      readonly story: StoryCode;
      readonly message: 'own' | 'foreign' | 'old-format';
      readonly decisive?: true;
    }
  | { readonly do: 'change'; readonly story: StoryCode; readonly change: Change }
  | { readonly do: 'wait'; readonly milliseconds: number };

/** What has to be set up before the first request. */
export type Preparation =
  /** a page of the guest that may be read only, as a hypervisor maps a ROM */
  | 'rom'
  /** the host’s own space for the device, with the range that the firmware wants mapped */
  | 'firmware-space'
  /** another device in the space of somebody else */
  | 'other-space';

export interface Scenario {
  /** beside the configuration in which a device is given to a guest (story-unit.ts) */
  readonly configuration: Partial<Configuration>;
  readonly prepare: readonly Preparation[];
  readonly steps: readonly ScenarioStep[];
  /** what of the path it is about: without it this machine cannot meet the scenario */
  readonly needs: 'peer' | 'otherDevice' | 'bridge' | 'reserved' | 'canCache' | null;
  /** facts of the machine that change the outcome of a decisive step */
  readonly decidedBy: readonly DecidingFact[];
  /** configurations worth looking at beside it */
  readonly against: readonly Variant[];
}

/** Every scenario as data; run-scenario.ts plays it through a unit of either vendor. */
export const scenarios = {
  'first-story': {
    configuration: {},
    prepare: [],
    steps: [
      { do: 'write', story: 'first-write', at: 'page' },
      { do: 'write', story: 'same-page-again', at: 'same-page' },
      { do: 'write', story: 'unmapped-write', at: 'past-guest', decisive: true },
      { do: 'interrupt', story: 'remapped-interrupt', message: 'own' },
    ],
    needs: null,
    decidedBy: ['translation'],
    against: ['iommu-off', 'passthrough', 'no-interrupt-remapping', 'large-pages'],
  },
  'unmapped-address': {
    configuration: {},
    prepare: [],
    steps: [{ do: 'write', story: 'unmapped-write', at: 'past-guest', decisive: true }],
    needs: null,
    decidedBy: ['translation'],
    against: ['iommu-off', 'passthrough'],
  },
  'read-only-page': {
    configuration: {},
    prepare: ['rom'],
    steps: [
      { do: 'write', story: 'first-write', at: 'page' },
      { do: 'write', story: 'write-to-rom', at: 'rom', decisive: true },
    ],
    needs: null,
    decidedBy: ['translation'],
    against: ['iommu-off', 'passthrough'],
  },
  'wrong-requester': {
    configuration: {},
    prepare: ['other-space'],
    steps: [
      { do: 'write', story: 'write-as-itself', at: 'page' },
      { do: 'write', story: 'write-as-next-function', at: 'page', as: 'next-function' },
      { do: 'write', story: 'write-as-other-device', at: 'page', as: 'other-device', decisive: true },
    ],
    needs: 'otherDevice',
    decidedBy: ['translation', 'source-validation'],
    against: ['acs-on', 'acs-off', 'iommu-off'],
  },
  'reset-in-flight': {
    configuration: {},
    prepare: [],
    steps: [
      { do: 'write', story: 'first-write', at: 'page' },
      { do: 'change', story: 'teardown', change: 'detach' },
      { do: 'write', story: 'write-in-flight', at: 'same-page', decisive: true },
    ],
    needs: null,
    decidedBy: ['translation'],
    against: ['iommu-off', 'passthrough'],
  },
  'stale-translation': {
    configuration: { invalidation: 'lazy' },
    prepare: [],
    steps: [
      { do: 'write', story: 'buffer-write', at: 'buffer' },
      { do: 'change', story: 'buffer-unmapped', change: 'unmap-buffer' },
      { do: 'wait', milliseconds: 4 },
      { do: 'write', story: 'write-to-freed-buffer', at: 'buffer', decisive: true },
      { do: 'wait', milliseconds: 6 },
      { do: 'change', story: 'late-flush', change: 'flush' },
      { do: 'write', story: 'write-after-flush', at: 'buffer' },
    ],
    needs: null,
    decidedBy: ['translation', 'invalidation'],
    against: ['strict', 'iommu-off'],
  },
  'peer-memory': {
    configuration: {},
    prepare: [],
    steps: [{ do: 'write', story: 'write-to-peer', at: 'peer-memory', decisive: true }],
    needs: 'peer',
    decidedBy: ['translation', 'request-redirect'],
    against: ['acs-on', 'acs-off', 'acs-override', 'iommu-off'],
  },
  'forged-interrupt': {
    configuration: {},
    prepare: [],
    steps: [
      { do: 'interrupt', story: 'remapped-interrupt', message: 'own' },
      { do: 'interrupt', story: 'forged-interrupt', message: 'foreign', decisive: true },
      { do: 'interrupt', story: 'old-format-interrupt', message: 'old-format', decisive: true },
    ],
    needs: null,
    decidedBy: ['interrupt-remapping'],
    against: ['no-interrupt-remapping'],
  },
  'reserved-memory': {
    configuration: {},
    prepare: ['firmware-space'],
    steps: [
      { do: 'write', story: 'firmware-write', at: 'reserved-memory' },
      { do: 'change', story: 'given-to-guest', change: 'give-to-guest' },
      { do: 'write', story: 'firmware-write-from-guest', at: 'reserved-memory', decisive: true },
    ],
    needs: 'reserved',
    decidedBy: ['reserved-range', 'translation'],
    against: ['iommu-off', 'passthrough'],
  },
  'bridge-alias': {
    configuration: {},
    prepare: [],
    steps: [
      { do: 'write', story: 'write-behind-bridge', at: 'page' },
      { do: 'write', story: 'neighbour-write', at: 'same-page', as: 'neighbour', decisive: true },
    ],
    needs: 'bridge',
    decidedBy: [],
    against: ['iommu-off'],
  },
  'translated-request': {
    configuration: { deviceCache: 'on' },
    prepare: [],
    steps: [
      { do: 'write', story: 'first-write', at: 'page' },
      { do: 'write', story: 'translated-write', at: 'host-page', translated: true, decisive: true },
    ],
    needs: 'canCache',
    decidedBy: ['translation', 'device-cache', 'translation-blocking'],
    against: ['no-ats', 'acs-on', 'iommu-off'],
  },
} as const satisfies Record<ScenarioCode, Scenario>;

/** The row of a scenario, with the literal types widened. */
export const scenarioOf = (code: ScenarioCode): Scenario => scenarios[code];
