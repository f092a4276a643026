import { measured, unknown, type Fact } from '../fact.ts';
import type { Express, PortType } from '../pci-function.ts';
import { configPlace, dwordAt, wordAt } from './registers.ts';

/** PCI Express Capabilities Register bits 7:4; 2, 3 and 11–15 are reserved (include/uapi/linux/pci_regs.h PCI_EXP_TYPE_*). */
const portTypesByCode: Readonly<Record<number, PortType>> = {
  0: 'endpoint',
  1: 'legacy-endpoint',
  4: 'root-port',
  5: 'upstream-port',
  6: 'downstream-port',
  7: 'pcie-to-pci-bridge',
  8: 'pci-to-pcie-bridge',
  9: 'root-complex-endpoint',
  10: 'root-complex-event-collector',
};

/** Link speed codes in GT/s (Link Capabilities bits 3:0). */
const speeds: Readonly<Record<number, number>> = { 1: 2.5, 2: 5, 3: 8, 4: 16, 5: 32, 6: 64 };

/** Functions inside the root complex have no link: their link registers are absent or zero. */
const linkless: ReadonlySet<PortType> = new Set(['root-complex-endpoint', 'root-complex-event-collector']);

/** The PCI Express capability at `offset`. */
export function decodeExpress(bytes: Uint8Array, offset: number): Fact<Express> {
  const flags = wordAt(bytes, offset + 2);
  const portType = flags === null ? undefined : portTypesByCode[(flags >> 4) & 0xf];
  if (flags === null || portType === undefined) return unknown('readable-file', configPlace(offset + 2));
  const deviceCapabilities = dwordAt(bytes, offset + 4);
  return measured(
    {
      portType,
      slotImplemented: (flags & 0x100) !== 0,
      flr: deviceCapabilities === null ? null : (deviceCapabilities & 0x10000000) !== 0,
      link: linkless.has(portType) ? null : decodeLink(bytes, offset),
    },
    configPlace(offset),
  );
}

/** Speed and width now and at most; null where there is no link. */
export function decodeLink(bytes: Uint8Array, offset: number): Express['link'] {
  const capabilities = dwordAt(bytes, offset + 0x0c);
  const status = wordAt(bytes, offset + 0x12);
  if (capabilities === null || status === null) return null;
  return {
    speed: speeds[status & 0xf] ?? null,
    width: (status >> 4) & 0x3f || null,
    maxSpeed: speeds[capabilities & 0xf] ?? null,
    maxWidth: (capabilities >> 4) & 0x3f || null,
  };
}
