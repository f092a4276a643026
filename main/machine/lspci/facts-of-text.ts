import { classicId, extendedId } from '../config-space/capability-names.ts';
import { known, measured, unknown, type Fact } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import type { Attributes } from './attributes.ts';
import { capabilityText, type CapabilityText } from './capability-text.ts';
import { readExpress } from './express-text.ts';
import { readAcs, readAts, readMsi, readMsix, readResizableBars, readSriov } from './extended-text.ts';
import { readRegions } from './region-text.ts';

/** What the words of a record tell, where its bytes do not. */
export type TextFacts = Pick<
  PciFunction,
  'capabilities' | 'express' | 'acs' | 'ats' | 'sriov' | 'resizableBars' | 'msi' | 'msix' | 'bars'
>;

/** `place` names the record for people: `lspci 01:00.0`. */
export function factsOfText(attributes: Attributes, place: string): TextFacts {
  const list = capabilitiesOf(attributes, place);
  const pick = <T>(id: number, extended: boolean, read: (text: string) => T | null): Fact<T | null> => {
    if (!list.known) return list;
    const found = list.value.find(({ capability }) => capability.id === id && capability.extended === extended);
    if (!found) return measured(null, place);
    const value = read(found.text);
    const where = `${place}, ${found.capability.name}`;
    return value === null ? unknown('fuller-source', where) : measured(value, where);
  };
  const resizable = pick(extendedId.resizableBar, true, readResizableBars);
  const { bars, numbered } = readRegions(attributes.head);
  return {
    capabilities: list.known ? { ...list, value: list.value.map(({ capability }) => capability) } : list,
    express: pick(classicId.express, false, readExpress),
    acs: pick(extendedId.acs, true, readAcs),
    ats: pick(extendedId.ats, true, readAts),
    sriov: pick(extendedId.sriov, true, readSriov),
    resizableBars: resizable.known ? { ...resizable, value: resizable.value ?? [] } : resizable,
    msi: pick(classicId.msi, false, readMsi),
    msix: pick(classicId.msix, false, readMsix),
    bars: attributes.verbose
      ? known([...bars], numbered ? 'measured' : 'derived', place)
      : unknown('fuller-source', place),
  };
}

function capabilitiesOf(attributes: Attributes, place: string): Fact<CapabilityText[]> {
  if (attributes.denied) return unknown('root', `${place}, Capabilities`);
  if (!attributes.verbose) return unknown('fuller-source', `${place}, Capabilities`);
  return measured(
    attributes.capabilities.flatMap((piece) => capabilityText(piece) ?? []),
    `${place}, Capabilities`,
  );
}
