import type { Profile } from '../passthrough/plan.ts';

/** What a new guest is made of before its person changes it: modest, and able to install an operating system. */
export interface GuestShape {
  readonly memoryGigabytes: number;
  readonly cpus: number;
  readonly diskGigabytes: number;
  /** Windows' setup has drivers for SATA and e1000e only; Linux has virtio */
  readonly windows: boolean;
}

export const guestShapes = {
  gaming: { memoryGigabytes: 16, cpus: 8, diskGigabytes: 128, windows: true },
  desktop: { memoryGigabytes: 8, cpus: 4, diskGigabytes: 64, windows: true },
  compute: { memoryGigabytes: 16, cpus: 8, diskGigabytes: 64, windows: false },
  storage: { memoryGigabytes: 8, cpus: 4, diskGigabytes: 32, windows: false },
  network: { memoryGigabytes: 4, cpus: 2, diskGigabytes: 16, windows: false },
} as const satisfies Record<Profile, GuestShape>;
