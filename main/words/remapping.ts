import { amdEvents, amdSteps } from './remapping-amd.ts';
import { deviceSteps } from './remapping-devices.ts';
import { scalableFaults, scalableSteps } from './remapping-scalable.ts';
import { scenarioSteps } from './scenario-steps.ts';
import type { CounterName, DecisionCode, Flow, Structure } from '../remapping/trace-codes.ts';
import type { Stride, Trace, TraceStep, Transaction } from '../remapping/trace.ts';

type Values = TraceStep['values'];

/** One step for people: what happened, plain first; then the same in the terms of the field. */
export interface StepWords {
  readonly plain: string;
  readonly term: string;
}

/** `0x14a723040` as `0x1_4a72_3040`: groups of four from the right, as the structures are drawn. */
export function groupHex(value: string | undefined): string {
  if (value === undefined) return '';
  const digits = value.replace(/^0x/, '');
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= 4) groups.unshift(digits.slice(Math.max(0, end - 4), end));
  return `0x${groups.join('_')}`;
}

/** 4096 as `4 KiB`. */
export function pageSizeText(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  if (bytes >= 2 ** 30) return `${bytes / 2 ** 30} GiB`;
  return bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 1024} KiB`;
}

/** Simulated time: `514 ns`, `30.912 µs`, `1.204 ms`. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds < 1000) return `${Math.round(nanoseconds)} ns`;
  return nanoseconds < 1e6 ? `${(nanoseconds / 1e3).toFixed(3)} µs` : `${(nanoseconds / 1e6).toFixed(3)} ms`;
}

const num = (value: number | undefined): string => (value ?? 0).toLocaleString('en-US');
const byteText = (count: number | undefined): string => (count === 1 ? '1 byte' : `${num(count)} bytes`);
export const vectorText = (vector: number | undefined): string => `${(vector ?? 0).toString(16).padStart(2, '0')}h`;
const doing = (values: Values): string => (values.access === 'read' ? 'read' : 'write');
const reads = (values: Values): string => (values.access === 'read' ? 'reads' : 'writes');

const words =
  (plain: string | ((values: Values) => string), term: string | ((values: Values) => string)) =>
  (values: Values): StepWords => ({
    plain: typeof plain === 'string' ? plain : plain(values),
    term: typeof term === 'string' ? term : term(values),
  });

const steps = {
  'device-sends-dma': words(
    (v) => `The device ${reads(v)} ${byteText(v.bytes)} at ${groupHex(v.address)}`,
    'A DMA request with the device’s own address as requester id; the memory address is one that the device was given (IOVA).',
  ),
  'device-sends-interrupt': words(
    (v) => `The device signals: it writes ${groupHex(v.data)} to ${groupHex(v.address)}`,
    'A message-signalled interrupt (MSI) is a memory write to FEEx_xxxx.',
  ),
  'port-checks-source': words(
    (v) => `Port ${v.port ?? ''} checks the sender and sends it up`,
    'ACS source validation (SV): the bus number of the requester must be one below this port.',
  ),
  'port-forwards': words(
    (v) => `Port ${v.port ?? ''} sends it up and does not check the sender`,
    'No ACS source validation here: the requester id is passed as it came.',
  ),
  'address-is-memory': words(
    'The unit takes it as a memory access',
    'Untranslated, and outside the interrupt address range FEE0_0000 to FEEF_FFFF.',
  ),
  'address-is-interrupt': words(
    'The unit takes it as an interrupt',
    'A write without PASID to FEEx_xxxx is an interrupt request and never goes through the page tables.',
  ),
  'translation-off': words(
    'Translation is off: the address is used as it is',
    'GSTS.TES is 0, so every request passes one to one. The device can reach all memory.',
  ),
  'device-cache-unsupported': words(
    'Translation is off, so the unit has no addresses to give to the device’s own cache. The request ends here',
    'An ATS request while GSTS.TES is 0 is an unsupported request.',
  ),
  'table-mode-legacy': words(
    'The unit looks up who sent it, by the tables in memory',
    'Legacy mode (RTADDR.TTM 00): root table by bus, context table by device and function.',
  ),
  'table-mode-abort': words(
    'The unit refuses every request for now. The request ends here',
    'Abort-DMA mode (RTADDR.TTM 11): everything is blocked, fault 33h.',
  ),
  'table-mode-reserved': words(
    'The unit was given a table mode that it does not have. The request ends here',
    'RTADDR.TTM holds a reserved value: fault 30h.',
  ),
  'request-has-pasid': words(
    'The request names an address space of a process, which these tables do not know. It ends here',
    'A request with PASID in legacy mode: fault 31h.',
  ),
  'context-cache-hit': words(
    (v) => `The unit remembers this sender: domain ${num(v.domain)}`,
    'Context-cache hit: root and context entry are not read again.',
  ),
  'context-cache-miss': words('The unit has not seen this sender lately and reads its tables', 'Context-cache miss.'),
  'root-entry-present': words(
    (v) => `Root entry ${num(v.index)}: this bus has a table, at ${groupHex(v.output)}`,
    'Present (P) is 1; CTP is the address of the context table of the bus.',
  ),
  'root-unreadable': words(
    'The root table cannot be read. The request ends here',
    'Access error on the root entry: fault 8h, 38h in scalable mode. RTADDR points where no memory answers.',
  ),
  'root-not-present': words(
    'Nothing on this bus may use DMA. The request ends here',
    'Present (P) is 0 in the root entry: fault 1h, which no entry can silence.',
  ),
  'root-reserved': words(
    'The root entry is malformed. The request ends here',
    'Reserved bits are set in the root entry: fault Ah.',
  ),
  'context-entry-translates': words(
    (v) => `The sender belongs to domain ${num(v.domain)}; its page tables have ${num(v.levels)} levels`,
    (v) =>
      `Context entry present, TT 00, AW for ${num(v.levels)} levels; SSPTPTR ${groupHex(v.output)} is the top table.`,
  ),
  'context-entry-passes': words(
    (v) => `The sender belongs to domain ${num(v.domain)} and may use memory addresses as they are`,
    'Context entry with TT 10, pass-through (iommu=pt does this for the host’s own devices).',
  ),
  'context-unreadable': words(
    'The table of this bus cannot be read. The request ends here',
    'Access error on the context entry: fault 9h, 40h in scalable mode.',
  ),
  'context-not-present': words(
    'This device is attached to nothing: it may not use DMA. The request ends here',
    'Present (P) is 0 in the context entry: fault 2h.',
  ),
  'context-reserved': words(
    'The entry of this device is malformed. The request ends here',
    'Reserved bits are set in the context entry: fault Bh.',
  ),
  'context-unsupported': words(
    'The entry of this device asks for what this unit cannot do. The request ends here',
    'Translation type (TT) or address width (AW) that the capability registers do not offer: fault 3h.',
  ),
  'request-type-blocked': words(
    'This device may not use its own address cache. The request ends here',
    'A translated or translation request (ATS) where TT does not allow it: fault Dh.',
  ),
  'iotlb-hit': words(
    (v) => `The unit remembers this page and goes straight to memory, ${groupHex(v.output)}`,
    (v) => `IOTLB hit on a ${pageSizeText(v.pageSize)} page: no table is read.`,
  ),
  'iotlb-forbids-write': words(
    'The unit remembers this page, and it may not be written. The request ends here',
    'IOTLB hit without write permission: fault 5h, logged like one found in the tables.',
  ),
  'iotlb-forbids-read': words(
    'The unit remembers this page, and it may not be read. The request ends here',
    'IOTLB hit without read permission: fault 6h, logged like one found in the tables.',
  ),
  'iotlb-miss': words(
    'The unit does not remember this page and walks the tables',
    (v) => `IOTLB miss for domain ${num(v.domain)}.`,
  ),
  'paging-cache-hit': words(
    (v) => `The unit remembers the upper levels of this walk and begins at level ${num(v.level)}`,
    (v) => `Paging-structure cache hit for domain ${num(v.domain)}: the tables above are not read.`,
  ),
  'address-within-width': words('The address fits these tables', (v) => `All bits from ${num(v.widthBits)} up are 0.`),
  'address-beyond-width': words(
    'The address is larger than these tables can describe. The request ends here',
    (v) => `Bits from ${num(v.widthBits)} up must be 0: fault 4h.`,
  ),
  'paging-entry-leads-down': words(
    (v) => `Level ${num(v.level)}, entry ${num(v.index)}: leads to level ${num((v.level ?? 1) - 1)}`,
    (v) => `R and W are granted so far; the next table is at ${groupHex(v.output)}.`,
  ),
  'paging-entry-is-leaf': words(
    (v) => `Level ${num(v.level)}, entry ${num(v.index)}: this is the page, at ${groupHex(v.output)}`,
    (v) => `A leaf: ${pageSizeText(v.pageSize)} of memory, and the ${doing(v)} is allowed.`,
  ),
  'top-table-unreadable': words(
    'The page tables cannot be read. The request ends here',
    'Access error on the top-level table: fault 3h, since the context entry points there.',
  ),
  'table-unreadable': words(
    (v) => `The level ${num(v.level)} table cannot be read. The request ends here`,
    'Access error on a table below the top: fault 7h.',
  ),
  'paging-not-present': words(
    (v) => `Level ${num(v.level)}, entry ${num(v.index)}: nothing is here. The ${doing(v)} ends here`,
    (v) =>
      `R and W are both 0: the address is not mapped. Fault ${v.access === 'read' ? '6h' : '5h'}, 79h in scalable mode.`,
  ),
  'write-not-allowed': words(
    (v) => `Level ${num(v.level)}, entry ${num(v.index)}: may be read, not written. The write ends here`,
    'W is 0: fault 5h, 85h in scalable mode.',
  ),
  'read-not-allowed': words(
    (v) => `Level ${num(v.level)}, entry ${num(v.index)}: may be written, not read. The read ends here`,
    'R is 0: fault 6h, 86h in scalable mode.',
  ),
  'paging-reserved': words(
    (v) => `Level ${num(v.level)}, entry ${num(v.index)}: malformed. The request ends here`,
    'Reserved bits are set in the paging entry: fault Ch.',
  ),
  'output-is-memory': words(
    (v) => `The page found is ordinary memory, at ${groupHex(v.output)}`,
    'The whole page lies outside the interrupt address range.',
  ),
  'output-is-interrupt-range': words(
    'The tables lead into the interrupt range, where a write would be an interrupt. The request ends here',
    (v) => `The ${pageSizeText(v.pageSize)} page touches FEEx_xxxx: fault Eh.`,
  ),
  'iotlb-filled': words(
    'The unit keeps the result for the next time',
    (v) => `An IOTLB entry for domain ${num(v.domain)}, ${pageSizeText(v.pageSize)}.`,
  ),
  'memory-written': words(
    (v) => `The data is in memory, at ${groupHex(v.output)}`,
    (v) => `${byteText(v.bytes)} written at the host physical address.`,
  ),
  'memory-read': words(
    (v) => `The data comes from memory, at ${groupHex(v.output)}`,
    (v) => `${byteText(v.bytes)} read at the host physical address.`,
  ),
  'memory-absent': words(
    (v) => `No memory answers at ${groupHex(v.output)}: a write is lost, a read gives ones`,
    'The translation is fine; nothing is at the host physical address.',
  ),
  'translation-answered': words(
    (v) => `The device gets the address for its own cache: ${groupHex(v.output)}`,
    'Completion of an ATS translation request.',
  ),
  'interrupt-remapping-off': words(
    'Interrupt remapping is off: the message is the interrupt, whoever sent it',
    'GSTS.IRES is 0: address and data go to the processors unchanged. A guest’s device can forge any interrupt.',
  ),
  'format-remappable': words(
    (v) => `The message names entry ${num(v.index)} of the interrupt table`,
    'Remappable format (address bit 4): handle in address 19:5 and bit 2, plus a subhandle where bit 3 says so.',
  ),
  'format-compatibility-passed': words(
    'The message is of the old kind, and the unit lets it through unchecked',
    'Compatibility format with CFIS 1 and EIME 0.',
  ),
  'format-compatibility-blocked': words(
    'The message is of the old kind, which names its target itself. It ends here',
    'Compatibility format while remapping is on: fault 25h.',
  ),
  'interrupt-request-reserved': words(
    'The message is malformed. It ends here',
    'Reserved bits are set in the interrupt request: fault 20h.',
  ),
  'interrupt-index-in-table': words(
    (v) => `Entry ${num(v.index)} is inside the table of ${num(v.entries)}`,
    'Index below the table size in IRTA.',
  ),
  'interrupt-index-beyond': words(
    (v) => `There is no entry ${num(v.index)}: the table has ${num(v.entries)}. It ends here`,
    'Index beyond the table size in IRTA: fault 21h.',
  ),
  'interrupt-cache-hit': words(
    (v) => `The unit remembers entry ${num(v.index)}`,
    'Interrupt-entry-cache hit: the table is not read again.',
  ),
  'interrupt-cache-miss': words(
    (v) => `The unit reads entry ${num(v.index)} from memory`,
    'Interrupt-entry-cache miss.',
  ),
  'interrupt-entry-present': words(
    (v) => `The entry is in use, for vector ${vectorText(v.vector)}`,
    'Present (P) is 1, and no reserved bit is set.',
  ),
  'interrupt-entry-unreadable': words(
    'The interrupt table cannot be read. The message ends here',
    'Access error on the interrupt remapping table entry: fault 23h.',
  ),
  'interrupt-entry-not-present': words(
    'Nobody has set up this interrupt. The message ends here',
    'Present (P) is 0 in the interrupt remapping table entry: fault 22h.',
  ),
  'interrupt-entry-reserved': words(
    'The entry is malformed. The message ends here',
    'Reserved bits are set in the interrupt remapping table entry: fault 24h.',
  ),
  'source-accepted': words(
    (v) => `May ${v.source ?? ''} use it? Yes, it is ${v.expectedSource ?? ''}’s own`,
    'The requester id matches SID under the mask of SQ, or its bus lies in the range (SVT).',
  ),
  'source-not-checked': words(
    'The entry does not say who may use it: anyone may',
    'SVT is 00: the requester id is not verified.',
  ),
  'source-refused': words(
    (v) => `May ${v.source ?? ''} use it? No, it belongs to ${v.expectedSource ?? ''}. The message ends here`,
    'The requester id does not match SID: fault 26h. This is what stops a forged interrupt.',
  ),
  'interrupt-delivered': words(
    (v) => `Processor ${num(v.destination)} gets vector ${vectorText(v.vector)}`,
    'Vector and destination come from the table entry, not from the device.',
  ),
  'interrupt-posted': words(
    (v) => `Vector ${vectorText(v.vector)} is noted for the guest’s processor, without stopping it`,
    (v) => `Posted: a bit is set in the posted-interrupt descriptor at ${groupHex(v.output)}.`,
  ),
  'posted-descriptor-unreadable': words(
    'The note pad of the guest’s processor cannot be reached. The message ends here',
    'Access error on the posted-interrupt descriptor: fault 27h.',
  ),
  'posted-descriptor-reserved': words(
    'The note pad of the guest’s processor is malformed. The message ends here',
    'Reserved bits are set in the posted-interrupt descriptor: fault 28h.',
  ),
  'context-cache-invalidated': words(
    'The unit forgets what it remembered of senders',
    (v) => `Context-cache invalidation, ${v.granularity ?? 'global'}.`,
  ),
  'iotlb-invalidated': words(
    (v) => (v.granularity === 'page' ? 'The unit forgets these pages' : 'The unit forgets the pages it remembered'),
    (v) =>
      `IOTLB invalidation, ${v.granularity ?? 'global'}${v.granularity === 'global' ? '' : `, domain ${num(v.domain)}`}.`,
  ),
  'interrupt-cache-invalidated': words(
    'The unit forgets what it remembered of interrupts',
    (v) => `Interrupt-entry-cache invalidation, ${v.granularity ?? 'global'}.`,
  ),
  'wait-completed': words(
    'The unit reports that everything before is done',
    'Invalidation wait descriptor: the status word is written.',
  ),
  'queue-stopped': words(
    'The unit stops at a command that it cannot run',
    'FSTS.IQE is set; IQH stays on the descriptor.',
  ),
  'fault-recorded': words(
    (v) => `The unit writes down who, where and why, in record ${num(v.record)}`,
    (v) => `Fault recording register ${num(v.record)}: F 1, reason ${groupHex(v.reason)}.`,
  ),
  'fault-silenced': words(
    'The table says not to report this device’s faults: nothing is written down',
    'FPD is 1 in the entry. The request is blocked all the same.',
  ),
  'fault-collapsed': words(
    'The same fault is written down already',
    'A pending record of the same requester, page and reason stands for both.',
  ),
  'fault-overflow': words(
    'No room is left to write it down; only that something was lost is kept',
    'The next fault recording register still has F 1: FSTS.PFO is set.',
  ),
  'fault-dropped': words(
    'Faults were lost before, so nothing more is written down until someone clears that',
    'FSTS.PFO is set.',
  ),
  'fault-event-sent': words(
    'The unit interrupts the host’s kernel',
    'Fault event: FEADDR and FEDATA name the interrupt, which is never remapped.',
  ),
  'fault-event-waits': words(
    'The kernel has asked not to be interrupted: the event waits',
    'FECTL.IM is 1, so IP is set.',
  ),
  'fault-event-pending-already': words(
    'The kernel was told before and has not looked yet',
    'Another bit of FSTS was pending: no second event.',
  ),
  'kernel-logs': words((v) => v.line ?? '', 'What Linux prints when it handles the fault.'),
  ...scenarioSteps({ words, byteText, groupHex }),
  ...scalableSteps({ words, num, groupHex, pageSizeText, doing }),
  ...deviceSteps(words),
  ...amdSteps({ words, num, groupHex, pageSizeText, vectorText, doing }),
} satisfies Record<DecisionCode, (values: Values) => StepWords>;

/** The sentence of a step, and its term. */
export const stepWords = (step: Pick<TraceStep, 'decision' | 'values'>): StepWords => steps[step.decision](step.values);

/** One line for each reason of a fault record: the consequence first. */
export const faultReasons: Readonly<Record<string, string>> = {
  '0x1': 'No device on this bus may use DMA (root entry not present).',
  '0x2': 'This device may not use DMA (context entry not present).',
  '0x3': 'The entry of this device asks for what the unit cannot do.',
  '0x4': 'The address is larger than the page tables can describe.',
  '0x5': 'The device may not write there: not mapped, or read-only.',
  '0x6': 'The device may not read there: not mapped, or write-only.',
  '0x7': 'A page table cannot be read.',
  '0x8': 'The root table cannot be read.',
  '0x9': 'A context table cannot be read.',
  '0xa': 'The root entry is malformed.',
  '0xb': 'The context entry is malformed.',
  '0xc': 'A paging entry is malformed.',
  '0xd': 'This device may not use its own address cache (ATS).',
  '0xe': 'The page tables lead into the interrupt range.',
  '0x20': 'The interrupt message is malformed.',
  '0x21': 'The interrupt message names an entry outside the table.',
  '0x22': 'Nobody has set up this interrupt.',
  '0x23': 'The interrupt table cannot be read.',
  '0x24': 'The interrupt table entry is malformed.',
  '0x25': 'An interrupt message of the old kind was blocked.',
  '0x26': 'The sender may not use this interrupt: forged, or the entry is for another device.',
  '0x27': 'The posted-interrupt descriptor cannot be read.',
  '0x28': 'The posted-interrupt descriptor is malformed.',
  '0x30': 'The unit was given a table mode that it does not have.',
  '0x31': 'The request names a process address space, which these tables do not know.',
  '0x32': 'The device asks for a page, which these tables do not know.',
  '0x33': 'The unit was told to refuse every request.',
  ...scalableFaults,
};

/** The same for the codes of an AMD-Vi event; `reason`: `0x2`. */
export const faultReason = (vendor: Trace['path']['unit']['vendor'], reason: string): string =>
  (vendor === 'amd' ? amdEvents : faultReasons)[reason] ?? '';

export const remappingWords = {
  structures: {
    device: 'Device',
    port: 'Port',
    unit: 'IOMMU unit',
    'root-table': 'Root table',
    'context-table': 'Context table',
    'paging-table': 'Page table',
    'context-cache': 'Context cache',
    iotlb: 'IOTLB',
    'interrupt-table': 'Interrupt table',
    'interrupt-cache': 'Interrupt cache',
    'posted-descriptor': 'Posted descriptor',
    'invalidation-queue': 'Invalidation queue',
    'device-table': 'Device table',
    'device-cache': 'Device table cache',
    'guest-table': 'Guest’s table of address spaces',
    'command-buffer': 'Command buffer',
    'event-log': 'Event log',
    memory: 'Memory',
    cpu: 'Processors',
    'fault-record': 'Fault record',
    kernel: 'Kernel log',
  } satisfies Record<Structure, string>,
  level: (level: number): string => `Level ${level}`,
  entry: (index: number): string => `entry ${num(index)}`,
  bits: (high: number, low: number): string => (high === low ? `bit ${high}` : `bits ${high}:${low}`),
  flows: {
    'goes-on': 'goes on',
    arrives: 'arrives',
    stops: 'stopped here',
    aftermath: 'after it was stopped',
  } satisfies Record<Flow, string>,
  outcomes: {
    arrived: 'Reached memory',
    blocked: 'Stopped',
    delivered: 'Delivered',
    done: 'Done',
  } satisfies Record<Transaction['outcome'], string>,
  counters: {
    translations: 'Translations',
    iotlbHits: 'Cache hits',
    iotlbMisses: 'Cache misses',
    contextCacheHits: 'Senders remembered',
    contextCacheMisses: 'Senders looked up',
    structureReads: 'Table entries read',
    interrupts: 'Interrupts',
    interruptCacheHits: 'Interrupt entries remembered',
    interruptCacheMisses: 'Interrupt entries looked up',
    faults: 'Faults',
    faultsRecorded: 'Faults written down',
    invalidations: 'Invalidations',
  } satisfies Record<CounterName, string>,
  strides: {
    step: 'Step',
    access: 'Memory access',
    transaction: 'Transaction',
    fault: 'Fault',
    miss: 'Cache miss',
  } satisfies Record<Stride, string>,
  citationFrom: (basis: string): string => `Seen in ${basis}.`,
  simulated: 'Simulated: the tables and the traffic are made up; the path is the machine’s.',
  costs: 'Times come from a cost model, not from a measurement.',
  kernelWouldLog: 'The kernel would log',
} as const;
