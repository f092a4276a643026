/** Speeds of playing; at 1 a segment of the path takes 180 ms, which is how long a packet takes along it. */
export const speeds = [0.125, 0.25, 0.5, 1, 4] as const;
export type Speed = (typeof speeds)[number];

export const segmentMilliseconds = 180;

/** The position and what is left of the current step, in milliseconds at speed 1. */
export interface Playhead {
  readonly at: number;
  readonly carried: number;
}

/**
 * Where the playhead stands after `elapsed` milliseconds; never beyond `last`. A page that slept (elapsed of minutes) goes
 * on from where it was, one second further at most.
 */
export function advance(playhead: Playhead, elapsed: number, speed: Speed, last: number): Playhead {
  const passed = playhead.carried + Math.min(Math.max(elapsed, 0), 1000) * speed;
  const steps = Math.floor(passed / segmentMilliseconds);
  const at = Math.min(playhead.at + steps, last);
  return { at, carried: at === last ? 0 : passed - steps * segmentMilliseconds };
}
