import { access } from '../access.ts';
import type { DeviceInvalidation } from '../core/device-invalidations.ts';
import { lowMaskHi, lowMaskLo } from '../core/quad.ts';
import type { Quad } from '../core/quad.ts';
import type { GrantedPage, TranslationAgent } from './translation-agent.ts';

interface Entry {
  readonly pasid: number;
  /** any address in the page, as the device uses it */
  readonly address: Quad;
  readonly page: GrantedPage;
}

const same = (a: Quad, b: Quad, bits: number): boolean =>
  ((a.hi ^ b.hi) & ~lowMaskHi(bits)) === 0 && ((a.lo ^ b.lo) & ~lowMaskLo(bits)) === 0;

/**
 * The translation cache of a function (ATC, PCIe 10.1 [recall]): it asks the unit for translations, keeps them, and sends its
 * requests with host addresses. The unit cannot drop what it keeps; it can only ask, and wait for the answer.
 */
export class DeviceTlb {
  /** false: invalidations wait until `answer` is called, which may be never */
  answersAtOnce = true;
  readonly source: number;
  private readonly agent: TranslationAgent;
  private readonly capacity: number;
  private entries: Entry[] = [];
  private waiting: DeviceInvalidation[] = [];

  /** `capacity`: translations that it keeps; the oldest gives way. */
  constructor(agent: TranslationAgent, source: number, capacity = 64) {
    this.agent = agent;
    this.source = source;
    this.capacity = capacity;
  }

  /** Number of translations that are kept. */
  get used(): number {
    return this.entries.length;
  }

  /** Host address that a request of the function reaches, or null where it gets no translation or is blocked. */
  reach(pasid: number, hi: number, lo: number, write: boolean): Quad | null {
    const bits = write ? access.write : access.read;
    const found = this.find(pasid, { hi, lo }, bits) ?? this.ask(pasid, { hi, lo }, bits);
    if (found === null) return null;
    const { page } = found;
    const host = {
      hi: (page.hi & ~lowMaskHi(page.sizeBits)) | (hi & lowMaskHi(page.sizeBits)),
      lo: (page.lo & ~lowMaskLo(page.sizeBits)) | (lo & lowMaskLo(page.sizeBits)),
    };
    return this.agent.request(this.source, pasid, host.hi, host.lo, bits | access.translated) === 0 ? host : null;
  }

  private find(pasid: number, address: Quad, bits: number): Entry | null {
    const held = this.entries.find(
      (entry) =>
        entry.pasid === pasid &&
        (entry.page.rights & bits) === bits &&
        same(entry.address, address, entry.page.sizeBits),
    );
    return held ?? null;
  }

  private ask(pasid: number, address: Quad, bits: number): Entry | null {
    const refused = this.agent.request(this.source, pasid, address.hi, address.lo, bits | access.translationRequest);
    if (refused !== 0) return null;
    const page = this.agent.granted();
    if ((page.rights & bits) !== bits) return null;
    const entry = { pasid, address, page };
    this.entries = [...this.entries, entry].slice(-this.capacity);
    return entry;
  }

  /** An invalidation request arrives. */
  take(request: DeviceInvalidation): void {
    this.waiting.push(request);
    if (this.answersAtOnce) this.answer();
  }

  /** Forgets what was asked for so far, and answers all of it in one completion. */
  answer(): void {
    const answered = this.waiting;
    this.waiting = [];
    if (answered.length === 0) return;
    this.entries = this.entries.filter((entry) => !answered.some((request) => covers(request, entry)));
    this.agent.devices.completed(
      this.source,
      answered.reduce((vector, { tag }) => vector | (1 << tag), 0),
    );
  }
}

/** A page goes whole when any part of it is named. */
function covers({ pasid, everySpace, hi, lo, rangeBits }: DeviceInvalidation, entry: Entry): boolean {
  const ofSpace = everySpace ? entry.pasid >= 0 : entry.pasid === pasid;
  return ofSpace && same(entry.address, { hi, lo }, Math.max(rangeBits, entry.page.sizeBits));
}

/** Takes each request to the function that it names; a function that is not there answers nothing. */
export function connect(agent: TranslationAgent, tlbs: readonly DeviceTlb[]): void {
  agent.devices.send = (request) => tlbs.find(({ source }) => source === request.source)?.take(request);
}
