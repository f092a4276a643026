import { Unwalkable, type TableBytes } from './table-bytes.ts';

/** A device scope entry (VT-d specification, Device Scope Structure). */
export interface DeviceScope {
  /** 1 endpoint, 2 bridge with all below, 3 IOAPIC, 4 HPET, 5 ACPI namespace device */
  readonly type: number;
  readonly enumerationId: number;
  /** the bus that the path starts from */
  readonly bus: number;
  /** `dd.f` in hexadecimal, one a hop */
  readonly path: readonly string[];
}

const hex2 = (value: number): string => value.toString(16).padStart(2, '0');

/** The entries that fill a structure from `offset` to its end. */
export function deviceScopes(structure: TableBytes, offset: number): DeviceScope[] {
  const scopes: DeviceScope[] = [];
  for (let at = offset; at < structure.length;) {
    const length = structure.byte(at + 1);
    if (length < 6 || at + length > structure.length) {
      throw new Unwalkable(structure.at + at + 1, 'a device scope entry of at least 6 bytes inside its structure');
    }
    const path: string[] = [];
    for (let hop = at + 6; hop + 1 < at + length; hop += 2) {
      path.push(`${hex2(structure.byte(hop))}.${structure.byte(hop + 1).toString(16)}`);
    }
    scopes.push({
      type: structure.byte(at),
      enumerationId: structure.byte(at + 4),
      bus: structure.byte(at + 5),
      path,
    });
    at += length;
  }
  return scopes;
}
