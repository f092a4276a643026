import type { PciNames } from './pci-names.ts';

/** Asks one list, and another for what the first does not know. The second is made at the first such question. */
export function eitherNames(first: PciNames, makeSecond: () => PciNames): PciNames {
  let made: PciNames | null = null;
  const second = (): PciNames => (made ??= makeSecond());
  return {
    vendor: (id) => first.vendor(id) ?? second().vendor(id),
    device: (vendor, device) => first.device(vendor, device) ?? second().device(vendor, device),
    subsystem: (...ids) => first.subsystem(...ids) ?? second().subsystem(...ids),
    className: (code) => first.className(code) ?? second().className(code),
    idsNamed: (...names) => {
      const found = first.idsNamed(...names);
      return found.length > 0 ? found : second().idsNamed(...names);
    },
    cardsNamed: (...names) => {
      const found = first.cardsNamed(...names);
      return found.length > 0 ? found : second().cardsNamed(...names);
    },
    classesNamed: (...names) => {
      const found = first.classesNamed(...names);
      return found.length > 0 ? found : second().classesNamed(...names);
    },
  };
}
