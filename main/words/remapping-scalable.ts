import type { TraceStep } from '../remapping/trace.ts';

type Values = TraceStep['values'];
type Sentence = string | ((values: Values) => string);

/** How the words of the other steps are made. */
interface Say<W> {
  readonly words: (plain: Sentence, term: Sentence) => (values: Values) => W;
  readonly num: (value: number | undefined) => string;
  readonly groupHex: (value: string | undefined) => string;
  readonly pageSizeText: (bytes: number | undefined) => string;
  readonly doing: (values: Values) => string;
}

/** What happens in scalable mode, step by step. */
export function scalableSteps<W>({ words, num, groupHex, pageSizeText, doing }: Say<W>) {
  return {
    'table-mode-scalable': words(
      'The unit looks up who sent it and for which address space',
      'Scalable mode (RTADDR.TTM 01): context table by device and function, then PASID directory and table.',
    ),
    'scalable-context-cache-hit': words(
      'The unit remembers this sender',
      'Context-cache hit, scalable mode: neither root nor context table is read.',
    ),
    'scalable-context-present': words(
      'The sender has a directory of address spaces',
      'Scalable-mode context entry, present: PASIDDIRPTR names the PASID directory.',
    ),
    'device-cache-not-enabled': words(
      'This device may not use its own address cache. The request ends here',
      'A translated or translation request (ATS) with DTE 0: fault 44h.',
    ),
    'pasid-not-enabled': words(
      (v) => `The request names address space ${num(v.index)}, and this device may not name any. The request ends here`,
      'A request with PASID where PASIDE is 0: fault 45h.',
    ),
    'pasid-beyond-directory': words(
      (v) => `Address space ${num(v.index)} is outside the directory of ${num(v.entries)}. The request ends here`,
      'PASID beyond PDTS: fault 46h, or 48h where RID_PASID is to blame.',
    ),
    'pasid-cache-hit': words(
      (v) => `The unit remembers address space ${num(v.index)}`,
      (v) => `PASID-cache hit: domain ${num(v.domain)}.`,
    ),
    'pasid-cache-miss': words(
      (v) => `The unit looks up address space ${num(v.index)}`,
      'PASID-cache miss: directory and table are read.',
    ),
    'pasid-directory-present': words(
      'The directory names the table of this address space',
      'PASID directory entry, present.',
    ),
    'pasid-directory-unreadable': words(
      'The directory of address spaces cannot be read. The request ends here',
      'Access error on the PASID directory entry: fault 50h.',
    ),
    'pasid-directory-not-present': words(
      'The directory has no table for this address space. The request ends here',
      'Present (P) is 0 in the PASID directory entry: fault 51h.',
    ),
    'pasid-directory-reserved': words(
      'The directory entry is malformed. The request ends here',
      'Reserved bits are set in the PASID directory entry: fault 52h.',
    ),
    'pasid-entry-present': words(
      (v) => `The address space is set up, in ${groupHex(v.output)}`,
      'PASID table entry, present: PGTT says which stages translate.',
    ),
    'pasid-entry-unreadable': words(
      'The table of address spaces cannot be read. The request ends here',
      'Access error on the PASID table entry: fault 58h.',
    ),
    'pasid-entry-not-present': words(
      'Nobody has set up this address space. The request ends here',
      'Present (P) is 0 in the PASID table entry: fault 59h.',
    ),
    'pasid-entry-reserved': words(
      'The entry of this address space is malformed. The request ends here',
      'Reserved bits are set in the PASID table entry: fault 5Ah.',
    ),
    'pasid-entry-unsupported': words(
      'The entry of this address space asks for what the unit cannot do. The request ends here',
      'Translation stage (PGTT) or address width (AW, FSPM) that the capability registers do not offer: fault 5Bh.',
    ),
    'execute-request-refused': words(
      (v) => `Nothing may be executed in address space ${num(v.index)}. The request ends here`,
      'Execute requested with ERE 0: fault 5Ch.',
    ),
    'supervisor-request-refused': words(
      (v) => `Privileged requests may not use address space ${num(v.index)}. The request ends here`,
      'Privileged mode requested with SRE 0: fault 5Dh.',
    ),
    'first-stage-not-canonical': words(
      'The address is none that a process can have. The request ends here',
      (v) => `Bits above ${num(v.widthBits)} are not copies of the highest one (not canonical): fault 80h.`,
    ),
    'first-stage-leads-down': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: leads to level ${num((v.level ?? 1) - 1)}`,
      (v) => `First stage: present, and the next table is at ${groupHex(v.output)}.`,
    ),
    'first-stage-is-leaf': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: this is the page, at ${groupHex(v.output)}`,
      (v) => `First-stage leaf of ${pageSizeText(v.pageSize)}; A, and D for a write, are set.`,
    ),
    'first-stage-unreadable': words(
      (v) => `The level ${num(v.level)} table cannot be read. The request ends here`,
      'Access error on a first-stage table: fault 73h at the top, 70h below.',
    ),
    'first-stage-not-present': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: nothing is here. The ${doing(v)} ends here`,
      'Present (P) is 0 in the first-stage entry: fault 71h.',
    ),
    'first-stage-user-refused': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: not for this privilege. The request ends here`,
      'U/S forbids this privilege: fault 81h.',
    ),
    'first-stage-write-refused': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: may be read, not written. The write ends here`,
      'R/W is 0: fault 85h.',
    ),
    'first-stage-execute-refused': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: may not be executed. The request ends here`,
      'XD is 1 with NXE 1: fault 82h.',
    ),
    'first-stage-reserved': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: malformed. The request ends here`,
      'Reserved bits are set in the first-stage entry: fault 72h.',
    ),
    'first-stage-mark-failed': words(
      (v) => `Level ${num(v.level)}, entry ${num(v.index)}: cannot be marked as used. The request ends here`,
      'Setting A or D failed: fault 91h; 77h where the second stage forbids the write.',
    ),
    'pasid-cache-invalidated': words(
      'The unit forgets what it remembered of address spaces',
      (v) => `PASID-cache invalidation, domain ${num(v.domain)}, PASID ${num(v.index)}.`,
    ),
    'pasid-iotlb-invalidated': words(
      'The unit forgets pages of an address space',
      (v) => `PASID-based IOTLB invalidation, domain ${num(v.domain)}, PASID ${num(v.index)}.`,
    ),
  };
}

/** Fault reasons of scalable mode: the consequence first. */
export const scalableFaults: Readonly<Record<string, string>> = {
  '0x38': 'The root table cannot be read.',
  '0x39': 'No device on this bus may use DMA (root entry not present).',
  '0x3a': 'The root entry is malformed.',
  '0x40': 'A context table cannot be read.',
  '0x41': 'This device may not use DMA (context entry not present).',
  '0x42': 'The context entry is malformed.',
  '0x43': 'The entry of this device asks for what the unit cannot do.',
  '0x44': 'This device may not use its own address cache (ATS).',
  '0x45': 'This device may not name process address spaces.',
  '0x46': 'The request names an address space outside the directory.',
  '0x47': 'This device may not ask for pages.',
  '0x48':
    'The entry of this device contradicts itself: its address space for plain requests lies outside the directory.',
  '0x50': 'The directory of address spaces cannot be read.',
  '0x51': 'The directory has no table for this address space.',
  '0x52': 'The directory entry of this address space is malformed.',
  '0x58': 'The table of address spaces cannot be read.',
  '0x59': 'Nobody has set up this address space.',
  '0x5a': 'The entry of this address space is malformed.',
  '0x5b': 'The entry of this address space asks for what the unit cannot do.',
  '0x5c': 'Nothing may be executed in this address space.',
  '0x5d': 'Privileged requests may not use this address space.',
  '0x70': 'A first-stage page table cannot be read.',
  '0x71': 'The address is not mapped in the process’s own tables.',
  '0x72': 'An entry of the process’s own tables is malformed.',
  '0x73': 'The top first-stage page table cannot be read.',
  '0x74': 'A first-stage table lies beyond the guest’s memory.',
  '0x77': 'A first-stage table cannot be marked, because the host made it read-only.',
  '0x78': 'A second-stage page table cannot be read.',
  '0x79': 'The address is not mapped in the host’s tables.',
  '0x7a': 'A second-stage paging entry is malformed.',
  '0x7b': 'The top second-stage page table cannot be read.',
  '0x80': 'The address is none that a process can have (not canonical).',
  '0x81': 'The page is not for this privilege.',
  '0x82': 'The page may not be executed.',
  '0x84': 'The address is larger than the second stage can describe.',
  '0x85': 'The device may not write there.',
  '0x86': 'The device may not read there.',
  '0x87': 'The page tables lead into the interrupt range.',
  '0x91': 'A page table entry could not be marked as used.',
};
