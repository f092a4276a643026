import type { Step, World } from './world.ts';

/** A kind of world that a QEMU does not survive, so that nothing can be compared. */
export interface NotAsked {
  readonly name: string;
  readonly why: string;
  /** QEMU versions that it ended */
  readonly seenOn: readonly string[];
  readonly holds: (world: World) => boolean;
}

/** P=1, PGTT=2 and AW=3: a PASID-table entry that asks for five levels of second stage. */
const asksForFiveLevels = (step: Step): boolean =>
  step.do === 'poke' && (step.value & 0x1c1n) === 0x81n && ((step.value >> 2n) & 7n) === 3n;

export const notAsked: readonly NotAsked[] = [
  {
    name: 'five-levels-behind-a-cached-context',
    why: 'QEMU judges a PASID-table entry when it caches the context entry. One that asks for five levels afterwards is walked all the same, and ends QEMU: vtd_sspte_nonzero_rsvd asserts `level < VTD_SPTE_RSVD_LEN`, which is 5. We answer 5Bh.',
    seenOn: ['11.1.3'],
    holds: ({ steps }) => {
      const first = steps.findIndex((step) => step.do === 'dma');
      return first >= 0 && steps.slice(first).some(asksForFiveLevels);
    },
  },
];
