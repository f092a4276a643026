import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import { configurationShape, portOnPathShape, reaches, scenarioCodes, storyCodes } from './scenario-shape.ts';
import { decisionCodes, structures } from './trace-codes.ts';
import type { DecisionCode } from './trace-codes.ts';

/** Up to 256 bits as `0x…`, lower case, without leading zeros. */
const hex = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{1,64}$/));
const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const bit = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));

/** What a field of an entry means here, beyond its number; words for each in main/words/remapping.ts. */
export const fieldMeanings = [
  'set',
  'clear',
  'reserved-clear',
  'reserved-set',
  'address',
  'domain',
  'levels',
  'translation-type',
  'vector',
  'destination',
  'delivery-mode',
  'source',
  'source-mask',
  'source-check-type',
  'number',
  // AMD-Vi: levels as they are, where the next table is, how long a table is, what becomes of interrupts
  'levels-exact',
  'next-level',
  'power',
  'interrupt-control',
] as const;

/** One bit field of an entry. `name` is the specification's short name (`R`, `SSPTPTR`, `SVT`). */
export const fieldShape = v.object({
  name: v.string(),
  high: bit,
  low: bit,
  /** right-aligned, as `0x…` */
  value: hex,
  meaning: v.picklist(fieldMeanings),
  /** this field decided the step */
  decisive: v.boolean(),
});

/** One read of a structure in memory, whole. */
export const structureReadShape = v.object({
  address: hex,
  bits: v.picklist([64, 128, 256]),
  /** null where the read itself failed */
  value: v.nullable(hex),
  fields: v.array(fieldShape),
});

/** Which bits of the requested address chose the entry. */
export const indexBitsShape = v.object({ high: bit, low: bit, value: natural });

/** Values that a sentence may name; only those that the decision needs are there. */
export const stepValuesShape = v.partial(
  v.object({
    address: hex,
    output: hex,
    data: hex,
    bytes: natural,
    level: natural,
    levels: natural,
    index: natural,
    entries: natural,
    domain: natural,
    pageSize: natural,
    widthBits: natural,
    /** requester or port, `0000:01:00.0` */
    source: addressShape,
    expectedSource: addressShape,
    port: addressShape,
    access: v.picklist(['read', 'write']),
    vector: natural,
    destination: natural,
    reason: hex,
    record: natural,
    granularity: v.picklist(['global', 'domain', 'device', 'page', 'index']),
    line: v.string(),
  }),
);

export const stepShape = v.object({
  /** index into `transactions` */
  transaction: natural,
  /** position in its transaction, from 1 */
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  decision: v.picklist(decisionCodes as readonly [DecisionCode, ...DecisionCode[]]),
  structure: v.picklist(structures),
  /** of a paging table; null elsewhere */
  level: v.nullable(natural),
  read: v.nullable(structureReadShape),
  indexBits: v.nullable(indexBitsShape),
  values: stepValuesShape,
  /** simulated nanoseconds since the start of the trace, at the beginning of this step */
  at: v.number(),
  /** what this step costs in the model, nanoseconds */
  cost: v.number(),
  provenance: v.literal('simulated'),
});

export const transactionKinds = ['dma', 'interrupt', 'invalidation'] as const;
export const outcomes = ['arrived', 'blocked', 'delivered', 'done'] as const;

export const transactionShape = v.object({
  kind: v.picklist(transactionKinds),
  /** what the scenario shows with it; words in main/words/scenarios.ts */
  story: v.picklist(storyCodes),
  /** requester id that the unit sees */
  source: addressShape,
  /** who really sent it; differs where an id is forged, or a bridge puts its own in its place */
  sender: addressShape,
  /** what the scenario is about: whether this gets through is the question */
  decisive: v.boolean(),
  access: v.picklist(['read', 'write']),
  address: hex,
  data: v.nullable(hex),
  bytes: natural,
  /** index of its first step in `steps` */
  firstStep: natural,
  steps: natural,
  outcome: v.picklist(outcomes),
  /** where it went: physical address for DMA */
  translated: v.nullable(hex),
  /** whose it is; null where it was stopped, and for the kernel's own changes */
  reached: v.nullable(v.picklist(reaches)),
  pageSize: v.nullable(natural),
  delivered: v.nullable(v.object({ vector: natural, destination: natural })),
  /** reason as in the fault record, and what Linux would print for it */
  fault: v.nullable(v.object({ reason: hex, recorded: v.boolean(), kernelLines: v.array(v.string()) })),
});

export const tableMapShape = v.object({
  /** VT-d: by bus, then by device; null elsewhere */
  rootTable: v.nullable(hex),
  contextTable: v.nullable(hex),
  /** AMD-Vi: by requester; null elsewhere */
  deviceTable: v.nullable(hex),
  pagingTables: v.array(v.object({ level: natural, address: hex })),
  interruptTable: hex,
  interruptEntries: natural,
});

export const traceShape = v.object({
  version: v.literal(1),
  /** `traffic`: caught from live traffic */
  scenario: v.picklist([...scenarioCodes, 'traffic']),
  configuration: configurationShape,
  /** the tables and the traffic are made up by the simulator; the addresses of the path are the machine's */
  provenance: v.literal('simulated'),
  path: v.object({
    device: addressShape,
    /** from the device upwards: nearest port first */
    ports: v.array(portOnPathShape),
    unit: v.object({
      vendor: v.picklist(['vtd', 'amd']),
      capability: hex,
      extendedCapability: hex,
      iotlbEntries: natural,
    }),
  }),
  tables: tableMapShape,
  /** guest-physical ranges, and where in the host's memory they are */
  guestMemory: v.array(v.object({ guest: hex, host: hex, bytes: hex })),
  transactions: v.array(transactionShape),
  steps: v.array(stepShape),
});
