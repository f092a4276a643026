import type { Plan } from '../passthrough/plan.ts';
import type { LeftCode } from './codes.ts';

type ImageKind = NonNullable<Plan['host']['image']>;

/**
 * Hosts that are put together elsewhere: a file of ours below /etc is not read there (NixOS), does not outlive a start
 * (Unraid, whose root is in memory) or an update (TrueNAS), or comes too late, since the initramfs is built with the image
 * (rpm-ostree, bootc, transactional-update, SteamOS). Commands of an ordinary distribution would claim a change and a way
 * back that are none.
 */
const codes = {
  nixos: 'made-by-nixos',
  ostree: 'made-by-ostree',
  bootc: 'made-by-ostree',
  unraid: 'made-by-unraid',
  truenas: 'made-by-truenas',
  transactional: 'made-of-image',
  steamos: 'made-of-image',
  other: 'made-of-image',
} as const satisfies Record<ImageKind, LeftCode>;

/** Why no file of the host is written; null where the host is an ordinary one, or the source does not tell. */
export const imageTrouble = ({ host }: Pick<Plan, 'host'>): LeftCode | null =>
  host.image === null ? null : codes[host.image];
