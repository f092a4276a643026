import { measured, unknown, type Fact } from '../fact.ts';
import { exists, needOf } from '../files/read.ts';
import { ioApicsOf } from '../firmware-table/io-apics.ts';
import { readMemoryMap } from '../firmware-table/memory-map.ts';
import { readRemappingHardware } from '../firmware-table/remapping-hardware.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';
import type { PciFunction } from '../pci-function.ts';
import { readFirmwareSettings, readSettingsPending } from './firmware-settings.ts';

type Firmware = Machine['firmware'];

const tables = 'sys/firmware/acpi/tables';
const variables = 'sys/firmware/efi/efivars';
const globalVariable = '8be4df61-93ca-11d2-aa0d-00e098032b8c';

/** The tables that describe IOMMUs; the others are only named. */
const decoded: ReadonlySet<string> = new Set(['DMAR', 'IVRS']);

const hex = (bytes: Uint8Array): string => {
  const digits: string[] = [];
  for (const byte of bytes) digits.push(byte.toString(16).padStart(2, '0'));
  return digits.join('');
};

export function readFirmware(tree: HostTree, functions: readonly PciFunction[]): Firmware {
  const found = readTables(tree);
  const memoryMap = readMemoryMap(tree);
  const madt = tree.bytes(`${tables}/APIC`);
  return {
    tables: found,
    efi: readEfi(tree),
    secureBoot: readSecureBoot(tree),
    memoryMap,
    remapping: readRemappingHardware({
      tables: found,
      functions,
      memoryMap,
      ioApics: madt ? ioApicsOf(madt) : null,
    }),
    settings: readFirmwareSettings(tree),
    settingsPending: readSettingsPending(tree),
  };
}

/** Names stand in the open; the tables' bytes are root's alone (mode 0400). */
function readTables(tree: HostTree): Firmware['tables'] {
  const names = tree.list(tables).filter((name) => /^[A-Z][A-Z0-9_]{3}\d*$/.test(name));
  if (names.length === 0) return unknown(needOf(tree, tables), `/${tables}`);
  return measured(
    names.map((name) => {
      const signature = name.slice(0, 4);
      const bytes = decoded.has(signature) ? tree.bytes(`${tables}/${name}`) : null;
      return { signature, data: bytes ? hex(bytes) : null };
    }),
    `/${tables}`,
  );
}

/** sys/firmware/efi is there exactly when the kernel was started by UEFI. */
function readEfi(tree: HostTree): Fact<boolean> {
  if (exists(tree, 'sys/firmware/efi')) return measured(true, '/sys/firmware/efi');
  // Captures often take sys/firmware/acpi alone: only a listing that has more can deny.
  const others = tree.list('sys/firmware').filter((name) => name !== 'acpi');
  if (others.length > 0) return measured(false, '/sys/firmware/efi');
  return unknown('fuller-source', '/sys/firmware/efi');
}

/** Four bytes of attributes, then one byte (UEFI 2.10, 3.3 Globally Defined Variables). */
function readSecureBoot(tree: HostTree): Fact<boolean> {
  const path = `${variables}/SecureBoot-${globalVariable}`;
  const bytes = tree.bytes(path);
  if (bytes?.length === 5) return measured(bytes[4] === 1, `/${path}`);
  const efi = readEfi(tree);
  if (efi.known && !efi.value) return { ...efi, value: false };
  return unknown(needOf(tree, path), `/${path}`);
}
