import type { PciAddress } from '../../machine/address.ts';
import { formatQuad } from '../core/quad.ts';
import type { Recorder, Request } from '../record/recorder.ts';
import type { Transaction } from '../trace.ts';
import { reachOf } from './places.ts';
import { withStandIns } from './stand-ins.ts';
import type { FullPath } from './stand-ins.ts';
import type { StoryPath } from './story-path.ts';
import type { StoryUnit } from './story-unit.ts';
import { travel } from './travel.ts';

const nothing: Pick<Transaction, 'outcome' | 'translated' | 'reached' | 'pageSize' | 'delivered' | 'fault'> = {
  outcome: 'blocked',
  translated: null,
  reached: null,
  pageSize: null,
  delivered: null,
  fault: null,
};

/** Writes requests of live traffic down as transactions, with the steps that the unit tells the recorder meanwhile. */
export class TrafficWitness {
  private readonly recorder: Recorder;
  private readonly unit: StoryUnit;
  private readonly path: FullPath;
  private readonly own: PciAddress;
  private readonly behindBridge: boolean;

  constructor(recorder: Recorder, unit: StoryUnit, path: StoryPath, own: PciAddress) {
    this.recorder = recorder;
    this.unit = unit;
    // Traffic goes to the guest's memory alone: a peer's registers are none of its places.
    this.path = withStandIns({ ...path, peer: null });
    this.own = own;
    this.behindBridge = path.bridge != null;
  }

  private begin(kind: Request['kind'], story: Request['story'], hi: number, lo: number, write: boolean, bytes: number) {
    const request: Request = {
      kind,
      story,
      source: this.own,
      sender: this.path.device,
      decisive: false,
      access: write ? 'write' : 'read',
      addressHi: hi,
      addressLo: lo,
      data: null,
      bytes,
    };
    this.recorder.begin(request);
    return request;
  }

  sends(kind: 'dma' | 'interrupt', hi: number, lo: number, write: boolean, bytes: number): void {
    const { recorder, unit, path, own, behindBridge } = this;
    const request = this.begin(kind, 'traffic', hi, lo, write, bytes);
    travel(recorder, path, request, { acs: 'as-is', own, behindBridge, translated: false });
    const says = kind === 'dma' ? unit.side.says.memory : unit.side.says.interrupt;
    recorder.note(says, { address: formatQuad(hi, lo) });
  }

  arrived(write: boolean, bytes: number): void {
    const { recorder, unit, path } = this;
    const { outHi, outLo, pageSize } = unit;
    const output = formatQuad(outHi, outLo);
    recorder.note(write ? unit.side.says.written : unit.side.says.read, { output, bytes });
    const reached = reachOf((outHi >>> 0) * 2 ** 32 + (outLo >>> 0), path);
    recorder.end({ ...nothing, outcome: 'arrived', translated: output, reached, pageSize });
  }

  delivered(): void {
    const { delivered } = this.unit;
    const told = delivered === null ? null : { vector: delivered.vector, destination: delivered.destination };
    this.recorder.end({ ...nothing, outcome: 'delivered', reached: 'host', delivered: told });
  }

  stopped(reason: number, kernelLines: readonly string[]): void {
    const { recorder, unit } = this;
    for (const line of kernelLines) recorder.note(unit.side.says.kernel, { line });
    const fault = { reason: formatQuad(0, reason), recorded: unit.recorded, kernelLines: [...kernelLines] };
    recorder.end({ ...nothing, fault });
  }

  unmaps(iova: number): void {
    this.begin('invalidation', 'buffer-unmapped', 0, 0, true, 0);
    const address = formatQuad(Math.floor(iova / 2 ** 32), iova | 0);
    this.recorder.note('kernel-unmaps-page', { address });
  }

  done(): void {
    this.recorder.end({ ...nothing, outcome: 'done' });
  }
}
