import type { PciAddress } from '../../machine/address.ts';
import { formatQuad } from '../core/quad.ts';
import { event } from './events.ts';

/** What an event log entry holds. */
export interface LoggedEvent {
  readonly code: number;
  readonly source: PciAddress;
  /** domain, or address space of a guest's request */
  readonly space: number;
  readonly flags: number;
  readonly addressHi: number;
  readonly addressLo: number;
  /** driver that the device is bound to: Linux prints it before the device; null: the kernel knows no such function */
  readonly driver: string | null;
}

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Names of the events that say device and address, as Linux prints them. */
const names: Readonly<Record<number, string>> = {
  [event.illegalDeviceEntry]: 'ILLEGAL_DEV_TABLE_ENTRY',
  [event.deviceTableError]: 'DEV_TAB_HARDWARE_ERROR',
  [event.pageTableError]: 'PAGE_TAB_HARDWARE_ERROR',
  [event.deviceRequest]: 'INVALID_DEVICE_REQUEST',
};

/**
 * The line that Linux prints for an event (drivers/iommu/amd/iommu.c, amd_iommu_report_page_fault and iommu_print_event). A
 * page fault of a device that is attached to a domain stands under the device's own name.
 */
export function kernelLine(logged: LoggedEvent): string {
  const { code, source, space, driver } = logged;
  const flags = hex(logged.flags, 4);
  const address = formatQuad(logged.addressHi, logged.addressLo);
  if (code === event.pageFault && driver === null)
    return `AMD-Vi: Event logged [IO_PAGE_FAULT device=${source} domain=${hex(space, 4)} address=${address} flags=${flags}]`;
  if (code === event.pageFault)
    return `${driver ?? ''} ${source}: AMD-Vi: Event logged [IO_PAGE_FAULT domain=${hex(space, 4)} address=${address} flags=${flags}]`;
  const name = names[code] ?? 'UNKNOWN';
  const pasid = code === event.deviceTableError ? '' : ` pasid=${hex(space, code === event.pageTableError ? 4 : 5)}`;
  return `AMD-Vi: Event logged [${name} device=${source}${pasid} address=${address} flags=${flags}]`;
}
