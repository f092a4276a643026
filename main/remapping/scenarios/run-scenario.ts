import type { PciAddress } from '../../machine/address.ts';
import { access } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import { requesterOf } from '../core/requester.ts';
import { Recorder } from '../record/recorder.ts';
import type { Request } from '../record/recorder.ts';
import type { Configuration, ScenarioCode } from '../scenario-shape.ts';
import type { Trace, Transaction } from '../trace.ts';
import { applyChange } from './apply-change.ts';
import type { Spaces } from './apply-change.ts';
import { scenarioOf } from './catalogue.ts';
import type { Preparation, ScenarioStep, Sender } from './catalogue.ts';
import { addressOfPlace, isPeerMemory, reachOf, reservedPages, romPage } from './places.ts';
import { withStandIns } from './stand-ins.ts';
import type { FullPath } from './stand-ins.ts';
import { guestMemory, oldFormatMessage, otherMemory, smallPages } from './story-layout.ts';
import type { StoryPath, Vendor } from './story-path.ts';
import { buildStoryUnit, storyConfiguration } from './story-unit.ts';
import type { Message, StoryUnit } from './story-unit.ts';
import { traceOf } from './trace-of.ts';
import { travel, turnedTo } from './travel.ts';
import type { Journey } from './travel.ts';

type Outcome = Pick<Transaction, 'outcome' | 'translated' | 'reached' | 'pageSize' | 'delivered' | 'fault'>;
type Write = Extract<ScenarioStep, { do: 'write' }>;
type Interrupt = Extract<ScenarioStep, { do: 'interrupt' }>;

const nothing: Outcome = {
  outcome: 'blocked',
  translated: null,
  reached: null,
  pageSize: null,
  delivered: null,
  fault: null,
};

/**
 * Plays one scenario for a device's own path through a fresh unit of its machine's vendor, and records it. `changed`: what
 * differs from the configuration that the scenario is told in.
 */
export function recordScenario(
  code: ScenarioCode,
  path: StoryPath,
  vendor: Vendor = 'vtd',
  changed: Partial<Configuration> = {},
): Trace {
  return new ScenarioRun(code, path, vendor, changed).trace();
}

class ScenarioRun {
  private readonly code: ScenarioCode;
  private readonly path: FullPath;
  private readonly configuration: Configuration;
  private readonly unit: StoryUnit;
  private readonly recorder: Recorder;
  private readonly spaces: Spaces;
  /** who the unit hears when the device sends, and whether that is a bridge above it */
  private readonly own: PciAddress;
  private readonly behindBridge: boolean;
  private data = 0xcafe_0000;

  constructor(code: ScenarioCode, path: StoryPath, vendor: Vendor, changed: Partial<Configuration>) {
    const scenario = scenarioOf(code);
    this.code = code;
    this.path = withStandIns(path);
    this.configuration = { ...storyConfiguration, ...scenario.configuration, ...changed };
    this.behindBridge = path.bridge != null || scenario.needs === 'bridge';
    this.own = this.behindBridge ? this.path.bridge.requester : this.path.device;
    this.unit = buildStoryUnit(vendor, this.own, this.configuration);
    this.recorder = new Recorder(this.unit.segment);
    this.spaces = { guest: this.unit.guest, firmware: null, buffer: 'mapped' };
    for (const one of scenario.prepare) this.prepare(one);
    this.unit.follow(this.recorder);
    for (const step of scenario.steps) this.play(step);
  }

  trace(): Trace {
    return traceOf(this.code, this.path, this.unit, this.recorder);
  }

  private prepare(what: Preparation): void {
    const { unit, path } = this;
    const { side } = unit;
    const both = { read: true, write: true };
    switch (what) {
      case 'rom': {
        const physical = guestMemory[1].host + romPage - guestMemory[1].guest;
        side.map(unit.guest, { iova: romPage, physical, bytes: 4096, small: true }, { read: true, write: false });
        return;
      }
      case 'firmware-space': {
        const space = side.createSpace();
        const { start, bytes } = reservedPages(path.reserved);
        side.map(space, { iova: start, physical: start, bytes, small: false }, both);
        unit.move(unit.requester, unit.guest, space);
        this.spaces.firmware = space;
        return;
      }
      case 'other-space': {
        const space = side.createSpace();
        side.map(space, { iova: smallPages.guest, physical: otherMemory.host, bytes: 2 ** 21, small: true }, both);
        unit.attach(requesterOf(path.otherDevice), space);
      }
    }
  }

  private play(step: ScenarioStep): void {
    switch (step.do) {
      case 'wait':
        this.recorder.wait(step.milliseconds * 1e6);
        return;
      case 'change':
        this.recorder.begin({ ...this.requestOf(step.story, 'invalidation'), data: null, bytes: 0 });
        applyChange(step.change, this.unit, this.spaces, this.recorder);
        this.recorder.end({ ...nothing, outcome: 'done' });
        return;
      case 'write':
        this.write(step);
        return;
      case 'interrupt':
        this.interrupt(step);
    }
  }

  private requestOf(story: Request['story'], kind: Request['kind']): Request {
    return {
      kind,
      story,
      source: this.own,
      sender: this.path.device,
      decisive: false,
      access: 'write',
      addressHi: 0,
      addressLo: 0,
      data: null,
      bytes: 4,
    };
  }

  private sourceOf(as: Sender): PciAddress {
    switch (as) {
      case 'device':
      case 'neighbour':
        return this.own;
      case 'other-device':
        return this.path.otherDevice;
      case 'next-function':
        return this.unit.addressOf(this.unit.requester ^ 1);
    }
  }

  private journey(translated: boolean): Journey {
    return { acs: this.configuration.acs, own: this.own, behindBridge: this.behindBridge, translated };
  }

  private write(step: Write): void {
    const { recorder, path, unit } = this;
    const as = step.as ?? 'device';
    const at = addressOfPlace(step.at, path);
    const request: Request = {
      ...this.requestOf(step.story, 'dma'),
      source: this.sourceOf(as),
      sender: as === 'neighbour' ? path.bridge.neighbour : path.device,
      decisive: step.decisive ?? false,
      addressHi: Math.floor(at / 2 ** 32),
      addressLo: at | 0,
      data: formatQuad(0, ++this.data),
    };
    recorder.begin(request);
    const translated = step.translated ?? false;
    const stopped = !travel(recorder, path, request, this.journey(translated));
    if (stopped) recorder.end(nothing);
    else if (turnedTo(path, at, this.configuration.acs)) recorder.end(this.writePeer(request, at));
    else recorder.end(this.throughUnit(request, translated, requesterOf(request.source), unit));
  }

  private throughUnit(request: Request, translated: boolean, source: number, unit: StoryUnit): Outcome {
    const { recorder, path } = this;
    recorder.note(unit.side.says.memory, { address: formatQuad(request.addressHi, request.addressLo) });
    const bits = access.write | (translated ? access.translated : 0);
    const reason = unit.translate(request.addressHi, request.addressLo, bits, source);
    if (reason !== 0) return this.blocked(request, reason);
    const { outHi, outLo, pageSize } = unit;
    const output = (outHi >>> 0) * 2 ** 32 + (outLo >>> 0);
    if (isPeerMemory(output, path)) return this.writePeer(request, output);
    const missing = unit.memory.writeWord(outHi, outLo, Number(request.data ?? 0) | 0) !== 0;
    const written = { output: formatQuad(outHi, outLo), bytes: request.bytes };
    recorder.note(
      missing ? unit.side.says.absent : unit.side.says.written,
      request.data === null ? written : { ...written, data: request.data },
    );
    const reached = missing ? null : reachOf(output, path);
    return { ...nothing, outcome: 'arrived', translated: written.output, reached, pageSize };
  }

  private writePeer(request: Request, at: number): Outcome {
    const output = formatQuad(Math.floor(at / 2 ** 32), at | 0);
    this.recorder.note('peer-written', { output, bytes: request.bytes, port: this.path.peer.address });
    return { ...nothing, outcome: 'arrived', translated: output, reached: 'peer' };
  }

  private messageOf(which: Interrupt['message']): Message {
    switch (which) {
      case 'own':
        return this.unit.ownMessage;
      case 'foreign':
        return this.unit.foreignMessage;
      case 'old-format':
        return { ...oldFormatMessage, data: oldFormatMessage.data + 0x10 };
    }
  }

  private interrupt(step: Interrupt): void {
    const { recorder, unit, path } = this;
    const message = this.messageOf(step.message);
    const request: Request = {
      ...this.requestOf(step.story, 'interrupt'),
      decisive: step.decisive ?? false,
      addressLo: message.address | 0,
      data: formatQuad(0, message.data),
    };
    recorder.begin(request);
    travel(recorder, path, request, this.journey(false));
    recorder.note(unit.side.says.interrupt, { address: formatQuad(0, request.addressLo) });
    const reason = unit.interrupt(message);
    const { delivered } = unit;
    if (reason !== 0 || delivered === null) {
      recorder.end(this.blocked(request, reason));
      return;
    }
    const { vector, destination } = delivered;
    recorder.end({ ...nothing, outcome: 'delivered', reached: 'host', delivered: { vector, destination } });
  }

  /** Who was stopped, and what the kernel makes of it. A request refused without a reason (ATS while off) leaves no trace. */
  private blocked(request: Request, reason: number): Outcome {
    const { unit, recorder, path } = this;
    const { recorded } = unit;
    const known = request.source !== unit.addressOf(unit.requester ^ 1);
    const driver = request.source === path.otherDevice || !known ? null : 'vfio-pci';
    const lines = recorded ? unit.acknowledge(reason, request.source, driver) : [];
    for (const line of lines) recorder.note(unit.side.says.kernel, { line });
    if (reason < 0) return nothing;
    return { ...nothing, fault: { reason: formatQuad(0, reason), recorded, kernelLines: [...lines] } };
  }
}
