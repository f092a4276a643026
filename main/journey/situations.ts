import type { Stage } from './state.ts';

/** Every state that a stage can be found in; words/journey.ts has a label and a sentence for each. */
export const situations = {
  look: ['read', 'read-without-root'],
  firmware: [
    'table-there',
    'interrupts-left-out',
    'groups-say-so',
    'windows-says-so',
    'both-off',
    'virtualization-off',
    'iommu-off',
    'off-inside-vm',
    'cannot-know',
    'other-architecture',
  ],
  host: [
    'iommu-on',
    'switched-off',
    'kernel-switch',
    'option-waits',
    'did-not-start',
    'no-change',
    'after-firmware',
    'cannot-know',
  ],
  choose: ['nothing-chosen', 'chosen', 'renumbered', 'other-slot', 'function-gone'],
  write: ['after-choosing', 'not-written', 'addresses-changed', 'seen', 'said'],
  reboot: ['after-writing', 'restart-now', 'restart-not-seen', 'restarted', 'already-in-effect'],
  verify: ['after-restart', 'took-effect', 'not-yet', 'cannot-know'],
} as const satisfies Record<Stage, readonly string[]>;

export type SituationOf<S extends Stage> = (typeof situations)[S][number];
export type Situation = SituationOf<Stage>;

/** What welcomeBack tells, and firmwareGuideFor remarks; each has its sentence. */
export const changeCodes = [
  'other-machine',
  'table-appeared',
  'table-gone',
  'groups-appeared',
  'groups-gone',
  'groups-changed',
  'kernel-changed',
  'functions-added',
  'functions-removed',
  'functions-moved',
  'functions-renumbered',
] as const;
export type ChangeCode = (typeof changeCodes)[number];

export const firmwareRemarks = [
  'general-page',
  'retail-model',
  'inside-vm',
  'amd-enabled-not-auto',
  'one-switch-for-both',
  'thinkpad-locked-on',
] as const;
export type FirmwareRemark = (typeof firmwareRemarks)[number];
