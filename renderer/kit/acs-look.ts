/**
 * How one ACS bit of a port is drawn. `on`: full bar. `wired`: thin bar (the capability is there and does not offer the
 * bit; the kernel counts it as met). `off`: hollow, the capability offers it and it is switched off. `absent`: hollow,
 * crossed out in the inspector: no ACS capability at all.
 */
export type AcsLook = 'on' | 'wired' | 'off' | 'absent';

/** The four bits that decide groups, in the order in which they are drawn everywhere. */
export const acsBitsShown = ['SV', 'RR', 'CR', 'UF'] as const;
export type AcsBitShown = (typeof acsBitsShown)[number];
