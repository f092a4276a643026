import type { EntryField } from '../remapping/trace.ts';
import { amdFieldNames, interruptControls, nextLevelText } from './remapping-amd.ts';
import { groupHex, vectorText } from './remapping.ts';

const fieldNames: Readonly<Record<string, string>> = {
  ...amdFieldNames,
  P: 'present',
  FPD: 'fault processing disabled',
  TT: 'translation type',
  CTP: 'context table',
  SSPTPTR: 'top page table',
  AW: 'address width',
  DID: 'domain',
  R: 'read',
  W: 'write',
  PS: 'large page',
  A: 'accessed',
  D: 'dirty',
  SNP: 'snoop',
  ADDR: 'address',
  DM: 'logical destination',
  RH: 'redirection hint',
  TM: 'level triggered',
  DLM: 'delivery mode',
  IM: 'posted',
  DST: 'destination',
  SID: 'allowed sender',
  SQ: 'sender mask',
  SVT: 'sender check',
  DTE: 'device cache allowed',
  PASIDE: 'address spaces allowed',
  PRE: 'page requests allowed',
  PDTS: 'size of the PASID directory',
  PASIDDIRPTR: 'PASID directory',
  RID_PASID: 'address space of plain requests',
  SMPTBLPTR: 'PASID table',
  PGTT: 'translation stage',
  SSADE: 'second stage marks accesses',
  'R/W': 'write',
  'U/S': 'user page',
  XD: 'no execution',
  reserved: 'must be 0',
};

const translationTypes = ['translate', 'translate, device cache allowed', 'pass through', 'reserved'];
const sourceChecks = ['anyone', 'this sender', 'a range of buses', 'reserved'];
const sourceMasks = ['all of it', 'without function bit 2', 'without function bits 2:1', 'without the function'];
const deliveryModes = ['fixed', 'lowest priority', 'SMI', 'reserved', 'NMI', 'INIT', 'reserved', 'ExtINT'];

const two = (value: number): string => value.toString(16).padStart(2, '0');
const requesterText = (id: number): string => `${two(id >>> 8)}:${two((id >>> 3) & 31)}.${id & 7}`;

/** What the value of a field means here: `present`, `4 levels`, `domain 1`. */
const meanings = {
  set: (field) => fieldNames[field.name] ?? 'set',
  clear: (field) => `not ${fieldNames[field.name] ?? 'set'}`,
  'reserved-clear': () => 'reserved, 0 as it must be',
  'reserved-set': () => 'reserved, and not 0',
  address: (field) => groupHex(`0x${(BigInt(field.value) << BigInt(field.low % 64)).toString(16)}`),
  domain: (field) => `domain ${Number(field.value)}`,
  levels: (field) => `${Number(field.value) + 2} levels`,
  'translation-type': (field) => translationTypes[Number(field.value)] ?? 'reserved',
  vector: (field) => `vector ${vectorText(Number(field.value))}`,
  destination: (field) => `destination field ${groupHex(field.value)}`,
  'delivery-mode': (field) => deliveryModes[Number(field.value)] ?? 'reserved',
  source: (field) => requesterText(Number(field.value)),
  'source-mask': (field) => sourceMasks[Number(field.value)] ?? '',
  'source-check-type': (field) => sourceChecks[Number(field.value)] ?? 'reserved',
  number: (field) => `${Number(field.value)}`,
  'levels-exact': (field) => (Number(field.value) === 0 ? 'no tables' : `${Number(field.value)} levels`),
  'next-level': (field) => nextLevelText(Number(field.value)),
  power: (field) => `${2 ** Number(field.value)} entries`,
  'interrupt-control': (field) => interruptControls[Number(field.value)] ?? 'reserved',
} satisfies Record<EntryField['meaning'], (field: EntryField) => string>;

/** What a bit field is called: `present`, `top page table`. */
export const fieldName = (field: EntryField): string =>
  // V is valid in one structure, vector in another.
  field.meaning === 'vector' ? 'vector' : (fieldNames[field.name] ?? field.name);
/** What its value says: `4 levels`, `vector 41h`. */
export const fieldMeaning = (field: EntryField): string => meanings[field.meaning](field);
