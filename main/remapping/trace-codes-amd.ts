import type { Citation, DecisionRow } from './trace-codes.ts';

const virtualBox = 'VirtualBox src/VBox/Devices/Bus/DevIommuAmd.cpp';
const linux = (file: string): Citation => ({ text: `Linux ${file}`, basis: `Linux ${file}` });

/** Sections of the AMD IOMMU specification, document 48882; see `Citation` for the basis. */
const cited = {
  pageFaults: { text: 'AMD 48882 2.1.3.2', basis: virtualBox },
  hostTables: { text: 'AMD 48882 2.2.3', basis: virtualBox },
  interruptTables: { text: 'AMD 48882 2.2.5', basis: virtualBox },
  invalidatePages: { text: 'AMD 48882 2.4.3', basis: virtualBox },
  interrupts: { text: 'AMD 48882 2.8', basis: virtualBox },
  deviceTable: { text: 'AMD 48882 2.2.2.1', basis: null },
  deviceCaches: { text: 'AMD 48882 2.2.4', basis: null },
  guestTables: { text: 'AMD 48882 2.2.6', basis: null },
  guestInterrupts: { text: 'AMD 48882 2.2.5.3', basis: null },
  commands: { text: 'AMD 48882 2.4', basis: null },
  events: { text: 'AMD 48882 2.5', basis: null },
  registers: { text: 'AMD 48882 3.4', basis: null },
  kernelLog: linux('drivers/iommu/amd/iommu.c'),
} as const satisfies Record<string, Citation>;

const row = (
  kind: DecisionRow['kind'],
  structure: DecisionRow['structure'],
  flow: DecisionRow['flow'],
  cite: Citation,
  ...counts: NonNullable<DecisionRow['counts']>[number][]
): DecisionRow => ({ kind, structure, flow, cite, counts });

const entry = (flow: DecisionRow['flow'], ...more: 'faults'[]): DecisionRow =>
  row('device-entry', 'device-table', flow, cited.deviceTable, 'structureReads', ...more);
const paging = (flow: 'goes-on' | 'stops', cite: Citation = cited.hostTables): DecisionRow =>
  flow === 'stops'
    ? row('paging-entry', 'paging-table', flow, cite, 'structureReads', 'faults')
    : row('paging-entry', 'paging-table', flow, cite, 'structureReads');
const space = (flow: 'goes-on' | 'stops'): DecisionRow =>
  flow === 'stops'
    ? row('guest-space', 'guest-table', flow, cited.guestTables, 'structureReads', 'faults')
    : row('guest-space', 'guest-table', flow, cited.guestTables, 'structureReads');
const interruptEntry = (flow: 'goes-on' | 'stops'): DecisionRow =>
  flow === 'stops'
    ? row('interrupt-entry', 'interrupt-table', flow, cited.interruptTables, 'structureReads', 'faults')
    : row('interrupt-entry', 'interrupt-table', flow, cited.interruptTables, 'structureReads');

/** What a step of an AMD-Vi unit may say, in the order in which a transaction can meet it. */
export const amdDecisions = {
  'amd-address-is-memory': row('classify', 'unit', 'goes-on', cited.interrupts, 'translations'),
  'amd-address-is-interrupt': row('classify', 'unit', 'goes-on', cited.interrupts),

  'amd-translation-off': row('mode', 'unit', 'goes-on', cited.registers),
  'amd-device-cache-unsupported': row('mode', 'unit', 'stops', cited.deviceCaches),
  'amd-interrupt-range-read': row('mode', 'unit', 'stops', cited.events, 'faults'),
  'amd-device-entry-cached': row(
    'context-cache-lookup',
    'device-cache',
    'goes-on',
    cited.deviceTable,
    'contextCacheHits',
  ),
  'amd-device-entry-miss': row(
    'context-cache-lookup',
    'device-cache',
    'goes-on',
    cited.deviceTable,
    'contextCacheMisses',
  ),
  'amd-device-beyond-table': row('device-entry', 'device-table', 'stops', cited.deviceTable, 'faults'),
  'amd-device-entry-unreadable': entry('stops', 'faults'),
  'amd-device-entry-not-valid': entry('goes-on'),
  'amd-device-entry-malformed': entry('stops', 'faults'),
  'amd-device-entry-wrong-levels': entry('stops', 'faults'),
  'amd-device-entry-passes': entry('goes-on'),
  'amd-device-entry-translates': entry('goes-on'),
  'amd-device-entry-interrupts': entry('goes-on'),
  'amd-device-cache-not-allowed': row('device-entry', 'device-table', 'stops', cited.deviceCaches, 'faults'),
  'amd-address-excluded': row('classify', 'unit', 'goes-on', cited.registers),
  'amd-pasid-not-allowed': row('device-entry', 'device-table', 'stops', cited.guestTables, 'faults'),
  'amd-device-entry-no-tables': row('device-entry', 'device-table', 'stops', cited.deviceTable, 'faults'),
  'amd-device-entry-forbids': row('device-entry', 'device-table', 'stops', cited.pageFaults, 'faults'),

  'amd-iotlb-hit': row('iotlb-lookup', 'iotlb', 'goes-on', cited.hostTables, 'iotlbHits'),
  'amd-iotlb-forbids': row('iotlb-lookup', 'iotlb', 'stops', cited.pageFaults, 'iotlbHits', 'faults'),
  'amd-iotlb-miss': row('iotlb-lookup', 'iotlb', 'goes-on', cited.hostTables, 'iotlbMisses'),
  'amd-pasid-beyond-table': row('guest-space', 'guest-table', 'stops', cited.guestTables, 'faults'),
  'amd-guest-space-found': space('goes-on'),
  'amd-guest-space-unreadable': space('stops'),
  'amd-guest-space-absent': space('stops'),
  'amd-guest-not-canonical': row('address-width', 'unit', 'stops', cited.guestTables, 'faults'),
  'amd-guest-leads-down': paging('goes-on', cited.guestTables),
  'amd-guest-is-leaf': paging('goes-on', cited.guestTables),
  'amd-guest-unreadable': paging('stops', cited.guestTables),
  'amd-guest-not-present': paging('stops', cited.guestTables),
  'amd-guest-forbidden': paging('stops', cited.guestTables),
  'amd-guest-reserved': paging('stops', cited.guestTables),
  'amd-guest-mark-failed': paging('stops', cited.guestTables),
  'amd-address-within-levels': row('address-width', 'unit', 'goes-on', cited.hostTables),
  'amd-address-beyond-levels': row('address-width', 'unit', 'stops', cited.pageFaults, 'faults'),
  'amd-paging-leads-down': paging('goes-on'),
  'amd-paging-skips-levels': paging('goes-on'),
  'amd-paging-is-leaf': paging('goes-on'),
  'amd-paging-unreadable': paging('stops'),
  'amd-paging-not-present': paging('stops'),
  'amd-paging-reserved': paging('stops'),
  'amd-paging-forbidden': paging('stops'),
  'amd-paging-wrong-size': paging('stops'),
  'amd-paging-wrong-level': paging('stops'),
  'amd-paging-skipped-bits': paging('stops'),
  'amd-paging-mark-failed': paging('stops'),
  'amd-iotlb-filled': row('iotlb-fill', 'iotlb', 'goes-on', cited.hostTables),
  'amd-output-found': row('output-check', 'unit', 'goes-on', cited.hostTables),
  'amd-memory-written': row('memory-access', 'memory', 'arrives', cited.hostTables),
  'amd-memory-read': row('memory-access', 'memory', 'arrives', cited.hostTables),
  'amd-memory-absent': row('memory-access', 'memory', 'arrives', cited.hostTables),

  'amd-interrupt-not-remapped': row('interrupt-format', 'unit', 'goes-on', cited.interruptTables, 'interrupts'),
  'amd-interrupt-kind-refused': row('interrupt-format', 'unit', 'stops', cited.interruptTables, 'interrupts', 'faults'),
  'amd-interrupts-refused': row('interrupt-format', 'unit', 'stops', cited.events, 'interrupts', 'faults'),
  'amd-interrupt-control-malformed': row(
    'interrupt-format',
    'unit',
    'stops',
    cited.interruptTables,
    'interrupts',
    'faults',
  ),
  'amd-interrupt-control-remaps': row('interrupt-format', 'unit', 'goes-on', cited.interruptTables, 'interrupts'),
  'amd-interrupt-index-in-table': row('interrupt-index', 'unit', 'goes-on', cited.interruptTables),
  'amd-interrupt-index-beyond': row('interrupt-index', 'unit', 'stops', cited.interruptTables, 'faults'),
  'amd-interrupt-cache-hit': row(
    'interrupt-cache-lookup',
    'interrupt-cache',
    'goes-on',
    cited.interruptTables,
    'interruptCacheHits',
  ),
  'amd-interrupt-cache-miss': row(
    'interrupt-cache-lookup',
    'interrupt-cache',
    'goes-on',
    cited.interruptTables,
    'interruptCacheMisses',
  ),
  'amd-interrupt-entry-remaps': interruptEntry('goes-on'),
  'amd-interrupt-entry-remaps-narrow': interruptEntry('goes-on'),
  'amd-interrupt-entry-unreadable': interruptEntry('stops'),
  'amd-interrupt-entry-off': interruptEntry('stops'),
  'amd-interrupt-entry-malformed': interruptEntry('stops'),
  'amd-interrupt-delivered': row('interrupt-delivery', 'cpu', 'arrives', cited.interruptTables),
  'amd-interrupt-to-running-guest': row('interrupt-delivery', 'posted-descriptor', 'arrives', cited.guestInterrupts),
  'amd-interrupt-to-waiting-guest': row('interrupt-delivery', 'posted-descriptor', 'arrives', cited.guestInterrupts),
  'amd-guest-page-unreadable': row('interrupt-delivery', 'posted-descriptor', 'stops', cited.guestInterrupts, 'faults'),

  'amd-device-entry-forgotten': row('invalidation', 'device-cache', 'arrives', cited.commands, 'invalidations'),
  'amd-pages-forgotten': row('invalidation', 'iotlb', 'arrives', cited.invalidatePages, 'invalidations'),
  'amd-interrupt-table-forgotten': row('invalidation', 'interrupt-cache', 'arrives', cited.commands, 'invalidations'),
  'amd-everything-forgotten': row('invalidation', 'iotlb', 'arrives', cited.commands, 'invalidations'),
  'amd-device-tlb-invalidation-sent': row('invalidation', 'device', 'arrives', cited.commands, 'invalidations'),
  'amd-wait-completed': row('invalidation', 'command-buffer', 'arrives', cited.commands),
  'amd-device-tlb-timed-out': row('invalidation', 'device', 'aftermath', cited.events),
  'amd-command-stopped': row('invalidation', 'command-buffer', 'stops', cited.commands),

  'amd-event-logged': row('fault-log', 'event-log', 'aftermath', cited.events, 'faultsRecorded'),
  'amd-event-suppressed': row('fault-log', 'event-log', 'aftermath', cited.events),
  'amd-event-log-full': row('fault-log', 'event-log', 'aftermath', cited.events),
  'amd-event-log-off': row('fault-log', 'event-log', 'aftermath', cited.events),
  'amd-event-signalled': row('fault-event', 'cpu', 'aftermath', cited.interrupts),
  'amd-event-not-signalled': row('fault-event', 'unit', 'aftermath', cited.interrupts),
  'amd-kernel-logs': row('kernel-log', 'kernel', 'aftermath', cited.kernelLog),
} as const satisfies Record<string, DecisionRow>;
