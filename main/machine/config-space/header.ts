import { measured, unknown, type Fact } from '../fact.ts';
import type { PciFunction, PciIds } from '../pci-function.ts';
import { byteAt, wordAt } from './registers.ts';

export type HeaderKind = PciFunction['header'];

const kinds: readonly HeaderKind[] = ['endpoint', 'bridge', 'cardbus'];

export interface Header {
  readonly kind: HeaderKind;
  readonly multifunction: boolean | null;
  readonly classCode: Fact<number>;
  readonly bridge: PciFunction['bridge'];
}

/** Header type, class code and the bus numbers of a bridge (PCI Local Bus 3.0, 6.1; the bus numbers stand at 19h and 1Ah of bridges and CardBus bridges alike). */
export function decodeHeader(bytes: Uint8Array): Header {
  const type = byteAt(bytes, 0x0e);
  const kind = (type === null ? undefined : kinds[type & 0x7f]) ?? 'unknown';
  const programming = byteAt(bytes, 0x09);
  const device = wordAt(bytes, 0x0a);
  const secondary = byteAt(bytes, 0x19);
  const subordinate = byteAt(bytes, 0x1a);
  const hasBuses = (kind === 'bridge' || kind === 'cardbus') && secondary !== null && subordinate !== null;
  return {
    kind,
    multifunction: type === null || kind === 'unknown' ? null : (type & 0x80) !== 0,
    classCode:
      programming === null || device === null
        ? unknown('readable-file', 'config 09h')
        : measured((device << 8) | programming, 'config 09h'),
    bridge: hasBuses ? { secondary, subordinate } : null,
  };
}

/** `subsystemAt`: where the subsystem pair stands: 2Ch on endpoints, inside capability 0Dh on bridges; null for nowhere. */
export function decodeIds(bytes: Uint8Array, subsystemAt: number | null): Fact<PciIds> {
  const vendor = wordAt(bytes, 0x00);
  const device = wordAt(bytes, 0x02);
  // A virtual function answers all ones here (SR-IOV 1.1, 3.4.1.1): its ids are the physical function's to tell.
  if (vendor === null || device === null || vendor === 0xffff) return unknown('readable-file', 'config 00h');
  const subsystemVendor = subsystemAt === null ? null : wordAt(bytes, subsystemAt);
  const subsystemDevice = subsystemAt === null ? null : wordAt(bytes, subsystemAt + 2);
  // 0000:0000 says that the board maker wrote nothing.
  const written = subsystemVendor !== null && subsystemDevice !== null && (subsystemVendor | subsystemDevice) !== 0;
  return measured(
    {
      vendor,
      device,
      subsystemVendor: written ? subsystemVendor : null,
      subsystemDevice: written ? subsystemDevice : null,
      revision: byteAt(bytes, 0x08),
    },
    'config 00h',
  );
}
