import type { PciAddress } from '../address.ts';
import { addressOf } from './location.ts';
import type { Row } from './inventory.ts';

/** Instance ids are told apart without regard to case (learn.microsoft.com, Device Instance IDs). */
const keyOf = (instance: string): string => instance.toUpperCase();

/** The devices of Windows by their parents: from a disk, a keyboard or a screen up to its PCI function. */
export class DeviceTree {
  readonly #address = new Map<string, PciAddress>();
  readonly #parent = new Map<string, string>();

  constructor(devices: readonly Row<'devices'>[], nodes: readonly Row<'nodes'>[]) {
    for (const device of devices) {
      const address = addressOf(device);
      if (device.instance !== null && address !== null) this.#address.set(keyOf(device.instance), address);
    }
    for (const { instance, parent } of [...devices, ...nodes]) {
      if (instance !== null && parent !== null) this.#parent.set(keyOf(instance), keyOf(parent));
    }
  }

  /** The function that an instance is, or hangs behind; null off PCI. */
  behind(instance: string | null): PciAddress | null {
    let at = instance === null ? undefined : keyOf(instance);
    // A forged file may name parents in a ring; hubs nest five deep, and few devices stand between them.
    for (let hops = 0; at !== undefined && hops < 64; hops++) {
      const address = this.#address.get(at);
      if (address !== undefined) return address;
      at = this.#parent.get(at);
    }
    return null;
  }

  /** The bridge that Windows names as a function's parent; null on a root bus, undefined where it names none. */
  parentOf(instance: string | null): PciAddress | null | undefined {
    const parent = instance === null ? undefined : this.#parent.get(keyOf(instance));
    return parent === undefined
      ? undefined
      : (this.#address.get(parent) ?? (parent.startsWith('PCI\\') ? undefined : null));
  }
}
