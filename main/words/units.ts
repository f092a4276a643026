import type { UnitScope } from '../machine/firmware-table/shape.ts';
import type { RegisterField } from '../machine/machine.ts';

const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;

/** An IOMMU unit in the inspector and in the strip above the tree. */
export const unitWords = {
  strip: 'IOMMU units',
  unit: 'IOMMU',
  title: (name: string): string => `IOMMU unit ${name}`,
  serves: (functions: number): string => `serves ${count(functions, 'function')}`,
  servesRest: (functions: number): string => `serves the rest, ${count(functions, 'function')}`,
  servesNot: 'serves nothing that is here',
  consequence: (functions: number): string =>
    functions === 0
      ? 'It serves no device that this source shows.'
      : `It checks and translates what ${count(functions, 'function')} ask${functions === 1 ? 's' : ''} of memory.`,
  consequenceRest: (functions: number): string =>
    `It checks and translates what ${count(functions, 'function')} ask${functions === 1 ? 's' : ''} of memory: all that no other unit is named for.`,
  why: 'It stays with the host: it is what keeps a guest’s device inside its guest.',
  kinds: { vtd: 'Intel VT-d', amdvi: 'AMD-Vi' },
  facts: {
    kind: 'Kind',
    version: 'Version',
    base: 'Registers at',
    segment: 'PCI segment',
    function: 'PCI function',
    node: 'Proximity domain',
    interrupts: 'Interrupt sources',
    named: 'Devices without PCI',
    kernel: 'In the kernel as',
  },
  notRun: 'no unit: the kernel does not run it',
  source: (kind: 'ioapic' | 'hpet', id: number): string => `${kind === 'ioapic' ? 'I/O APIC' : 'HPET'} ${id}`,
  sourceAs: (source: string, requester: string): string => `${source} as ${requester}`,

  owns: 'What it serves, and by which entry',
  ownsByKernel: 'What it serves, by the kernel',
  entry: (entry: number): string => `Entry ${entry}`,
  entryShort: (entry: number): string => `entry ${entry}`,
  noEntry: 'No entry',
  scopes: {
    endpoint: 'one function',
    bridge: 'a bridge and all below it',
    rest: 'all that no other unit names',
    one: 'one function',
    range: 'a range',
    alias: 'a function that sends as another',
    'alias-range': 'a range that sends as another',
    special: 'an interrupt source or a device without PCI',
    all: 'every function of the segment',
  } satisfies Record<UnitScope['kind'], string>,
  to: (from: string, to: string): string => `${from} to ${to}`,
  namesNothing: 'Names nothing that this machine shows.',
  namesItself: 'The unit itself, which translates nothing of its own.',
  takenByOther: 'Another entry or another unit comes first.',
  bringsNothing: 'Nothing of this machine is in it.',
  more: (more: number): string => `${more} more`,
  ownsUnknown: 'Which functions it serves stands in the firmware’s table.',

  registers: {
    vtd: { capability: 'Capability (CAP)', 'extended-capability': 'Extended capability (ECAP)', 'more-features': '' },
    amdvi: {
      capability: 'Capability header',
      'extended-capability': 'Extended features (EFR)',
      'more-features': 'Extended features 2 (EFR2)',
    },
  } satisfies Record<'vtd' | 'amdvi', Record<RegisterField['register'], string>>,
  registerLabel: (name: string, value: string): string => `${name}, ${value}, bit by bit`,
  bits: (high: number, low: number): string => (high === low ? String(high) : `${high}:${low}`),
  noName: 'no name in this version’s tables',
  zero: (fields: number): string => `${count(fields, 'field')} that ${fields === 1 ? 'is' : 'are'} 0`,
  registersUnknown: 'What it can do stands in its registers, which the kernel shows once it runs the unit.',

  reserved: 'Reserved memory of its devices',
  reservedFor: (functions: number): string => `for ${count(functions, 'function')}`,
  evidence: 'Evidence',
  claimKernel: 'The kernel runs it',
  claimTable: 'The firmware’s table lists it',
} as const;
