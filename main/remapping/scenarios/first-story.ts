import { access } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import { Recorder } from '../record/recorder.ts';
import type { Request } from '../record/recorder.ts';
import type { Trace, Transaction } from '../trace.ts';
import { guestMemory, hex, smallPages } from './story-layout.ts';
import { buildStoryUnit } from './story-unit.ts';
import type { StoryPath, StoryUnit, Vendor } from './story-unit.ts';

type Outcome = Pick<Transaction, 'outcome' | 'translated' | 'pageSize' | 'delivered' | 'fault'>;

/** Guest-physical address that the card writes to: in 4 KiB pages, with a different index at each level. */
const mappedAddress = smallPages.guest + 0x12_3040;
const samePageAddress = mappedAddress + 0x40;
/** One page past the end of the guest's memory. */
const unmappedAddress = guestMemory[1].guest + guestMemory[1].bytes + 0x1000;

/**
 * The first story, for the device's own address and the vendor of its machine: a write that walks every table, the same page
 * again from the cache, a write to an address that the guest does not have, and an interrupt. One trace.
 */
export function recordFirstStory(path: StoryPath, vendor: Vendor = 'vtd'): Trace {
  const story = buildStoryUnit(vendor, path.device);
  const recorder = new Recorder(story.segment);
  story.follow(recorder);
  const source = path.device;
  const write = (at: number, name: Transaction['story'], data: number): void =>
    recordDma(recorder, story, path, {
      kind: 'dma',
      story: name,
      source,
      access: 'write',
      addressHi: Math.floor(at / 2 ** 32),
      addressLo: at | 0,
      data: formatQuad(0, data),
      bytes: 4,
    });
  write(mappedAddress, 'first-write', 0xcafe_0001);
  write(samePageAddress, 'same-page-again', 0xcafe_0002);
  write(unmappedAddress, 'unmapped-write', 0xcafe_0003);
  recordInterrupt(recorder, story, path, {
    kind: 'interrupt',
    story: 'remapped-interrupt',
    source,
    access: 'write',
    addressHi: 0,
    addressLo: story.ownMessage.address | 0,
    data: formatQuad(0, story.ownMessage.data),
    bytes: 4,
  });
  return {
    version: 1,
    scenario: 'first-story',
    provenance: 'simulated',
    path: { device: path.device, ports: path.ports, unit: story.described },
    tables: story.tables,
    guestMemory: guestMemory.map(({ guest, host, bytes }) => ({
      guest: hex(guest),
      host: hex(host),
      bytes: hex(bytes),
    })),
    transactions: recorder.transactions,
    steps: recorder.steps,
  };
}

/** The request leaves the device and passes the ports above it. */
function travel(recorder: Recorder, story: StoryUnit, path: StoryPath, request: Request): void {
  const address = formatQuad(request.addressHi, request.addressLo);
  const { bytes } = request;
  recorder.note(request.kind === 'dma' ? 'device-sends-dma' : 'device-sends-interrupt', {
    address,
    bytes,
    ...(request.data === null ? {} : { data: request.data }),
  });
  for (const port of path.ports)
    recorder.note(port.sourceValidation === 'on' ? 'port-checks-source' : 'port-forwards', { port: port.address });
  recorder.note(request.kind === 'dma' ? story.says.memory : story.says.interrupt, { address });
}

function recordDma(recorder: Recorder, story: StoryUnit, path: StoryPath, request: Request): void {
  recorder.begin(request);
  travel(recorder, story, path, request);
  const reason = story.translate(request.addressHi, request.addressLo, access.write);
  if (reason !== 0) {
    recorder.end(blocked(recorder, story, reason));
    return;
  }
  const { outHi, outLo, pageSize } = story;
  story.memory.writeWord(outHi, outLo, Number(request.data ?? 0) | 0);
  const output = formatQuad(outHi, outLo);
  recorder.note(story.says.written, {
    output,
    bytes: request.bytes,
    ...(request.data === null ? {} : { data: request.data }),
  });
  recorder.end({ outcome: 'arrived', translated: output, pageSize, delivered: null, fault: null });
}

function recordInterrupt(recorder: Recorder, story: StoryUnit, path: StoryPath, request: Request): void {
  recorder.begin(request);
  travel(recorder, story, path, request);
  const reason = story.interrupt(story.ownMessage);
  const { delivered } = story;
  if (reason !== 0 || delivered === null) {
    recorder.end(blocked(recorder, story, reason));
    return;
  }
  const { vector, destination } = delivered;
  recorder.end({
    outcome: 'delivered',
    translated: null,
    pageSize: null,
    delivered: { vector, destination },
    fault: null,
  });
}

/** Who was stopped, and what the kernel makes of it. */
function blocked(recorder: Recorder, story: StoryUnit, reason: number): Outcome {
  const { recorded } = story;
  const lines = recorded ? story.acknowledge(reason) : [];
  for (const line of lines) recorder.note(story.says.kernel, { line });
  return {
    outcome: 'blocked',
    translated: null,
    pageSize: null,
    delivered: null,
    fault: { reason: formatQuad(0, reason), recorded, kernelLines: [...lines] },
  };
}
