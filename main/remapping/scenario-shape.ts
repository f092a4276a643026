import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import { provenanceShape } from '../machine/fact.ts';

/** Every scenario that can be recorded; its steps stand in scenarios/catalogue.ts, its words in main/words/scenarios.ts. */
export const scenarioCodes = [
  'first-story',
  'unmapped-address',
  'read-only-page',
  'wrong-requester',
  'reset-in-flight',
  'stale-translation',
  'peer-memory',
  'forged-interrupt',
  'reserved-memory',
  'bridge-alias',
  'translated-request',
] as const;
export type ScenarioCode = (typeof scenarioCodes)[number];

/** What a transaction of a scenario shows. */
export const storyCodes = [
  'first-write',
  'same-page-again',
  'unmapped-write',
  'remapped-interrupt',
  'write-to-rom',
  'write-as-itself',
  'write-as-next-function',
  'write-as-other-device',
  'teardown',
  'write-in-flight',
  'buffer-write',
  'buffer-unmapped',
  'write-to-freed-buffer',
  'late-flush',
  'write-after-flush',
  'write-to-peer',
  'forged-interrupt',
  'old-format-interrupt',
  'firmware-write',
  'given-to-guest',
  'firmware-write-from-guest',
  'write-behind-bridge',
  'neighbour-write',
  'translated-write',
  'traffic',
] as const;
export type StoryCode = (typeof storyCodes)[number];

/** How the simulated unit and the kernel above it are set up. */
export const configurationShape = v.object({
  /** `passthrough`: what iommu=pt gives the host's own drivers */
  translation: v.picklist(['on', 'off', 'passthrough']),
  interruptRemapping: v.picklist(['on', 'off']),
  /** `lazy`: the kernel frees first and tells the unit up to 10 ms later (iommu.strict=0) */
  invalidation: v.picklist(['strict', 'lazy']),
  /** of the memory that a scenario touches: 4 KiB, or 2 MiB where alignment allows */
  pages: v.picklist(['small', 'large']),
  /** the device may keep translations itself (ATS) */
  deviceCache: v.picklist(['on', 'off']),
  /** `override` tells the kernel that ports isolate, and changes no port */
  acs: v.picklist(['as-is', 'override', 'on', 'off']),
});
export type Configuration = v.InferOutput<typeof configurationShape>;

/** One change of the configuration, to record the same scenario against. */
export const variants = {
  'iommu-off': { translation: 'off' },
  passthrough: { translation: 'passthrough' },
  'no-interrupt-remapping': { interruptRemapping: 'off' },
  strict: { invalidation: 'strict' },
  lazy: { invalidation: 'lazy' },
  'small-pages': { pages: 'small' },
  'large-pages': { pages: 'large' },
  ats: { deviceCache: 'on' },
  'no-ats': { deviceCache: 'off' },
  'acs-on': { acs: 'on' },
  'acs-off': { acs: 'off' },
  'acs-override': { acs: 'override' },
} as const satisfies Record<string, Partial<Configuration>>;
export type Variant = keyof typeof variants;
export const variantCodes = Object.keys(variants) as [Variant, ...Variant[]];

/** Facts of a machine that can decide whether it stops what a scenario tries. */
export const decidingFacts = [
  'translation',
  'interrupt-remapping',
  'invalidation',
  'device-cache',
  'source-validation',
  'request-redirect',
  'translation-blocking',
  'reserved-range',
] as const;
export type DecidingFact = (typeof decidingFacts)[number];

/** Whose memory, or processors, a request reached. `other`: of whoever owns the device whose name was used. */
export const reaches = ['guest', 'host', 'other', 'peer'] as const;
export type Reach = (typeof reaches)[number];

/** Would this machine stop it? Computed by running the scenario with the machine's own facts. */
export const scenarioVerdictShape = v.object({
  /** `not-here`: this device has not what the scenario needs */
  answer: v.picklist(['stops', 'lets-through', 'unknown', 'not-here']),
  /** who is reached where it is let through, or may be */
  risk: v.array(v.picklist(reaches)),
  /** what decided, with how it stands on this machine */
  facts: v.array(
    v.object({
      fact: v.picklist(decidingFacts),
      state: v.picklist(['on', 'off', 'unknown']),
      provenance: v.nullable(provenanceShape),
      /** the file or register that says so */
      where: v.string(),
    }),
  ),
});
export type ScenarioVerdict = v.InferOutput<typeof scenarioVerdictShape>;

/** Where two traces of one scenario part: positions in `steps`; null where that side has no such step. */
export const differenceShape = v.object({
  transaction: v.pipe(v.number(), v.integer(), v.minValue(0)),
  left: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
  right: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
});
export type Difference = v.InferOutput<typeof differenceShape>;

const state = v.picklist(['on', 'off', 'unknown']);

/** A port or bridge above the device, and what its ACS control says of requests from below. */
export const portOnPathShape = v.object({
  address: addressShape,
  sourceValidation: state,
  requestRedirect: v.optional(state, 'unknown'),
  translationBlocking: v.optional(state, 'unknown'),
});
