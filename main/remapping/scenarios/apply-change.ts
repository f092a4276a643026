import type { Recorder } from '../record/recorder.ts';
import { formatQuad } from '../core/quad.ts';
import type { Change } from './catalogue.ts';
import { bufferPage } from './places.ts';
import type { Space, StoryUnit } from './story-unit.ts';

/** Address spaces of a scenario, and how far the kernel is with the buffer that it takes back. */
export interface Spaces {
  readonly guest: Space;
  /** the host's own, with the firmware's range; null where the scenario has none */
  firmware: Space | null;
  buffer: 'mapped' | 'awaits-flush' | 'flushed';
}

const buffer = formatQuad(Math.floor(bufferPage / 2 ** 32), bufferPage | 0);

/** What the kernel does to the tables and tells the unit, as steps of the transaction that the recorder has begun. */
export function applyChange(change: Change, unit: StoryUnit, spaces: Spaces, recorder: Recorder): void {
  const { side, configuration } = unit;
  switch (change) {
    case 'unmap-buffer': {
      const lazy = configuration.invalidation === 'lazy';
      recorder.note('kernel-unmaps-page', { address: buffer });
      side.unmap(spaces.guest, bufferPage, lazy);
      if (lazy) recorder.note('kernel-waits-to-flush', {});
      spaces.buffer = lazy ? 'awaits-flush' : 'flushed';
      return;
    }
    case 'flush':
      recorder.note(spaces.buffer === 'awaits-flush' ? 'kernel-flushes' : 'kernel-has-flushed', {});
      if (spaces.buffer === 'awaits-flush') side.flushAll(spaces.guest);
      spaces.buffer = 'flushed';
      return;
    case 'detach':
      // With iommu=pt the space that a device goes back to is the whole memory.
      recorder.note(
        configuration.translation === 'passthrough' ? 'kernel-returns-device' : 'kernel-detaches-device',
        {},
      );
      if (configuration.translation !== 'passthrough') side.detach(unit.requester, spaces.guest);
      return;
    case 'give-to-guest':
      recorder.note('kernel-gives-device', {});
      if (spaces.firmware !== null) unit.move(unit.requester, spaces.firmware, spaces.guest);
  }
}
