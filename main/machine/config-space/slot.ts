import { measured, unknown, type Fact } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import { configPlace, dwordAt, wordAt } from './registers.ts';

type Value<K extends keyof PciFunction> = PciFunction[K] extends Fact<infer T> ? T : never;

/** Slot Capabilities at +14h and Slot Status at +1Ah of the PCI Express capability (PCI_EXP_SLTCAP, PCI_EXP_SLTSTA); null on a port without a slot. */
export function decodeSlot(bytes: Uint8Array, offset: number): Fact<Value<'slot'>> {
  const flags = wordAt(bytes, offset + 2);
  const place = configPlace(offset + 0x14);
  if (flags === null) return unknown('readable-file', place);
  if ((flags & 0x100) === 0 || !isPort(flags)) return measured(null, configPlace(offset + 2));
  const capabilities = dwordAt(bytes, offset + 0x14);
  const status = wordAt(bytes, offset + 0x1a);
  if (capabilities === null || status === null) return unknown('readable-file', place);
  return measured(
    {
      number: capabilities >>> 19,
      hotPlug: (capabilities & 0x40) !== 0,
      surprise: (capabilities & 0x20) !== 0,
      powerController: (capabilities & 0x02) !== 0,
      occupied: (status & 0x40) !== 0,
    },
    place,
  );
}

/** ARI forwarding: Device Capabilities 2 and Control 2 (+24h, +28h), bit 5 of each, from version 2 of the capability on; null on what is no port. */
export function decodeAriForwarding(bytes: Uint8Array, offset: number): Fact<Value<'ariForwarding'>> {
  const flags = wordAt(bytes, offset + 2);
  const place = configPlace(offset + 0x24);
  if (flags === null) return unknown('readable-file', place);
  if (!isPort(flags)) return measured(null, configPlace(offset + 2));
  if ((flags & 0xf) < 2) return measured({ capable: false, enabled: false }, configPlace(offset + 2));
  const capabilities = dwordAt(bytes, offset + 0x24);
  const control = wordAt(bytes, offset + 0x28);
  if (capabilities === null || control === null) return unknown('readable-file', place);
  return measured({ capable: (capabilities & 0x20) !== 0, enabled: (control & 0x20) !== 0 }, place);
}

/** Root ports and downstream ports of switches have something below them. */
const isPort = (flags: number): boolean => [4, 6].includes((flags >> 4) & 0xf);
