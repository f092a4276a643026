import { isCanonical } from '../formats/first-stage.ts';
import { pageRequestStatus, pageResponse } from '../vtd/page-requests.ts';
import { register } from '../vtd/registers.ts';
import type { VtdUnit } from '../vtd/unit.ts';

/** A page that a device asks for. */
export interface AskedPage {
  readonly source: number;
  readonly pasid: number;
  readonly hi: number;
  readonly lo: number;
  readonly write: boolean;
}

/** A page-group response, as a queue descriptor’s two quads in halves, low quad first. */
export type ResponseDescriptor = readonly [lowHi: number, lowLo: number, highHi: number, highLo: number];

/**
 * Takes page requests off the queue as Linux does (drivers/iommu/intel/prq.c, prq_event_thread): malformed ones are answered
 * Invalid, a stop marker is dropped, the others are served, and the last of a group is answered.
 */
export class PageRequestHandler {
  private readonly unit: VtdUnit;
  private readonly serve: (page: AskedPage) => boolean;
  private readonly submit: (descriptor: ResponseDescriptor) => void;
  /** groups of which a page could not be served */
  private readonly failed = new Set<string>();

  constructor(unit: VtdUnit, serve: (page: AskedPage) => boolean, submit: (descriptor: ResponseDescriptor) => void) {
    this.unit = unit;
    this.serve = serve;
    this.submit = submit;
  }

  /** The event arrived: everything that is queued. Answers how many requests there were. */
  run(): number {
    const { unit } = this;
    unit.writeRegister(register.PRS, pageRequestStatus.pending);
    const queue = unit.readRegister(register.PQA);
    const bytes = 4096 << (queue & 7);
    let head = unit.readRegister(register.PQH);
    let count = 0;
    for (; head !== unit.readRegister(register.PQT); head = (head + 32) % bytes, count++)
      this.take(unit.readRegister(register.PQA + 4), (queue & ~0xfff) + head);
    unit.writeRegister(register.PQH, head);
    // An overflow is over once the queue is empty.
    unit.writeRegister(register.PRS, pageRequestStatus.overflow);
    return count;
  }

  private take(atHi: number, atLo: number): void {
    const { memory } = this.unit;
    memory.readQuad(atHi, atLo);
    const space = memory.outHi;
    const first = memory.outLo;
    memory.readQuad(atHi, atLo + 8);
    const hi = memory.outHi;
    const lo = memory.outLo;
    const [read, write, last] = [(lo & 1) !== 0, (lo & 2) !== 0, (lo & 4) !== 0];
    const group = (lo >>> 3) & 0x1ff;
    const withPasid = (first & (1 << 8)) !== 0;
    const source = first >>> 16;
    const pasid = withPasid ? space & 0xfffff : -1;
    const [execute, privileged] = [(space & (1 << 20)) !== 0, (space & (1 << 21)) !== 0];
    if (!isCanonical(4, hi) || (privileged && (read || write)) || (execute && read))
      return this.answer(source, pasid, group, pageResponse.invalid);
    // A stop marker: the device says that no more of its requests are under way, and waits for nothing.
    if (last && !read && !write) return;
    const key = `${source} ${pasid} ${group}`;
    if (!this.serve({ source, pasid, hi, lo: lo & ~0xfff, write })) this.failed.add(key);
    if (last) this.answer(source, pasid, group, this.failed.delete(key) ? pageResponse.invalid : pageResponse.success);
  }

  private answer(source: number, pasid: number, group: number, code: number): void {
    const withPasid = pasid >= 0 ? 1 << 4 : 0;
    this.submit([Math.max(pasid, 0), 9 | withPasid | (code << 12) | (source << 16), 0, group << 3]);
  }
}
