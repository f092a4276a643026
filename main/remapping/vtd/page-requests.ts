import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { EventMessage } from './event-message.ts';
import type { FaultLog } from './fault-log.ts';
import { fault } from './fault-reasons.ts';
import { faultStatus, register } from './registers.ts';
import type { ScalableMode } from './scalable-mode.ts';
import { tableMode } from './state.ts';
import type { LatchedState } from './state.ts';

/** A device asks that a page be made present (ATS 4; VT-d 7.4). */
export interface PageRequest {
  readonly source: number;
  /** -1 for none */
  readonly pasid: number;
  readonly hi: number;
  readonly lo: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly privileged: boolean;
  /** the last of its group, which is what is answered */
  readonly last: boolean;
  /** 0 to 511 */
  readonly group: number;
}

/** Response codes of a page group (PCIe 10.4.2.1). */
export const pageResponse = { success: 0, invalid: 1, failure: 0xf } as const;

export interface PageGroupResponse {
  readonly source: number;
  readonly pasid: number;
  readonly group: number;
  readonly code: number;
}

/** Bits of PRS. */
export const pageRequestStatus = { pending: 1 << 0, overflow: 1 << 1 } as const;

const entryBytes = 32;
const requestType = 1;
/** PQS, bits 2:0 of PQA: 2^(PQS+7) entries. */
const bytesOf = (address: number): number => (entryBytes << 7) << (address & 7);

/** The parts of a unit that page requests work with. */
export interface PageRequestParts {
  readonly registers: RegisterFile;
  readonly memory: PhysicalMemory;
  readonly state: LatchedState;
  readonly scalable: ScalableMode;
  readonly faults: FaultLog;
  readonly event: EventMessage;
  /** hears of every request that software will find in the queue */
  readonly posted: (request: PageRequest) => void;
}

/** The page request queue in memory, PQH to PQT, and the answers to groups (VT-d 7.4.1, 7.5, 11.4.11). */
export class PageRequests {
  /** takes every answer to a device, in order */
  respond: (response: PageGroupResponse) => void = () => undefined;
  /** answers to a group that nobody waits for: they reach nobody */
  strayResponses = 0;
  private readonly parts: PageRequestParts;
  /** groups whose last request waits for software */
  private readonly waiting = new Set<string>();

  constructor(parts: PageRequestParts) {
    this.parts = parts;
  }

  /** Queues a request for software; what cannot be queued is answered or recorded at once. */
  request(request: PageRequest): void {
    const { registers, memory, state, scalable } = this.parts;
    // 1. Without translation nobody serves page requests; in legacy mode they are an error of their own.
    if (!state.translating) return this.answer(request, pageResponse.failure);
    if (state.mode !== tableMode.scalable) return this.refuse(request, fault.pageRequestInLegacyMode, false);
    // 2. The context entry must be there, and let the function ask (PRE).
    const { contexts } = scalable;
    const contextFault = contexts.find(request.source, null);
    if (contextFault !== fault.none) return this.refuse(request, contextFault, contexts.faultProcessingDisabled);
    if (!contexts.pageRequests)
      return this.refuse(request, fault.pageRequestsDisabled, contexts.faultProcessingDisabled, pageResponse.invalid);
    // 3. A queue that is full, or was and has not been seen to, takes nothing; the last of a group is told to try again.
    const queue = registers.read(register.PQA);
    const bytes = bytesOf(queue);
    const tail = registers.read(register.PQT);
    const next = (tail + entryBytes) % bytes;
    const overflowed = (registers.read(register.PRS) & pageRequestStatus.overflow) !== 0;
    if (overflowed || next === registers.read(register.PQH)) {
      if (!overflowed) {
        registers.raise(register.PRS, pageRequestStatus.overflow);
        this.parts.faults.report(faultStatus.requestOverflow, null);
      }
      return this.answer(request, pageResponse.success);
    }
    // 4. 32 bytes at the tail.
    const base = queue & ~0xfff;
    const baseHi = registers.read(register.PQA + 4);
    const written = encode(request).every(
      ([hi, lo], quad) => memory.writeQuad(baseHi, base + tail + quad * 8, hi, lo) === 0,
    );
    if (!written) return this.answer(request, pageResponse.failure);
    registers.set(register.PQT, next);
    if (request.last) this.waiting.add(keyOf(request));
    this.parts.posted(request);
    // 5. The event, where none is pending.
    if (registers.read(register.PRS) & pageRequestStatus.pending) return;
    registers.raise(register.PRS, pageRequestStatus.pending);
    this.parts.event.raise();
  }

  /** Software answered a group by a queue descriptor. */
  answered(response: PageGroupResponse): void {
    if (this.waiting.delete(keyOf(response))) this.respond(response);
    else this.strayResponses++;
  }

  /** Only the last of a group is answered; the others have nobody who waits. */
  private answer(request: PageRequest, code: number): void {
    const { source, pasid, group, last } = request;
    if (last) this.respond({ source, pasid, group, code });
  }

  private refuse(request: PageRequest, reason: number, silent: boolean, code: number = pageResponse.failure): void {
    const { source, pasid, hi, lo, execute, privileged, write } = request;
    this.parts.faults.record(
      reason,
      {
        ...{ source, pasid, execute, privileged, infoHi: hi, infoLo: lo & ~0xfff },
        read: !write,
        addressType: 0,
        pageRequest: true,
      },
      silent,
      null,
    );
    this.answer(request, code);
  }
}

const keyOf = ({ source, pasid, group }: Pick<PageRequest, 'source' | 'pasid' | 'group'>): string =>
  `${source} ${pasid} ${group}`;

/**
 * Quads of a request, low first, each as halves: type 7:0, PP 8, RID 31:16, PASID 51:32, EXE 52, PMR 53; then RD 0, WR 1,
 * LPIG 2, PRGI 11:3 and the page; private data is not modelled.
 */
function encode(request: PageRequest): readonly (readonly [number, number])[] {
  const hasPasid = request.pasid >= 0;
  const first = requestType | (hasPasid ? 1 << 8 : 0) | (request.source << 16);
  const space = hasPasid ? request.pasid | (Number(request.execute) << 20) | (Number(request.privileged) << 21) : 0;
  const flags =
    Number(request.read) | (Number(request.write) << 1) | (Number(request.last) << 2) | (request.group << 3);
  return [
    [space, first],
    [request.hi, (request.lo & ~0xfff) | flags],
    [0, 0],
    [0, 0],
  ];
}
