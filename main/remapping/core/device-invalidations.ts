/** An invalidation request to the TLB of a device, as it travels to the function (PCIe 10.3 [recall]). */
export interface DeviceInvalidation {
  readonly source: number;
  /** 0 to 31; the device’s completion names it */
  readonly tag: number;
  /** address space, -1 for requests without PASID */
  readonly pasid: number;
  /** G: the range of every address space */
  readonly everySpace: boolean;
  readonly hi: number;
  readonly lo: number;
  /** address bits inside the range, 12 to 64 */
  readonly rangeBits: number;
}

interface Outstanding {
  readonly request: DeviceInvalidation;
  /** counts requests in the order in which they were sent */
  readonly serial: number;
  /** completions that are still to come; 0 until the first says how many make one */
  left: number;
}

/** Who hears of completions: the queue that the requests came from. */
export interface CompletionListener {
  /** a request is about to go out */
  sending(request: DeviceInvalidation): void;
  /** a request is done, or was given up */
  settled(): void;
  /** a completion that no request waits for */
  unexpected(source: number): void;
}

const tags = 32;

/**
 * Invalidation requests under way to devices, by tag (ITag, PCIe 10.3.1 [recall]). There is no clock here: a device answers by
 * calling `completed`, and a limit passes by calling `expire`.
 */
export class DeviceInvalidations {
  /** Takes each request to its device. Without devices, all are done at once. */
  send: (request: DeviceInvalidation) => void = ({ source, tag }) => {
    this.completed(source, 1 << tag);
  };
  /** requests sent since the unit began */
  sent = 0;
  private readonly listener: CompletionListener;
  private readonly outstanding: (Outstanding | null)[] = Array.from({ length: tags }, () => null);

  constructor(listener: CompletionListener) {
    this.listener = listener;
  }

  /**
   * Sends a request under a free tag, and answers the tag; -1 where none is free, or where the function has `depth`
   * requests under way already (0 is 32, as in the ATS capability: Linux drivers/pci/ats.c pci_ats_queue_depth), so that it
   * is to be sent later.
   */
  issue(request: Omit<DeviceInvalidation, 'tag'>, depth: number): number {
    const tag = this.outstanding.indexOf(null);
    if (tag < 0 || (depth > 0 && this.underWayTo(request.source).length >= depth)) return -1;
    const tagged = { ...request, tag };
    this.outstanding[tag] = { request: tagged, serial: this.sent++, left: 0 };
    this.listener.sending(tagged);
    this.send(tagged);
    return tag;
  }

  private underWayTo(source: number): Outstanding[] {
    return this.outstanding.filter((one): one is Outstanding => one?.request.source === source);
  }

  /**
   * A completion arrives: bit n of `vector` is tag n, and `count` completions make one (CC, 1 to 8; a function that uses
   * several traffic classes sends one in each) [recall].
   */
  completed(source: number, vector: number, count = 1): void {
    let known = 0;
    for (let tag = 0; tag < tags; tag++) {
      const one = this.outstanding[tag] ?? null;
      if ((vector & (1 << tag)) === 0 || one?.request.source !== source) continue;
      known |= 1 << tag;
      one.left = (one.left === 0 ? count : one.left) - 1;
      if (one.left === 0) this.outstanding[tag] = null;
    }
    if (known !== vector || vector === 0) this.listener.unexpected(source);
    if (known !== 0) this.listener.settled();
  }

  /** The time in which a function has to answer is over: its requests are given up, and their tags are free again. */
  expire(source: number): readonly DeviceInvalidation[] {
    const late = this.underWayTo(source).map(({ request }) => request);
    for (const { tag } of late) this.outstanding[tag] = null;
    return late;
  }

  /** `sent` when the oldest request that is still under way was sent; `sent` itself where none is. */
  get oldest(): number {
    return this.outstanding.reduce((least, one) => Math.min(least, one?.serial ?? least), this.sent);
  }
}
