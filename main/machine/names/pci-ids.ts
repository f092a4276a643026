import type { CardIds, DeviceIds, PciNames } from './pci-names.ts';
import { endOf, nameAt, sectionsAt, type Sections } from './sections.ts';

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const hex2 = (value: number): string => value.toString(16).padStart(2, '0');
const unnamedDevice = /^Device ([0-9a-f]{4})$/i;
/** Longer than any vendor's name in the list (65 characters in 2026), with room. */
const longestVendorName = 120;
const noSections: Sections = { at: new Map(), end: 0 };

function once<V>(make: () => V): () => V {
  let value: V | undefined;
  return () => (value ??= make());
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const kept = new Map<K, V>();
  return (key) => {
    let value = kept.get(key);
    if (value === undefined) kept.set(key, (value = make(key)));
    return value;
  };
}

/**
 * Names from a `pci.ids` file (https://pci-ids.ucw.cz) of any year. `text` is the file read as Latin-1, one character a
 * byte: such a string is searched at half the cost, and a name is decoded when it is asked for. The file is not parsed
 * whole: the first question finds the vendors, and a vendor's devices are found when one of them is asked for, since a
 * command that starts in 100 ms has no 30 ms for a list of which it needs a hundredth.
 */
export function namesFromPciIds(text: string): PciNames {
  const top = once(() => sectionsAt(text, 0, 0, text.length));
  const below = (parent: Sections, key: string, depth: 0 | 1): Sections => {
    const start = parent.at.get(key);
    return start === undefined ? noSections : sectionsAt(text, depth === 0 ? 1 : 2, start, endOf(text, depth, start));
  };
  const children = remembered((key: string) => below(top(), key, 0));
  const cards = (of: DeviceIds): Sections => below(children(hex4(of.vendor)), hex4(of.device), 1);
  const name = (sections: Sections, key: string): string | null => {
    const at = sections.at.get(key);
    return at === undefined ? null : nameAt(text, at);
  };

  /** The way back: keys by name. */
  const byName = (sections: Sections): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const [key, at] of sections.at) {
      const called = nameAt(text, at);
      const keys = found.get(called);
      if (keys) keys.push(key);
      else found.set(called, [key]);
    }
    return found;
  };
  const vendorsNamed = once(() => byName(top()));
  const childrenNamed = remembered((key: string) => byName(children(key)));
  const classNames = once(() => {
    const found = new Map<string, number[]>();
    for (const key of top().at.keys()) {
      if (!key.startsWith('C ')) continue;
      for (const [called, subs] of childrenNamed(key)) {
        const codes = subs.map((sub) => parseInt(key.slice(2) + sub, 16));
        found.set(called, [...(found.get(called) ?? []), ...codes]);
      }
    }
    return found;
  });

  /** Every way to cut a text into a known vendor's name and a rest; the longest vendor first. */
  const splits = (whole: string): { vendor: number; rest: string }[] => {
    const found: { vendor: number; rest: string }[] = [];
    for (let cut = Math.min(whole.length, longestVendorName); cut > 0; cut--) {
      if (cut < whole.length && whole[cut] !== ' ') continue;
      for (const key of vendorsNamed().get(whole.slice(0, cut)) ?? []) {
        if (key.length === 4) found.push({ vendor: parseInt(key, 16), rest: whole.slice(cut).trim() });
      }
    }
    return found;
  };

  return {
    vendor: (id) => name(top(), hex4(id)),
    device: (vendor, device) => name(children(hex4(vendor)), hex4(device)),
    subsystem: (vendor, device, subVendor, subDevice) =>
      name(cards({ vendor, device }), `${hex4(subVendor)} ${hex4(subDevice)}`),
    className: (classCode) => {
      const base = `C ${hex2((classCode >> 16) & 0xff)}`;
      return name(children(base), hex2((classCode >> 8) & 0xff)) ?? name(top(), base);
    },
    idsNamed: (whole) => {
      const found: DeviceIds[] = [];
      for (const { vendor, rest } of splits(whole)) {
        const number = unnamedDevice.exec(rest)?.[1];
        if (number !== undefined) found.push({ vendor, device: parseInt(number, 16) });
        for (const key of childrenNamed(hex4(vendor)).get(rest) ?? []) {
          found.push({ vendor, device: parseInt(key, 16) });
        }
      }
      return found;
    },
    cardsNamed: (whole, of) => {
      const found: CardIds[] = [];
      for (const { vendor, rest } of splits(whole)) {
        const number = unnamedDevice.exec(rest)?.[1];
        const ofVendor = of ? [...cards(of).at].filter(([key]) => key.startsWith(hex4(vendor))) : [];
        const named = ofVendor.filter(([, at]) => nameAt(text, at) === rest);
        if (number !== undefined) found.push({ vendor, device: parseInt(number, 16) });
        else if (named.length > 0)
          found.push(...named.map(([key]) => ({ vendor, device: parseInt(key.slice(5), 16) })));
        // lspci also asks udev's hwdb, which answers with the device's own name for a card that it does not know.
        else found.push({ vendor, device: null });
      }
      return found;
    },
    classesNamed: (called) => classNames().get(called) ?? [],
  };
}
