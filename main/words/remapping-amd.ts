import type { TraceStep } from '../remapping/trace.ts';

type Values = TraceStep['values'];
type Sentence = string | ((values: Values) => string);

/** How the words of the other steps are made. */
interface Say<W> {
  readonly words: (plain: Sentence, term: Sentence) => (values: Values) => W;
  readonly num: (value: number | undefined) => string;
  readonly groupHex: (value: string | undefined) => string;
  readonly pageSizeText: (bytes: number | undefined) => string;
  readonly vectorText: (vector: number | undefined) => string;
  readonly doing: (values: Values) => string;
}

/** What happens in an AMD-Vi unit, step by step. */
export function amdSteps<W>({ words, num, groupHex, pageSizeText, vectorText, doing }: Say<W>) {
  const at = (v: Values): string => `Level ${num(v.level)}, entry ${num(v.index)}`;
  return {
    'amd-address-is-memory': words(
      'The unit takes it as a memory access',
      'Outside the interrupt address range FEE0_0000 to FEEF_FFFF.',
    ),
    'amd-address-is-interrupt': words(
      'The unit takes it as an interrupt',
      'A write to FEEx_xxxx is an interrupt request and never goes through the page tables.',
    ),
    'amd-translation-off': words(
      'Translation is off: the address is used as it is',
      'IommuEn of the control register is 0. The device can reach all memory.',
    ),
    'amd-device-cache-unsupported': words(
      'Translation is off, so the unit has no addresses to give to the device’s own cache. The request ends here',
      'An ATS request while IommuEn is 0 is an unsupported request [recall].',
    ),
    'amd-interrupt-range-read': words(
      'The device reads where interrupts are written. The request ends here',
      'INVALID_DEVICE_REQUEST, type 0: a read in the interrupt address range [recall].',
    ),
    'amd-device-entry-cached': words(
      (v) => `The unit remembers this sender: domain ${num(v.domain)}`,
      'The device table entry is cached and not read again.',
    ),
    'amd-device-entry-miss': words(
      'The unit has not seen this sender lately and reads its entry',
      'The device table entry is not cached.',
    ),
    'amd-device-beyond-table': words(
      (v) => `This device has no entry: the table ends at ${num(v.entries)}. The request ends here`,
      'Requester id beyond the device table: IO_PAGE_FAULT.',
    ),
    'amd-device-entry-unreadable': words(
      'The device table cannot be read. The request ends here',
      'DEV_TAB_HARDWARE_ERROR: no memory answers where the entry should be.',
    ),
    'amd-device-entry-not-valid': words(
      'The unit is not in charge of this device: it may use memory addresses as they are',
      'V is 0 in the device table entry: requests pass untranslated.',
    ),
    'amd-device-entry-malformed': words(
      'The entry of this device is malformed. The request ends here',
      'ILLEGAL_DEV_TABLE_ENTRY with RZ: reserved bits are set in the device table entry.',
    ),
    'amd-device-entry-wrong-levels': words(
      'The entry of this device asks for tables that this unit cannot walk. The request ends here',
      'ILLEGAL_DEV_TABLE_ENTRY without RZ: Mode or GLX names levels that the unit does not have.',
    ),
    'amd-device-entry-passes': words(
      (v) => `The sender belongs to domain ${num(v.domain)} and may use memory addresses as they are`,
      'V and TV are 1 and Mode is 0: no tables; IR and IW of the entry count.',
    ),
    'amd-device-entry-translates': words(
      (v) => `The sender belongs to domain ${num(v.domain)}; its page tables have ${num(v.levels)} levels`,
      (v) => `Device table entry: V and TV are 1, Mode ${num(v.levels)}; ${groupHex(v.output)} is the top table.`,
    ),
    'amd-device-entry-interrupts': words(
      (v) =>
        v.output === '0x0'
          ? 'The sender has no interrupt table of its own'
          : `The sender has an interrupt table of its own, at ${groupHex(v.output)}`,
      'Device table entry, upper half: IV, IntTabLen, the table’s address and IntCtl.',
    ),
    'amd-device-cache-not-allowed': words(
      'This device may not use its own address cache. The request ends here',
      'INVALID_DEVICE_REQUEST, type 1: I is 0 in the device table entry [recall].',
    ),
    'amd-address-excluded': words(
      'The address lies in the range that the firmware keeps out of translation',
      'Exclusion range: EX of the entry, or Allow of the range, lets the request pass as it is.',
    ),
    'amd-pasid-not-allowed': words(
      (v) => `The request names address space ${num(v.index)}, and this device has none. The request ends here`,
      'INVALID_DEVICE_REQUEST, type 7: GV is 0 in the device table entry [recall].',
    ),
    'amd-device-entry-no-tables': words(
      'The entry says that there are no tables for this device. The request ends here',
      'TV is 0 while V is 1: IO_PAGE_FAULT (the specification leaves the event open).',
    ),
    'amd-device-entry-forbids': words(
      (v) => `This device may not ${doing(v)} at all. The request ends here`,
      'IR or IW of the device table entry is 0: IO_PAGE_FAULT with PR and PE.',
    ),
    'amd-iotlb-hit': words(
      (v) => `The unit remembers this page and goes straight to memory, ${groupHex(v.output)}`,
      (v) => `IOTLB hit on a ${pageSizeText(v.pageSize)} page: no table is read.`,
    ),
    'amd-iotlb-forbids': words(
      (v) => `The unit remembers this page, and the ${doing(v)} is not allowed. The request ends here`,
      'IOTLB hit without the permission: IO_PAGE_FAULT with PR and PE.',
    ),
    'amd-iotlb-miss': words(
      'The unit does not remember this page and walks the tables',
      (v) => `IOTLB miss for domain ${num(v.domain)}.`,
    ),
    'amd-pasid-beyond-table': words(
      (v) => `Address space ${num(v.index)} is outside the guest’s table of ${num(v.entries)}. The request ends here`,
      'PASID beyond the levels of GLX: IO_PAGE_FAULT.',
    ),
    'amd-guest-space-found': words(
      (v) => `Guest table, entry ${num(v.index)}: leads on to ${groupHex(v.output)}`,
      'Table of address spaces that GCR3 names, by PASID.',
    ),
    'amd-guest-space-unreadable': words(
      'The guest’s table of address spaces cannot be read. The request ends here',
      'PAGE_TAB_HARDWARE_ERROR on the table that GCR3 names.',
    ),
    'amd-guest-space-absent': words(
      'The guest has not set up this address space. The request ends here',
      'Valid is 0 in the table that GCR3 names: IO_PAGE_FAULT.',
    ),
    'amd-guest-not-canonical': words(
      'The address is none that a process can have. The request ends here',
      (v) => `Bits from ${num(v.widthBits)} up must be copies of the highest one: IO_PAGE_FAULT [recall].`,
    ),
    'amd-guest-leads-down': words(
      (v) => `${at(v)} of the guest: leads to level ${num((v.level ?? 1) - 1)}`,
      (v) => `Guest table (v2, as the processor’s own); the next is at ${groupHex(v.output)}.`,
    ),
    'amd-guest-is-leaf': words(
      (v) => `${at(v)} of the guest: this is the page, at ${groupHex(v.output)}`,
      (v) => `A leaf of the guest’s tables: ${pageSizeText(v.pageSize)}.`,
    ),
    'amd-guest-unreadable': words(
      (v) => `The guest’s level ${num(v.level)} table cannot be read. The request ends here`,
      'PAGE_TAB_HARDWARE_ERROR on a guest table.',
    ),
    'amd-guest-not-present': words(
      (v) => `${at(v)} of the guest: nothing is here. The ${doing(v)} ends here`,
      'P is 0 in the guest’s entry: IO_PAGE_FAULT with GN.',
    ),
    'amd-guest-forbidden': words(
      (v) => `${at(v)} of the guest: not for this request. It ends here`,
      'U/S, R/W or NX of the guest’s entry: IO_PAGE_FAULT with GN, PR and PE.',
    ),
    'amd-guest-reserved': words(
      (v) => `${at(v)} of the guest: malformed. The request ends here`,
      'Reserved bits are set in the guest’s entry: IO_PAGE_FAULT with GN, PR and RZ.',
    ),
    'amd-guest-mark-failed': words(
      (v) => `${at(v)} of the guest: the mark that it was used cannot be written. The request ends here`,
      'The accessed or dirty bit of the guest’s entry could not be set.',
    ),
    'amd-address-within-levels': words('The address fits these tables', (v) =>
      v.widthBits === 64 ? 'Six levels take all 64 bits.' : `All bits from ${num(v.widthBits)} up are 0.`,
    ),
    'amd-address-beyond-levels': words(
      'The address is larger than these tables can describe. The request ends here',
      (v) => `Bits from ${num(v.widthBits)} up must be 0: IO_PAGE_FAULT.`,
    ),
    'amd-paging-leads-down': words(
      (v) => `${at(v)}: leads to level ${num((v.level ?? 1) - 1)}`,
      (v) => `PR is 1, IR and IW are granted so far; the next table is at ${groupHex(v.output)}.`,
    ),
    'amd-paging-skips-levels': words(
      (v) => `${at(v)}: leads down and leaves levels out`,
      (v) =>
        `NextLevel is lower than the next one, and the address bits between are 0; table at ${groupHex(v.output)}.`,
    ),
    'amd-paging-is-leaf': words(
      (v) => `${at(v)}: this is the page, at ${groupHex(v.output)}`,
      (v) => `NextLevel 0 or 7: a page of ${pageSizeText(v.pageSize)}, and the ${doing(v)} is allowed.`,
    ),
    'amd-paging-unreadable': words(
      (v) => `The level ${num(v.level)} table cannot be read. The request ends here`,
      'PAGE_TAB_HARDWARE_ERROR: no memory answers there.',
    ),
    'amd-paging-not-present': words(
      (v) => `${at(v)}: nothing is here. The ${doing(v)} ends here`,
      'PR is 0: the address is not mapped. IO_PAGE_FAULT.',
    ),
    'amd-paging-reserved': words(
      (v) => `${at(v)}: malformed. The request ends here`,
      'Reserved bits are set in the paging entry: IO_PAGE_FAULT with PR and RZ.',
    ),
    'amd-paging-forbidden': words(
      (v) => `${at(v)}: the ${doing(v)} is not allowed. It ends here`,
      'IR or IW is 0 on the way: IO_PAGE_FAULT with PR and PE.',
    ),
    'amd-paging-wrong-size': words(
      (v) => `${at(v)}: a page of a size that cannot be here. The request ends here`,
      'NextLevel 7 with a size that is not between this level’s and the next one’s: IO_PAGE_FAULT with PR.',
    ),
    'amd-paging-wrong-level': words(
      (v) => `${at(v)}: leads up or nowhere. The request ends here`,
      'NextLevel is not below this level: IO_PAGE_FAULT with PR.',
    ),
    'amd-paging-skipped-bits': words(
      (v) => `${at(v)}: leaves out levels that the address needs. The request ends here`,
      'Address bits of skipped levels are not 0: IO_PAGE_FAULT with PR.',
    ),
    'amd-paging-mark-failed': words(
      (v) => `${at(v)}: the mark that it was used cannot be written. The request ends here`,
      'PAGE_TAB_HARDWARE_ERROR while setting A or D.',
    ),
    'amd-iotlb-filled': words(
      'The unit keeps the result for the next time',
      (v) => `An IOTLB entry for domain ${num(v.domain)}, ${pageSizeText(v.pageSize)}.`,
    ),
    'amd-output-found': words(
      (v) => `The request goes to ${groupHex(v.output)}`,
      (v) => `Host physical address in a page of ${pageSizeText(v.pageSize)}.`,
    ),
    'amd-memory-read': words(
      (v) => `The data comes from memory, at ${groupHex(v.output)}`,
      (v) => `${num(v.bytes)} bytes read at the host physical address.`,
    ),
    'amd-memory-absent': words(
      'Nothing is at that address: the write is lost, a read gives ones',
      'No memory and no device answers. Not a fault of the unit.',
    ),
    'amd-memory-written': words(
      (v) => `The data is in memory, at ${groupHex(v.output)}`,
      (v) => `${num(v.bytes)} bytes written at the host physical address.`,
    ),
    'amd-interrupt-not-remapped': words(
      'The message is the interrupt, whoever sent it',
      'The unit is off, IV is 0, or IntCtl passes it: address and data go to the processors unchanged.',
    ),
    'amd-interrupt-kind-refused': words(
      'This device may not send an interrupt of this kind. The message ends here',
      'NMI, INIT or ExtInt without its pass bit in the device table entry: IO_PAGE_FAULT with I [recall].',
    ),
    'amd-interrupts-refused': words(
      'This device may not send interrupts. The message ends here',
      'IntCtl is 00: INVALID_DEVICE_REQUEST, type 5, which Linux logs as flags=0x0a00.',
    ),
    'amd-interrupt-control-malformed': words(
      'What the entry of this device says of interrupts is malformed. The message ends here',
      'IntCtl 11, IntTabLen above 11, or reserved bits: ILLEGAL_DEV_TABLE_ENTRY with I.',
    ),
    'amd-interrupt-control-remaps': words(
      (v) => `The message goes through this device’s own table, at ${groupHex(v.output)}`,
      'IntCtl is 10. No other device can reach this table: the requester id chose it.',
    ),
    'amd-interrupt-index-in-table': words(
      (v) => `Entry ${num(v.index)} is inside the table of ${num(v.entries)}`,
      'Bits 10:0 of the message’s data are below 2^IntTabLen.',
    ),
    'amd-interrupt-index-beyond': words(
      (v) => `There is no entry ${num(v.index)}: the table has ${num(v.entries)}. It ends here`,
      'Index beyond IntTabLen: IO_PAGE_FAULT with I.',
    ),
    'amd-interrupt-cache-hit': words(
      (v) => `The unit remembers entry ${num(v.index)}`,
      'The interrupt table entry is cached and not read again.',
    ),
    'amd-interrupt-cache-miss': words(
      (v) => `The unit reads entry ${num(v.index)} from memory`,
      'The interrupt table entry is not cached.',
    ),
    'amd-interrupt-entry-remaps': words(
      (v) => `The entry is in use, for vector ${vectorText(v.vector)}`,
      'RemapEn is 1 in a 128-bit entry (GAEn).',
    ),
    'amd-interrupt-entry-remaps-narrow': words(
      (v) => `The entry is in use, for vector ${vectorText(v.vector)}`,
      'RemapEn is 1 in a 32-bit entry.',
    ),
    'amd-interrupt-entry-unreadable': words(
      'The interrupt table cannot be read. The message ends here',
      'PAGE_TAB_HARDWARE_ERROR with I (the specification leaves the event open).',
    ),
    'amd-interrupt-entry-off': words(
      'Nobody has set up this interrupt. The message ends here',
      'RemapEn is 0: IO_PAGE_FAULT with I. This is what stops a forged interrupt.',
    ),
    'amd-interrupt-entry-malformed': words(
      'The entry is malformed. The message ends here',
      'A reserved type, or a guest’s entry without guest mode: IO_PAGE_FAULT with I, PR and RZ.',
    ),
    'amd-interrupt-delivered': words(
      (v) => `Processor ${num(v.destination)} gets vector ${vectorText(v.vector)}`,
      'Vector and destination come from the table entry, not from the device.',
    ),
    'amd-interrupt-to-running-guest': words(
      (v) => `Vector ${vectorText(v.vector)} goes to the guest’s processor, without stopping it`,
      (v) => `Noted in the guest’s APIC page at ${groupHex(v.output)}; a doorbell tells the processor that runs it.`,
    ),
    'amd-interrupt-to-waiting-guest': words(
      (v) => `Vector ${vectorText(v.vector)} is noted for the guest’s processor, which does not run now`,
      (v) => `Noted in the guest’s APIC page at ${groupHex(v.output)}; the guest log tells the hypervisor.`,
    ),
    'amd-guest-page-unreadable': words(
      'The APIC page of the guest’s processor cannot be reached. The message ends here',
      'PAGE_TAB_HARDWARE_ERROR with I [recall].',
    ),
    'amd-device-entry-forgotten': words(
      'The unit forgets what it remembered of a sender',
      'INVALIDATE_DEVTAB_ENTRY: the device table entry only, no page.',
    ),
    'amd-pages-forgotten': words('The unit forgets pages', (v) => `INVALIDATE_IOMMU_PAGES, domain ${num(v.domain)}.`),
    'amd-interrupt-table-forgotten': words(
      'The unit forgets what it remembered of a device’s interrupts',
      'INVALIDATE_INTERRUPT_TABLE.',
    ),
    'amd-everything-forgotten': words('The unit forgets everything', 'INVALIDATE_IOMMU_ALL.'),
    'amd-wait-completed': words(
      'The unit reports that everything before is done',
      'COMPLETION_WAIT: the data is stored where software waits for it.',
    ),
    'amd-command-stopped': words(
      'The unit stops at a command that it cannot run. Its work ends here',
      'CmdBufRun is 0; the head stays on the command.',
    ),
    'amd-event-logged': words(
      'The unit writes down who, where and why, in its log in memory',
      (v) => `Event log entry: code ${groupHex(v.reason)}, flags ${groupHex(v.data)}.`,
    ),
    'amd-event-suppressed': words(
      'The table says not to report this: nothing is written down',
      'SA or SE of the device table entry, IG for interrupts, or SupIOPF of an interrupt entry.',
    ),
    'amd-event-log-full': words(
      'The log is full; only that something was lost is kept',
      'EventOverflow is set, and the log stops until software turns it off and on.',
    ),
    'amd-event-log-off': words('The log is not running: nothing is written down', 'EventLogRun is 0.'),
    'amd-event-signalled': words(
      'The unit interrupts the host’s kernel',
      'EventIntEn is 1: the unit sends its own message, which is never remapped.',
    ),
    'amd-event-not-signalled': words(
      'The kernel has asked not to be interrupted',
      'The interrupt of this log is not enabled in the control register.',
    ),
    'amd-kernel-logs': words((v) => v.line ?? '', 'What Linux prints when it reads the event log.'),
  };
}

/** One line for each code of an event: the consequence first. */
export const amdEvents: Readonly<Record<string, string>> = {
  '0x1': 'The device table entry of this device is malformed.',
  '0x2': 'The device may not go there: not mapped, not allowed, or an interrupt that nobody set up.',
  '0x3': 'The device table cannot be read.',
  '0x4': 'A page table or interrupt table cannot be read.',
  '0x5': 'The unit was given a command that it does not have.',
  '0x6': 'The command buffer cannot be read.',
  '0x7': 'A device did not answer in time that it emptied its own cache.',
  '0x8': 'The device sent a request that its entry does not allow.',
  '0x9': 'The device asked for a page, and may not.',
};

/** What the fields of AMD-Vi's structures are called. */
export const amdFieldNames: Readonly<Record<string, string>> = {
  V: 'valid',
  TV: 'valid for addresses',
  HAD: 'marks accesses',
  Mode: 'levels',
  Root: 'top page table',
  GV: 'with guest tables',
  IR: 'read',
  IW: 'write',
  DomainID: 'domain',
  I: 'allowed a device cache',
  EX: 'allowed the exclusion range',
  IV: 'valid for interrupts',
  IntTabLen: 'length of the interrupt table',
  IntRoot: 'interrupt table',
  IntCtl: 'interrupts',
  PR: 'present',
  NextLevel: 'what it leads to',
  FC: 'snooped',
  RemapEn: 'in use',
  SupIOPF: 'quiet about faults',
  IntType: 'delivery mode',
  RqEoi: 'waiting for its end',
  GuestMode: 'for a guest',
  Dest: 'destination',
  GATag: 'tag for the guest log',
  Vector: 'vector',
};

/** NextLevel of an entry: 0 and 7 are pages. */
export const nextLevelText = (level: number): string =>
  level === 0
    ? 'a page of this level’s size'
    : level === 7
      ? 'a page whose address encodes its size'
      : `level ${level}`;

export const interruptControls = ['refused', 'passed as they are', 'through the table', 'reserved'];
