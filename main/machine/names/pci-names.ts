/**
 * The names of PCI numbers. Null where the list has none: a number without a name is normal for new and engineering
 * hardware, and the screen then shows the number.
 */
export interface PciNames {
  /** by 16-bit vendor id */
  vendor(id: number): string | null;
  /** by 16-bit vendor and device id */
  device(vendor: number, device: number): string | null;
  /** by the four 16-bit ids of a card */
  subsystem(vendor: number, device: number, subVendor: number, subDevice: number): string | null;
  /** by 24-bit class code: the name of the programming interface's sub-class, else of the base class */
  className(classCode: number): string | null;
}
