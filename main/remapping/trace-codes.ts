import { amdDecisions } from './trace-codes-amd.ts';
import { scenarioDecisions } from './trace-codes-scenario.ts';

/**
 * What a step of a recorded transaction may say: the closed set of decisions, and for each the kind of step, the
 * structure it happens at, whether the request goes on, what it counts, and where the specification says so.
 * Sentences for people are in main/words/remapping.ts, one for every code.
 */

/**
 * Section of a specification. `basis`: the public source in which that section was looked up; null: the number is from
 * memory and was found in no source, which the screen marks.
 */
export interface Citation {
  readonly text: string;
  readonly basis: string | null;
}

/**
 * Sections by the titles that they carry in the contents of revision 5.10 (November 2025, order number D51397-018,
 * https://cdrdv2-public.intel.com/868911/D51397-018-vt-directed-io-spec.pdf). Revisions number differently: the registers
 * are chapter 10 in the one that VirtualBox's DevIommuIntel.cpp cites, and chapter 11 since performance monitoring became a chapter of its own.
 */
const vtd = (sections: string, titles: string): Citation => ({
  text: `VT-d ${sections}`,
  basis: `Intel’s VT-d specification, revision 5.10: ${titles}`,
});

const cited = {
  // Of PCIe 3.0 there; the commits to the IDT quirk in drivers/pci/quirks.c name the same of PCIe 4.0 and 6.0 for SV.
  acs: { text: 'PCIe 6.12.1.1', basis: 'Linux drivers/pci/pci.c, pci_acs_enabled' },
  kernelLog: { text: 'Linux drivers/iommu/intel/dmar.c', basis: 'Linux drivers/iommu/intel/dmar.c' },
  translation: vtd('3.2', 'Domains and Address Translation'),
  requester: vtd('3.4.1', 'Source Identifier'),
  legacyMode: vtd('3.4.2', 'Legacy Mode Address Translation'),
  scalableMode: vtd('3.4.3', 'Scalable Mode Address Translation'),
  abortMode: vtd('3.4.4', 'Abort DMA Mode'),
  firstStage: vtd('3.6, 9.7', 'First-Stage Translation, First-Stage Paging Entries'),
  paging: vtd('3.7, 9.8', 'Second-Stage Translation, Second-Stage Paging Entries'),
  interruptRange: vtd('3.15', 'Handling Requests to Interrupt Address Range'),
  deviceCacheErrors: vtd('4.2.1', 'Handling of ATS Protocol Errors'),
  translationRequests: vtd('4.2.3', 'Handling of Translation Requests'),
  interruptFormat: vtd('5.1.2', 'Interrupt Request Formats On Intel 64 Platforms'),
  interruptTable: vtd('5.1.3', 'Interrupt Remapping Table'),
  interruptCheck: vtd('5.1.4', 'Interrupt-Remapping Hardware Operation'),
  postedInterrupt: vtd('5.2.3', 'Interrupt-Posting Hardware Operation'),
  contextCache: vtd('6.2.2', 'Context-Cache'),
  pasidCache: vtd('6.2.3', 'PASID-Cache'),
  iotlb: vtd('6.2.4', 'IOTLB'),
  pagingCaches: { text: 'VT-d 6.2.5', basis: null },
  interruptCache: vtd('6.4', 'Interrupt Entry Cache'),
  queue: vtd('6.5.2', 'Queued Invalidation Interface'),
  faultProcessing: vtd('7.1.1', 'Non-Recoverable Address Translation Faults'),
  faultConditions: vtd('7.1.3', 'Fault Conditions and Remapping Hardware Behavior for Various Requests'),
  faultLog: vtd('7.2.1', 'Primary Fault Logging'),
  events: vtd('7.3', 'Non-Recoverable Fault Event'),
  rootEntry: vtd('9.1', 'Root Entry'),
  contextEntry: vtd('9.3', 'Context Entry'),
  scalableContext: vtd('9.4', 'Scalable-Mode Context-Entry'),
  pasidTable: vtd('9.5, 9.6', 'Scalable-Mode PASID Directory Entry, Scalable-Mode PASID Table Entry'),
  interruptEntry: vtd('9.9, 9.10', 'Interrupt Remapping Table Entry for Remapped Interrupts, for Posted Interrupts'),
  status: vtd('11.4.4.2', 'Global Status Register'),
  rootTable: vtd('11.4.5', 'Root Table Address Register'),
} as const satisfies Record<string, Citation>;

/** Where a step happens; `paging-table` also carries its level (1 is the leaf table). */
export const structures = [
  'device',
  'port',
  'unit',
  'root-table',
  'context-table',
  'paging-table',
  'context-cache',
  'iotlb',
  'interrupt-table',
  'interrupt-cache',
  'posted-descriptor',
  'invalidation-queue',
  'device-table',
  'device-cache',
  'guest-table',
  'command-buffer',
  'event-log',
  'memory',
  'cpu',
  'fault-record',
  'kernel',
] as const;
export type Structure = (typeof structures)[number];

/** What a step does, whatever it finds. */
export const stepKinds = [
  'request',
  'forward',
  'classify',
  'mode',
  'context-cache-lookup',
  'root-entry',
  'context-entry',
  'device-entry',
  'guest-space',
  'iotlb-lookup',
  'address-width',
  'paging-entry',
  'output-check',
  'iotlb-fill',
  'memory-access',
  'interrupt-format',
  'interrupt-index',
  'interrupt-cache-lookup',
  'interrupt-entry',
  'source-check',
  'interrupt-delivery',
  'invalidation',
  'fault-log',
  'fault-event',
  'kernel-log',
] as const;
export type StepKind = (typeof stepKinds)[number];

/** Does the request go on after this step, has it arrived, was it stopped here, or is this what follows a stop? */
export const flows = ['goes-on', 'arrives', 'stops', 'aftermath'] as const;
export type Flow = (typeof flows)[number];

/** Named as the hardware's performance events where it has one (engine counters carry the same names). */
export const counterNames = [
  'translations',
  'iotlbHits',
  'iotlbMisses',
  'contextCacheHits',
  'contextCacheMisses',
  'structureReads',
  'interrupts',
  'interruptCacheHits',
  'interruptCacheMisses',
  'faults',
  'faultsRecorded',
  'invalidations',
] as const;
export type CounterName = (typeof counterNames)[number];

export interface DecisionRow {
  readonly kind: StepKind;
  readonly structure: Structure;
  readonly flow: Flow;
  readonly cite: Citation;
  readonly counts?: readonly CounterName[];
}

const row = (
  kind: StepKind,
  structure: Structure,
  flow: Flow,
  cite: Citation,
  ...counts: CounterName[]
): DecisionRow => ({ kind, structure, flow, cite, counts });

/** Every decision, in the order in which a transaction can meet them. */
export const decisions = {
  'device-sends-dma': row('request', 'device', 'goes-on', cited.requester),
  'device-sends-interrupt': row('request', 'device', 'goes-on', cited.interruptFormat),
  'port-checks-source': row('forward', 'port', 'goes-on', cited.acs),
  'port-forwards': row('forward', 'port', 'goes-on', cited.acs),
  'address-is-memory': row('classify', 'unit', 'goes-on', cited.interruptRange),
  'address-is-interrupt': row('classify', 'unit', 'goes-on', cited.interruptRange),

  'translation-off': row('mode', 'unit', 'goes-on', cited.status),
  'device-cache-unsupported': row('mode', 'unit', 'stops', cited.deviceCacheErrors),
  'table-mode-legacy': row('mode', 'unit', 'goes-on', cited.legacyMode, 'translations'),
  'table-mode-scalable': row('mode', 'unit', 'goes-on', cited.scalableMode, 'translations'),
  'table-mode-abort': row('mode', 'unit', 'stops', cited.abortMode, 'translations', 'faults'),
  'table-mode-reserved': row('mode', 'unit', 'stops', cited.rootTable, 'translations', 'faults'),
  'request-has-pasid': row('mode', 'unit', 'stops', cited.faultConditions, 'faults'),

  'context-cache-hit': row('context-cache-lookup', 'context-cache', 'goes-on', cited.contextCache, 'contextCacheHits'),
  'context-cache-miss': row(
    'context-cache-lookup',
    'context-cache',
    'goes-on',
    cited.contextCache,
    'contextCacheMisses',
  ),
  'root-entry-present': row('root-entry', 'root-table', 'goes-on', cited.rootEntry, 'structureReads'),
  'root-unreadable': row('root-entry', 'root-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'root-not-present': row('root-entry', 'root-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'root-reserved': row('root-entry', 'root-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'context-entry-translates': row('context-entry', 'context-table', 'goes-on', cited.contextEntry, 'structureReads'),
  'context-entry-passes': row('context-entry', 'context-table', 'goes-on', cited.contextEntry, 'structureReads'),
  'context-unreadable': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'context-not-present': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'context-reserved': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'context-unsupported': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'request-type-blocked': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'faults'),

  'scalable-context-cache-hit': row(
    'context-cache-lookup',
    'context-cache',
    'goes-on',
    cited.contextCache,
    'contextCacheHits',
  ),
  'scalable-context-present': row('context-entry', 'context-table', 'goes-on', cited.scalableContext, 'structureReads'),
  'device-cache-not-enabled': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'faults'),
  'pasid-not-enabled': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'faults'),
  'pasid-beyond-directory': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'faults'),
  'pasid-cache-hit': row('context-cache-lookup', 'context-cache', 'goes-on', cited.pasidCache),
  'pasid-cache-miss': row('context-cache-lookup', 'context-cache', 'goes-on', cited.pasidCache),
  'pasid-directory-present': row('context-entry', 'context-table', 'goes-on', cited.pasidTable, 'structureReads'),
  'pasid-directory-unreadable': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'pasid-directory-not-present': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'pasid-directory-reserved': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'pasid-entry-present': row('context-entry', 'context-table', 'goes-on', cited.pasidTable, 'structureReads'),
  'pasid-entry-unreadable': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'pasid-entry-not-present': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'pasid-entry-reserved': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'pasid-entry-unsupported': row(
    'context-entry',
    'context-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'execute-request-refused': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'faults'),
  'supervisor-request-refused': row('context-entry', 'context-table', 'stops', cited.faultConditions, 'faults'),

  'iotlb-hit': row('iotlb-lookup', 'iotlb', 'goes-on', cited.iotlb, 'iotlbHits'),
  'iotlb-forbids-write': row('iotlb-lookup', 'iotlb', 'stops', cited.faultConditions, 'iotlbHits', 'faults'),
  'iotlb-forbids-read': row('iotlb-lookup', 'iotlb', 'stops', cited.faultConditions, 'iotlbHits', 'faults'),
  'iotlb-miss': row('iotlb-lookup', 'iotlb', 'goes-on', cited.iotlb, 'iotlbMisses'),
  'paging-cache-hit': row('iotlb-lookup', 'iotlb', 'goes-on', cited.pagingCaches),
  'address-within-width': row('address-width', 'unit', 'goes-on', cited.paging),
  'address-beyond-width': row('address-width', 'unit', 'stops', cited.faultConditions, 'faults'),
  'paging-entry-leads-down': row('paging-entry', 'paging-table', 'goes-on', cited.paging, 'structureReads'),
  'paging-entry-is-leaf': row('paging-entry', 'paging-table', 'goes-on', cited.paging, 'structureReads'),
  'top-table-unreadable': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'table-unreadable': row('paging-entry', 'paging-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'paging-not-present': row('paging-entry', 'paging-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'write-not-allowed': row('paging-entry', 'paging-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'read-not-allowed': row('paging-entry', 'paging-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'paging-reserved': row('paging-entry', 'paging-table', 'stops', cited.faultConditions, 'structureReads', 'faults'),
  'first-stage-not-canonical': row('address-width', 'unit', 'stops', cited.faultConditions, 'faults'),
  'first-stage-leads-down': row('paging-entry', 'paging-table', 'goes-on', cited.firstStage, 'structureReads'),
  'first-stage-is-leaf': row('paging-entry', 'paging-table', 'goes-on', cited.firstStage, 'structureReads'),
  'first-stage-unreadable': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'first-stage-not-present': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'first-stage-user-refused': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'first-stage-write-refused': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'first-stage-execute-refused': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'first-stage-reserved': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'first-stage-mark-failed': row(
    'paging-entry',
    'paging-table',
    'stops',
    cited.faultConditions,
    'structureReads',
    'faults',
  ),
  'output-is-memory': row('output-check', 'unit', 'goes-on', cited.interruptRange),
  'output-is-interrupt-range': row('output-check', 'unit', 'stops', cited.faultConditions, 'faults'),
  'iotlb-filled': row('iotlb-fill', 'iotlb', 'goes-on', cited.iotlb),
  'memory-written': row('memory-access', 'memory', 'arrives', cited.translation),
  'memory-read': row('memory-access', 'memory', 'arrives', cited.translation),
  'memory-absent': row('memory-access', 'memory', 'arrives', cited.translation),
  'translation-answered': row('memory-access', 'unit', 'arrives', cited.translationRequests),

  'interrupt-remapping-off': row('interrupt-format', 'unit', 'goes-on', cited.interruptCheck, 'interrupts'),
  'format-remappable': row('interrupt-format', 'unit', 'goes-on', cited.interruptFormat, 'interrupts'),
  'format-compatibility-passed': row('interrupt-format', 'unit', 'goes-on', cited.interruptFormat, 'interrupts'),
  'format-compatibility-blocked': row(
    'interrupt-format',
    'unit',
    'stops',
    cited.interruptFormat,
    'interrupts',
    'faults',
  ),
  'interrupt-request-reserved': row('interrupt-format', 'unit', 'stops', cited.interruptCheck, 'interrupts', 'faults'),
  'interrupt-index-in-table': row('interrupt-index', 'unit', 'goes-on', cited.interruptTable),
  'interrupt-index-beyond': row('interrupt-index', 'unit', 'stops', cited.interruptCheck, 'faults'),
  'interrupt-cache-hit': row(
    'interrupt-cache-lookup',
    'interrupt-cache',
    'goes-on',
    cited.interruptCache,
    'interruptCacheHits',
  ),
  'interrupt-cache-miss': row(
    'interrupt-cache-lookup',
    'interrupt-cache',
    'goes-on',
    cited.interruptCache,
    'interruptCacheMisses',
  ),
  'interrupt-entry-present': row(
    'interrupt-entry',
    'interrupt-table',
    'goes-on',
    cited.interruptEntry,
    'structureReads',
  ),
  'interrupt-entry-unreadable': row(
    'interrupt-entry',
    'interrupt-table',
    'stops',
    cited.interruptCheck,
    'structureReads',
    'faults',
  ),
  'interrupt-entry-not-present': row(
    'interrupt-entry',
    'interrupt-table',
    'stops',
    cited.interruptCheck,
    'structureReads',
    'faults',
  ),
  'interrupt-entry-reserved': row(
    'interrupt-entry',
    'interrupt-table',
    'stops',
    cited.interruptCheck,
    'structureReads',
    'faults',
  ),
  'source-accepted': row('source-check', 'interrupt-table', 'goes-on', cited.interruptCheck),
  'source-not-checked': row('source-check', 'interrupt-table', 'goes-on', cited.interruptCheck),
  'source-refused': row('source-check', 'interrupt-table', 'stops', cited.interruptCheck, 'faults'),
  'interrupt-delivered': row('interrupt-delivery', 'cpu', 'arrives', cited.interruptEntry),
  'interrupt-posted': row('interrupt-delivery', 'posted-descriptor', 'arrives', cited.postedInterrupt),
  'posted-descriptor-unreadable': row(
    'interrupt-delivery',
    'posted-descriptor',
    'stops',
    cited.postedInterrupt,
    'faults',
  ),
  'posted-descriptor-reserved': row(
    'interrupt-delivery',
    'posted-descriptor',
    'stops',
    cited.postedInterrupt,
    'faults',
  ),

  'context-cache-invalidated': row('invalidation', 'context-cache', 'arrives', cited.queue, 'invalidations'),
  'iotlb-invalidated': row('invalidation', 'iotlb', 'arrives', cited.queue, 'invalidations'),
  'pasid-cache-invalidated': row('invalidation', 'context-cache', 'arrives', cited.queue, 'invalidations'),
  'pasid-iotlb-invalidated': row('invalidation', 'iotlb', 'arrives', cited.queue, 'invalidations'),
  'interrupt-cache-invalidated': row('invalidation', 'interrupt-cache', 'arrives', cited.queue, 'invalidations'),
  'device-tlb-invalidation-sent': row('invalidation', 'device', 'arrives', cited.queue, 'invalidations'),
  'wait-completed': row('invalidation', 'invalidation-queue', 'arrives', cited.queue),
  'queue-stopped': row('invalidation', 'invalidation-queue', 'stops', cited.queue),
  'device-tlb-completion-unexpected': row('invalidation', 'invalidation-queue', 'aftermath', cited.queue),
  'device-tlb-timed-out': row('invalidation', 'device', 'aftermath', cited.queue),
  'wait-aborted': row('invalidation', 'invalidation-queue', 'aftermath', cited.queue),

  'fault-recorded': row('fault-log', 'fault-record', 'aftermath', cited.faultLog, 'faultsRecorded'),
  'fault-silenced': row('fault-log', 'fault-record', 'aftermath', cited.faultProcessing),
  'fault-collapsed': row('fault-log', 'fault-record', 'aftermath', cited.faultLog),
  'fault-overflow': row('fault-log', 'fault-record', 'aftermath', cited.faultLog),
  'fault-dropped': row('fault-log', 'fault-record', 'aftermath', cited.faultLog),
  'fault-event-sent': row('fault-event', 'cpu', 'aftermath', cited.events),
  'fault-event-waits': row('fault-event', 'unit', 'aftermath', cited.events),
  'fault-event-pending-already': row('fault-event', 'unit', 'aftermath', cited.events),
  'kernel-logs': row('kernel-log', 'kernel', 'aftermath', cited.kernelLog),
  ...scenarioDecisions,
  ...amdDecisions,
} as const satisfies Record<string, DecisionRow>;

export type DecisionCode = keyof typeof decisions;
export const decisionCodes = Object.keys(decisions) as readonly DecisionCode[];

/** The row of a decision, with the literal types widened. */
export const decisionRow = (code: DecisionCode): DecisionRow => decisions[code];
