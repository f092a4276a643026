import type { PciFunction } from '../pci-function.ts';
import type { OptionRom } from './decode-rom.ts';

/** Whether a ROM has an image for a function; null where the function's ids are not known. */
export function romFits({ images }: OptionRom, { ids }: Pick<PciFunction, 'ids'>): boolean | null {
  if (!ids.known) return null;
  const { vendor, device } = ids.value;
  return images.some((image) => image.vendor === vendor && image.devices.includes(device));
}
