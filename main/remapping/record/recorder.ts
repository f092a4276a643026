import type { PciAddress } from '../../machine/address.ts';
import { bigOf, formatOctet, formatQuad } from '../core/quad.ts';
import { addressOf, requesterOf } from '../core/requester.ts';
import { costOf } from '../cost-model.ts';
import { encodedSizeBits, leafEncodedSize, nextLevelOf } from '../formats/amd-v1.ts';
import { pageSizeAt, tableIndex } from '../formats/second-stage.ts';
import { decisionRow } from '../trace-codes.ts';
import type { DecisionCode } from '../trace-codes.ts';
import type { StructureRead, TraceStep, Transaction } from '../trace.ts';
import type { Watch } from '../watch.ts';
import { amdValuesOf } from './amd-values.ts';
import { decodeFields, domainOf, layoutOf, pagingLayoutOf } from './entry-fields.ts';
import type { EntryWords } from './entry-fields.ts';

type Values = TraceStep['values'];

/** What a transaction is before the engine has seen it. */
export interface Request {
  readonly kind: Transaction['kind'];
  readonly story: Transaction['story'];
  /** requester id that the unit sees, and who really sent it */
  readonly source: PciAddress;
  readonly sender: PciAddress;
  readonly decisive: boolean;
  readonly access: 'read' | 'write';
  readonly addressHi: number;
  readonly addressLo: number;
  readonly data: string | null;
  readonly bytes: number;
}

/** A device whose TLB is meant, and the address bits inside the range where one is named. */
const askedDevice = (source: number, rangeBits: number, _tag: number, domain: number): Values => ({
  expectedSource: addressOf(domain, source),
  ...(rangeBits >= 12 ? { widthBits: rangeBits } : {}),
});

const granularities = ['global', 'global', 'domain', 'page'] as const;

/**
 * The numbers that come with a decision, in words of the trace. a, b, c as the engine passes them; decisions that are
 * not here pass none that a sentence needs.
 */
const valuesOf: Partial<Record<DecisionCode, (a: number, b: number, c: number, domain: number) => Values>> = {
  'context-cache-hit': (domain) => ({ domain }),
  'pasid-cache-hit': (index, domain) => ({ index, domain }),
  'pasid-cache-miss': (index) => ({ index }),
  'pasid-not-enabled': (index) => ({ index }),
  'pasid-beyond-directory': (index, entries) => ({ index, entries }),
  'execute-request-refused': (index) => ({ index }),
  'supervisor-request-refused': (index) => ({ index }),
  'first-stage-not-canonical': (widthBits) => ({ widthBits }),
  'pasid-cache-invalidated': (_asked, domain, index) => ({ domain, index }),
  'pasid-iotlb-invalidated': (_order, domain, index) => ({ domain, index }),
  'iotlb-miss': (domain) => ({ domain }),
  'paging-cache-hit': (domain, level) => ({ domain, level }),
  'iotlb-hit': (hi, lo, level) => ({ output: formatQuad(hi, lo), pageSize: pageSizeAt(level) }),
  'iotlb-forbids-write': (domain, level) => ({ domain, pageSize: pageSizeAt(level) }),
  'iotlb-forbids-read': (domain, level) => ({ domain, pageSize: pageSizeAt(level) }),
  'iotlb-filled': (domain, level) => ({ domain, pageSize: pageSizeAt(level) }),
  'address-within-width': (widthBits) => ({ widthBits }),
  'address-beyond-width': (widthBits) => ({ widthBits }),
  'output-is-memory': (hi, lo, level) => ({ output: formatQuad(hi, lo), pageSize: pageSizeAt(level) }),
  'output-is-interrupt-range': (hi, lo, level) => ({ output: formatQuad(hi, lo), pageSize: pageSizeAt(level) }),
  'interrupt-index-in-table': (index, entries) => ({ index, entries }),
  'interrupt-index-beyond': (index, entries) => ({ index, entries }),
  'interrupt-cache-hit': (index) => ({ index }),
  'interrupt-cache-miss': (index) => ({ index }),
  'format-remappable': (index) => ({ index }),
  'source-accepted': (expected, _mask, _type, domain) => ({ expectedSource: addressOf(domain, expected) }),
  'source-refused': (expected, _mask, _type, domain) => ({ expectedSource: addressOf(domain, expected) }),
  'interrupt-delivered': (vector, destination) => ({ vector, destination }),
  'interrupt-posted': (hi, lo, vector) => ({ vector, output: formatQuad(hi, lo) }),
  'context-cache-invalidated': (asked, domain) => ({
    granularity: asked === 3 ? 'device' : granularities[asked],
    domain,
  }),
  'iotlb-invalidated': (done, domain) => ({ granularity: granularities[done], domain }),
  'interrupt-cache-invalidated': (asked, index) => ({ granularity: asked === 3 ? 'index' : 'global', index }),
  'device-tlb-invalidation-sent': askedDevice,
  'device-tlb-completion-unexpected': askedDevice,
  'device-tlb-timed-out': askedDevice,
  'amd-device-tlb-invalidation-sent': askedDevice,
  'amd-device-tlb-timed-out': askedDevice,
  'wait-aborted': (address) => ({ address: formatQuad(0, address) }),
  'wait-completed': (address) => ({ address: formatQuad(0, address) }),
  'fault-recorded': (reason, record) => ({ reason: formatQuad(0, reason), record }),
  'fault-silenced': (reason) => ({ reason: formatQuad(0, reason) }),
  'fault-collapsed': (reason) => ({ reason: formatQuad(0, reason) }),
  'fault-overflow': (reason, record) => ({ reason: formatQuad(0, reason), record }),
  'fault-dropped': (reason) => ({ reason: formatQuad(0, reason) }),
  ...amdValuesOf,
};

/** Bytes of the page that a leaf gives: by its level, or as its address encodes it (AMD-Vi). */
function pageSizeOf(code: DecisionCode, level: number, hi: number, lo: number): number {
  const encoded = code === 'amd-paging-is-leaf' && nextLevelOf(lo) === leafEncodedSize;
  return encoded ? 2 ** encodedSizeBits(hi, lo) : pageSizeAt(level);
}

/** Turns what the engine says while it works into the steps of a trace. */
export class Recorder implements Watch {
  readonly steps: TraceStep[] = [];
  readonly transactions: Transaction[] = [];
  private request: Request | null = null;
  private levels = 0;
  private at = 0;
  /** segment of the unit, for addresses that the engine knows as requester ids only */
  private readonly domain: number;

  constructor(domain: number) {
    this.domain = domain;
  }

  begin(request: Request): void {
    this.request = request;
    this.levels = 0;
  }

  /** Simulated nanoseconds in which nothing happens. */
  wait(nanoseconds: number): void {
    this.at += nanoseconds;
  }

  /** Ends the transaction that `begin` opened. */
  end(result: Pick<Transaction, 'outcome' | 'translated' | 'reached' | 'pageSize' | 'delivered' | 'fault'>): void {
    const { request } = this;
    if (request === null) return;
    const firstStep = this.transactions.reduce((sum, transaction) => sum + transaction.steps, 0);
    this.transactions.push({
      kind: request.kind,
      story: request.story,
      source: request.source,
      sender: request.sender,
      decisive: request.decisive,
      access: request.access,
      address: formatQuad(request.addressHi, request.addressLo),
      data: request.data,
      bytes: request.bytes,
      firstStep,
      steps: this.steps.length - firstStep,
      ...result,
    });
    this.request = null;
  }

  decided(code: DecisionCode, a: number, b: number, c: number): void {
    this.add(code, null, null, null, valuesOf[code]?.(a, b, c, this.domain) ?? {});
  }

  /** A step outside the engine: the request itself, a port, the kernel. */
  note(code: DecisionCode, values: Values): void {
    this.add(code, null, null, null, values);
  }

  readPaging(code: DecisionCode, level: number, atHi: number, atLo: number, hi: number, lo: number): void {
    this.levels = Math.max(this.levels, level);
    const readable = !code.endsWith('-unreadable');
    const leaf = code.endsWith('-is-leaf');
    const read: StructureRead = {
      address: formatQuad(atHi, atLo),
      bits: 64,
      value: readable ? formatQuad(hi, lo) : null,
      fields: readable ? decodeFields(pagingLayoutOf(code), [lo, hi, 0, 0], code) : [],
    };
    const { addressHi = 0, addressLo = 0 } = this.request ?? {};
    const index = code.startsWith('amd-guest-space-') ? (atLo >>> 3) & 511 : tableIndex(level, addressHi, addressLo);
    const output = formatQuad(hi & 0xfffff, lo & ~0xfff);
    this.add(
      code,
      level,
      read,
      // The requested address has 64 bits: level 6 of AMD-Vi has seven of them left.
      code.startsWith('amd-guest-space-')
        ? null
        : { high: Math.min(63, 11 + 9 * level), low: 3 + 9 * level, value: index },
      {
        level,
        levels: this.levels,
        index,
        output,
        ...(leaf ? { pageSize: pageSizeOf(code, level, hi, lo) } : {}),
      },
    );
  }

  readEntry(
    code: DecisionCode,
    atHi: number,
    atLo: number,
    highHi: number,
    highLo: number,
    lowHi: number,
    lowLo: number,
  ): void {
    const words: EntryWords = [lowLo, lowHi, highLo, highHi];
    const readable = !code.endsWith('-unreadable');
    const layout = layoutOf(code);
    const read: StructureRead = {
      address: formatQuad(atHi, atLo),
      bits: layout === 'pasidDirectory' ? 64 : 128,
      value: readable ? formatOctet(highHi, highLo, lowHi, lowLo) : null,
      fields: readable ? decodeFields(layout, words, code) : [],
    };
    const offset = atLo & 0xfff;
    const values: Values =
      layout === 'interrupt' || layout === 'amdInterruptNarrow'
        ? { vector: (lowLo >>> 16) & 0xff }
        : layout === 'amdInterrupt'
          ? { vector: highLo & 0xff }
          : { index: offset >>> 4, output: formatQuad(lowHi, lowLo & ~0xfff) };
    if (layout === 'context') Object.assign(values, { domain: domainOf(words), levels: (highLo & 7) + 2 });
    this.add(code, null, read, null, values);
  }

  readWide(code: DecisionCode, atHi: number, atLo: number, words: Int32Array): void {
    const readable = !code.endsWith('-unreadable');
    let value = 0n;
    for (let word = 6; word >= 0; word -= 2) value = (value << 64n) | bigOf(words[word + 1] ?? 0, words[word] ?? 0);
    const read: StructureRead = {
      address: formatQuad(atHi, atLo),
      bits: 256,
      value: readable ? `0x${value.toString(16)}` : null,
      fields: readable ? decodeFields(layoutOf(code), words, code) : [],
    };
    const [w0 = 0, w1 = 0, w2 = 0, , w4 = 0, w5 = 0] = words;
    const interrupts = code === 'amd-device-entry-interrupts';
    const output = interrupts ? formatQuad(w5 & 0xfffff, w4 & ~0x3f) : formatQuad(w1 & 0xfffff, w0 & ~0xfff);
    this.add(code, null, read, null, {
      index: this.request === null ? 0 : requesterOf(this.request.source),
      domain: w2 & 0xffff,
      levels: (w0 >>> 9) & 7,
      output,
    });
  }

  private add(
    decision: DecisionCode,
    level: number | null,
    read: StructureRead | null,
    indexBits: TraceStep['indexBits'],
    values: Values,
  ): void {
    const { request } = this;
    if (request === null) return;
    const cost = costOf(decision);
    const transaction = this.transactions.length;
    const previous = this.steps.at(-1);
    this.steps.push({
      transaction,
      number: previous?.transaction === transaction ? previous.number + 1 : 1,
      decision,
      structure: decisionRow(decision).structure,
      level,
      read,
      indexBits,
      values: { source: request.source, access: request.access, ...values },
      at: this.at,
      cost,
      provenance: 'simulated',
    });
    this.at += cost;
  }
}
