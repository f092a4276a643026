/** The two ids that name a function's kind. */
export interface DeviceIds {
  readonly vendor: number;
  readonly device: number;
}

/** The two ids of the card that a function sits on; `device` is null where a text names the card's vendor only. */
export interface CardIds {
  readonly vendor: number;
  readonly device: number | null;
}

/**
 * The names of PCI numbers, and the numbers of names. Null where the list has none: a number without a name is normal
 * for new and engineering hardware, and the screen then shows the number.
 */
export interface PciNames {
  /** by 16-bit vendor id */
  vendor(id: number): string | null;
  /** by 16-bit vendor and device id */
  device(vendor: number, device: number): string | null;
  /** by the four 16-bit ids of a card */
  subsystem(vendor: number, device: number, subVendor: number, subDevice: number): string | null;
  /** by 24-bit class code: the sub-class's name, else the base class's */
  className(classCode: number): string | null;
  /**
   * All ids that a text as lspci prints it can stand for: vendor's name, a blank, device's name (or `Device` and four
   * hexadecimal digits). Names are not unique, so several ids are a normal answer; none: the list knows no such name.
   */
  idsNamed(text: string): readonly DeviceIds[];
  /** All cards that the text of lspci's `Subsystem:` can stand for on a function with these ids (null: not known). */
  cardsNamed(text: string, of: DeviceIds | null): readonly CardIds[];
  /** The 16-bit classes (base class and sub-class) with this name. */
  classesNamed(name: string): readonly number[];
}
