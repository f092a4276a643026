import { parseAddress } from '../../../main/machine/address.ts';
import { Recorder } from '../../../main/remapping/record/recorder.ts';
import type { TraceStep } from '../../../main/remapping/trace.ts';
import type { Watch } from '../../../main/remapping/watch.ts';

/** The steps of whatever `act` does, as they would be shown: a DMA write of 00:04.0 to this address. */
export function followed(unit: { watch: Watch | null }, act: () => void, addressLo = 0): readonly TraceStep[] {
  const recorder = new Recorder(0);
  const source = parseAddress('0000:00:04.0');
  if (source === null) throw new Error('address');
  unit.watch = recorder;
  const request = { addressHi: 0, addressLo, data: null, bytes: 4 };
  recorder.begin({
    kind: 'dma',
    story: 'traffic',
    source,
    sender: source,
    decisive: false,
    access: 'write',
    ...request,
  });
  act();
  unit.watch = null;
  return recorder.steps;
}
