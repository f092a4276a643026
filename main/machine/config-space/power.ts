import { measured, unknown, type Fact } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import { configPlace, wordAt } from './registers.ts';

type Power = PciFunction['power'] extends Fact<infer T> ? NonNullable<T> : never;
type State = Power['states'][number];

const byCode: readonly State[] = ['D0', 'D1', 'D2', 'D3hot'];

/** Power management (PCI PM 1.2, 3.2; include/uapi/linux/pci_regs.h PCI_PM_*): capabilities at +2, control and status at +4. */
export function decodePower(bytes: Uint8Array, offset: number): Fact<Power> {
  const capabilities = wordAt(bytes, offset + 2);
  const control = wordAt(bytes, offset + 4);
  if (capabilities === null || control === null) return unknown('readable-file', configPlace(offset));
  const states: State[] = ['D0', 'D3hot'];
  if (capabilities & 0x0400) states.splice(1, 0, 'D2');
  if (capabilities & 0x0200) states.splice(1, 0, 'D1');
  return measured(
    {
      states,
      current: byCode[control & 0b11] ?? null,
      noSoftReset: (control & 0x0008) !== 0,
      wakesFromD3cold: (capabilities & 0x8000) !== 0,
    },
    configPlace(offset),
  );
}
