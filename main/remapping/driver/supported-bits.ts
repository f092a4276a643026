import { bitsOf } from '../core/quad.ts';
import type { Quad } from '../core/quad.ts';

/** name, high bit, low bit, does the engine have it? */
type FieldRow = readonly [name: string, high: number, low: number, offered: boolean];

/** Every field of CAP (VT-d 11.4.2; Linux drivers/iommu/intel/iommu.h cap_*). */
const cap: readonly FieldRow[] = [
  ['ND', 2, 0, true],
  ['AFL', 3, 3, false],
  ['RWBF', 4, 4, true],
  ['PLMR', 5, 5, false],
  ['PHMR', 6, 6, false],
  ['CM', 7, 7, true],
  ['SAGAW bit 0', 8, 8, false],
  ['SAGAW', 11, 9, true],
  ['SAGAW bit 4', 12, 12, false],
  ['MGAW', 21, 16, true],
  ['ZLR', 22, 22, true],
  ['FRO', 33, 24, true],
  ['SSPS', 35, 34, true],
  ['SSPS 512 GiB', 36, 36, false],
  ['SSPS 1 TiB', 37, 37, false],
  ['PSI', 39, 39, true],
  ['NFR', 47, 40, true],
  ['MAMV', 53, 48, true],
  ['DWD', 54, 54, true],
  ['DRD', 55, 55, true],
  ['FS1GP', 56, 56, true],
  ['PI', 59, 59, true],
  ['FS5LP', 60, 60, true],
  ['ECMDS', 61, 61, true],
  ['ESIRTPS', 62, 62, true],
  ['ESRTPS', 63, 63, true],
];

/** Every field of ECAP (VT-d 11.4.3; ecap_*). */
const ecap: readonly FieldRow[] = [
  ['C', 0, 0, true],
  ['QI', 1, 1, true],
  ['DT', 2, 2, true],
  ['IR', 3, 3, true],
  ['EIM', 4, 4, true],
  ['PT', 6, 6, true],
  ['SC', 7, 7, true],
  ['IRO', 17, 8, true],
  ['MHMV', 23, 20, true],
  ['MTS', 25, 25, false],
  ['NEST', 26, 26, true],
  ['DIS', 27, 27, false],
  ['PRS', 29, 29, true],
  ['ERS', 30, 30, true],
  ['SRS', 31, 31, true],
  ['NWFS', 33, 33, true],
  ['EAFS', 34, 34, true],
  ['PSS', 39, 35, true],
  ['PASID', 40, 40, true],
  ['DIT', 41, 41, false],
  ['PDS', 42, 42, true],
  ['SMTS', 43, 43, true],
  ['VCS', 44, 44, false],
  ['SSADS', 45, 45, true],
  ['SSTS', 46, 46, true],
  ['FSTS', 47, 47, true],
  ['SMPWCS', 48, 48, true],
  ['RPS', 49, 49, true],
  ['PMS', 51, 51, true],
  ['ADMS', 52, 52, true],
  ['RPRIVS', 53, 53, true],
];

/** Every field of EFR (AMD 48882 3.4; Linux drivers/iommu/amd/amd_iommu_types.h FEATURE_*). */
const efr: readonly FieldRow[] = [
  ['PREF', 0, 0, true],
  ['PPR', 1, 1, true],
  ['X2APIC', 2, 2, true],
  ['NX', 3, 3, true],
  ['GT', 4, 4, true],
  ['IA', 6, 6, true],
  ['GA', 7, 7, true],
  ['HE', 8, 8, true],
  ['PC', 9, 9, false],
  ['HATS', 11, 10, true],
  ['GATS', 13, 12, true],
  ['GLX', 15, 14, true],
  ['SmiFSup', 17, 16, false],
  ['SmiFRC', 20, 18, false],
  ['GAM', 21, 21, true],
  ['GAM 010b and 100b', 23, 22, false],
  ['DualPpr', 25, 24, false],
  ['DualEvent', 29, 28, false],
  ['PASMAX', 36, 32, true],
  ['US', 37, 37, true],
  ['DevTblSeg', 39, 38, false],
  ['PprOvrflwEarly', 40, 40, false],
  ['PprAutoRsp', 41, 41, false],
  ['MSICAPMMIO', 46, 46, true],
  ['GIOSUP', 48, 48, true],
  ['HASUP', 49, 49, true],
  ['EPHSUP', 50, 50, false],
  ['HDSUP', 52, 52, true],
  ['SNP', 63, 63, false],
];

/** Every field of EFR2 that is known; only the number of interrupts is offered. */
const efr2: readonly FieldRow[] = [
  ['SEVSNPIO', 1, 1, false],
  ['GCR3TRPMODE', 3, 3, false],
  ['SNPAVIC', 7, 5, false],
  ['NUM_INT_REMAP', 8, 8, true],
  ['HT_RANGE_IGNORE', 11, 11, true],
];

function lackingIn(register: string, value: Quad, rows: readonly FieldRow[]): string[] {
  const lacking: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (bitsOf(value.hi, value.lo, bit, bit) === 0) continue;
    const row = rows.find(([, high, low]) => bit <= high && bit >= low);
    const name = row === undefined ? `${register} bit ${bit}` : `${register}.${row[0]}`;
    if (row?.[3] !== true && !lacking.includes(name)) lacking.push(name);
  }
  return lacking;
}

/** Names of the capability bits that are set and that the engine does not have. */
export const lackingCapabilities = (capability: Quad, extended: Quad): readonly string[] => [
  ...lackingIn('CAP', capability, cap),
  ...lackingIn('ECAP', extended, ecap),
];

/** The same of AMD-Vi; HATS 11b is no number of levels. */
export const lackingFeatures = (features: Quad, second: Quad): readonly string[] => [
  ...lackingIn('EFR', features, efr),
  ...(bitsOf(features.hi, features.lo, 11, 10) === 3 ? ['EFR.HATS 11b'] : []),
  ...(bitsOf(features.hi, features.lo, 15, 14) === 3 ? ['EFR.GLX 11b'] : []),
  ...lackingIn('EFR2', second, efr2),
];
