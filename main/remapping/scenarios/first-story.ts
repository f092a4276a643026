import { access, noPasid } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import { pageSizeAt } from '../formats/second-stage.ts';
import { Recorder } from '../record/recorder.ts';
import type { Request } from '../record/recorder.ts';
import type { Trace, Transaction } from '../trace.ts';
import { fault } from '../vtd/fault-reasons.ts';
import { acknowledgeFault } from './acknowledge-fault.ts';
import {
  buildStoryUnit,
  guestMemory,
  smallPages,
  storyCapability,
  storyExtendedCapability,
  storyInterruptIndex,
} from './story-unit.ts';
import type { StoryPath, StoryUnit } from './story-unit.ts';

const caches = { iotlbEntries: 64, iotlbWays: 64, contextEntries: 16, interruptEntries: 16 };

/** Guest-physical address that the card writes to: in 4 KiB pages, with a different index at each level. */
const mappedAddress = smallPages.guest + 0x12_3040;
const samePageAddress = mappedAddress + 0x40;
/** One page past the end of the guest's memory. */
const unmappedAddress = guestMemory[1].guest + guestMemory[1].bytes + 0x1000;

/**
 * The first story, for the device's own address: a write that walks every table, the same page again from the cache, a
 * write to an address that the guest does not have, and an interrupt with its source check. One trace.
 */
export function recordFirstStory(path: StoryPath): Trace {
  const story = buildStoryUnit(path.device, caches);
  const recorder = new Recorder(story.segment);
  story.unit.watch = recorder;
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
  const message = story.driver.messageFor(storyInterruptIndex);
  recordInterrupt(recorder, story, path, {
    kind: 'interrupt',
    story: 'remapped-interrupt',
    source,
    access: 'write',
    addressHi: 0,
    addressLo: message.address | 0,
    data: formatQuad(0, message.data),
    bytes: 4,
  });
  return {
    version: 1,
    scenario: 'first-story',
    provenance: 'simulated',
    path: {
      device: path.device,
      ports: path.ports,
      unit: {
        vendor: 'vtd',
        capability: `0x${storyCapability.toString(16)}`,
        extendedCapability: `0x${storyExtendedCapability.toString(16)}`,
        iotlbEntries: caches.iotlbEntries,
      },
    },
    tables: tableMap(story),
    guestMemory: guestMemory.map(({ guest, host, bytes }) => ({
      guest: hex(guest),
      host: hex(host),
      bytes: hex(bytes),
    })),
    transactions: recorder.transactions,
    steps: recorder.steps,
  };
}

const hex = (address: number): `0x${string}` => `0x${address.toString(16)}`;

function tableMap(story: StoryUnit): Trace['tables'] {
  const { driver } = story;
  return {
    rootTable: hex(driver.rootTable),
    contextTable: hex(driver.contextTableOf(story.requester >>> 8)),
    deviceTable: null,
    pagingTables: driver.tablePages.map(({ level, address }) => ({ level, address: hex(address) })),
    interruptTable: hex(driver.interruptTable),
    interruptEntries: driver.interruptEntries,
  };
}

/** The request leaves the device and passes the ports above it. */
function travel(recorder: Recorder, path: StoryPath, request: Request): void {
  const address = formatQuad(request.addressHi, request.addressLo);
  const { bytes } = request;
  recorder.note(request.kind === 'dma' ? 'device-sends-dma' : 'device-sends-interrupt', {
    address,
    bytes,
    ...(request.data === null ? {} : { data: request.data }),
  });
  for (const port of path.ports)
    recorder.note(port.sourceValidation === 'on' ? 'port-checks-source' : 'port-forwards', { port: port.address });
  recorder.note(request.kind === 'dma' ? 'address-is-memory' : 'address-is-interrupt', { address });
}

function recordDma(recorder: Recorder, story: StoryUnit, path: StoryPath, request: Request): void {
  const { unit } = story;
  recorder.begin(request);
  travel(recorder, path, request);
  const reason = unit.translate(story.requester, noPasid, request.addressHi, request.addressLo, access.write);
  if (reason !== fault.none) {
    recorder.end(blocked(recorder, story, request, reason, unit.dma.recorded));
    return;
  }
  const { outHi, outLo, outLevel } = unit.dma;
  unit.memory.writeWord(outHi, outLo, Number(request.data ?? 0) | 0);
  const output = formatQuad(outHi, outLo);
  recorder.note('memory-written', {
    output,
    bytes: request.bytes,
    ...(request.data === null ? {} : { data: request.data }),
  });
  recorder.end({
    outcome: 'arrived',
    translated: output,
    pageSize: pageSizeAt(outLevel),
    delivered: null,
    fault: null,
  });
}

function recordInterrupt(recorder: Recorder, story: StoryUnit, path: StoryPath, request: Request): void {
  const { unit } = story;
  recorder.begin(request);
  travel(recorder, path, request);
  const data = Number(request.data ?? 0) | 0;
  const reason = unit.interrupt(story.requester, request.addressHi, request.addressLo, data);
  const { delivered } = unit.interrupts;
  if (reason !== fault.none || delivered === null) {
    recorder.end(blocked(recorder, story, request, reason, unit.interrupts.recorded));
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
function blocked(
  recorder: Recorder,
  story: StoryUnit,
  request: Request,
  reason: number,
  recorded: boolean,
): Pick<Transaction, 'outcome' | 'translated' | 'pageSize' | 'delivered' | 'fault'> {
  const lines = recorded ? acknowledgeFault(story.unit, request.source, reason) : [];
  for (const line of lines) recorder.note('kernel-logs', { line });
  return {
    outcome: 'blocked',
    translated: null,
    pageSize: null,
    delivered: null,
    fault: { reason: formatQuad(0, reason), recorded, kernelLines: [...lines] },
  };
}
