import type { PciFunction } from './pci-function.ts';

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/**
 * What people call a function: `GeForce GT 1030` where the list of names has `GP108 [GeForce GT 1030]`, else the whole
 * name (the bracket of a SATA controller says `[AHCI mode]`), else its class and ids. Text from the machine or a file: data, never markup.
 */
export function deviceName(fn: PciFunction): string {
  const { device, class: kind, vendor } = fn.names;
  const graphics = fn.classCode.known && fn.classCode.value >> 16 === 0x03;
  if (device !== null && device !== '') {
    return (graphics ? /\[([^[\]]+)\]\s*$/.exec(device)?.[1] : undefined) ?? device;
  }
  const ids = fn.ids.known ? `${hex(fn.ids.value.vendor)}:${hex(fn.ids.value.device)}` : null;
  return [vendor, kind, ids].filter((part) => part !== null && part !== '').join(' ') || fn.address;
}
