import type { LossKind } from '../plan.ts';

/** Every way in which a host can lose a job, by kind: the key of its sentences in words/losses.ts. */
export const lossSituations = {
  'boot-display': ['only-display', 'firmware-display'],
  display: ['last-screens', 'screens', 'only-graphics', 'outputs'],
  disk: [
    'system-disk',
    'system-disk-on-usb',
    'system-disk-in-group',
    'system-disk-in-slot',
    'swap',
    'mounted',
    'perhaps-mounted',
    'unmounted',
  ],
  network: ['only-interface', 'default-route', 'bridge-port', 'addresses', 'idle', 'unknown-use'],
  input: ['last-keyboard', 'keyboard-elsewhere'],
  usb: ['devices', 'ports'],
  sound: ['display-sound', 'host-sound'],
} as const satisfies Record<LossKind, readonly string[]>;

/** What a source may leave untold about the host's use of what is given: words/plan.ts. */
export const planUnknowns = [
  'groups',
  'ids',
  'drivers',
  'boot-display',
  'screens',
  'mounts',
  'network',
  'addresses',
  'routes',
  'input',
] as const;
export type PlanUnknown = (typeof planUnknowns)[number];
