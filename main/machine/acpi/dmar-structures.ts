import { deviceScopes, type DeviceScope } from './device-scope.ts';
import { flagNames, flagsOf } from './flag-names.ts';
import type { TableBytes } from './table-bytes.ts';

interface Common {
  readonly typeCode: number;
  /** bytes, with the header */
  readonly length: number;
}

/** A remapping structure of the DMAR table; addresses are `0x…` text. */
export type DmarStructure = Common &
  (
    | { type: 'DRHD'; flags: string[]; segment: number; registerBaseAddress: string; scope: DeviceScope[] }
    | { type: 'RMRR'; segment: number; baseAddress: string; endAddress: string; scope: DeviceScope[] }
    | { type: 'ATSR' | 'SATC'; flags: string[]; segment: number; scope: DeviceScope[] }
    | { type: 'RHSA'; registerBaseAddress: string; proximityDomain: number }
    | { type: 'ANDD'; deviceNumber: number; deviceName: string }
    | { type: 'SIDP'; segment: number; scope: DeviceScope[] }
    | { type: 'unknown' }
  );

/** One structure, from its own first byte to its last (VT-d specification, chapter 8; include/acpi/actbl1.h). */
export function dmarStructure(typeCode: number, structure: TableBytes): DmarStructure {
  const common = { typeCode, length: structure.length };
  const segment = (): number => structure.word(6);
  switch (typeCode) {
    case 0:
      return {
        type: 'DRHD',
        ...common,
        flags: flagsOf(structure.byte(4), flagNames.drhd),
        segment: segment(),
        registerBaseAddress: structure.qword(8),
        scope: deviceScopes(structure, 16),
      };
    case 1:
      return {
        type: 'RMRR',
        ...common,
        segment: segment(),
        baseAddress: structure.qword(8),
        endAddress: structure.qword(16),
        scope: deviceScopes(structure, 24),
      };
    case 2:
    case 5: {
      const [type, names] = typeCode === 2 ? (['ATSR', flagNames.atsr] as const) : (['SATC', flagNames.satc] as const);
      return {
        type,
        ...common,
        flags: flagsOf(structure.byte(4), names),
        segment: segment(),
        scope: deviceScopes(structure, 8),
      };
    }
    case 3:
      return {
        type: 'RHSA',
        ...common,
        registerBaseAddress: structure.qword(8),
        proximityDomain: structure.dword(16),
      };
    case 4:
      return {
        type: 'ANDD',
        ...common,
        deviceNumber: structure.byte(7),
        deviceName: structure.text(8, structure.length - 8),
      };
    case 6:
      return { type: 'SIDP', ...common, segment: segment(), scope: deviceScopes(structure, 8) };
    default:
      return { type: 'unknown', ...common };
  }
}
