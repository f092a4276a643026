import { classicId, extendedId } from '../config-space/capability-names.ts';
import type { DecodedConfig } from '../config-space/decode.ts';
import { known, measured, unknown, type Fact } from '../fact.ts';
import type { Bar } from '../pci-function.ts';
import type { Attributes } from './attributes.ts';
import { capabilityText, type CapabilityText } from './capability-text.ts';
import { readExpress } from './express-text.ts';
import { readAcs, readAts, readMsi, readMsix, readResizableBars, readSriov } from './extended-text.ts';
import { isThunderboltMark, readAri, readAriForwarding, readPasid, readPower, readPri, readSlot } from './port-text.ts';
import { readRegions } from './region-text.ts';

/** What the words of a record tell, where its bytes do not. */
export type TextFacts = Omit<
  DecodedConfig,
  'ids' | 'classCode' | 'header' | 'multifunction' | 'bridge' | 'configBytes'
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
  const express = pick(classicId.express, false, readExpress);
  const isPort =
    express.known && (express.value?.portType === 'root-port' || express.value?.portType === 'downstream-port');
  const ofPort = <T>(read: (text: string) => T | null): Fact<T | null> =>
    !express.known || isPort ? pick(classicId.express, false, read) : { ...express, value: null };
  const slot = ofPort(readSlot);
  return {
    capabilities: list.known ? { ...list, value: list.value.map(({ capability }) => capability) } : list,
    express,
    acs: pick(extendedId.acs, true, readAcs),
    ats: pick(extendedId.ats, true, readAts),
    sriov: pick(extendedId.sriov, true, readSriov),
    resizableBars: resizable.known ? { ...resizable, value: resizable.value ?? [] } : resizable,
    msi: pick(classicId.msi, false, readMsi),
    msix: pick(classicId.msix, false, readMsix),
    bars: attributes.verbose
      ? known([...bars], numbered ? 'measured' : 'derived', place)
      : unknown('fuller-source', place),
    pri: pick(extendedId.pri, true, readPri),
    pasid: pick(extendedId.pasid, true, readPasid),
    ari: pick(extendedId.ari, true, readAri),
    ariForwarding: ofPort(readAriForwarding),
    power: pick(classicId.powerManagement, false, readPower),
    slot: slot.known ? { ...slot, value: slot.value === 'none' ? null : slot.value } : slot,
    link: linkOf(express),
    rom: romOf(bars, attributes.verbose, place),
    thunderbolt: list.known ? { ...list, value: list.value.some(({ text }) => isThunderboltMark(text)) } : list,
  };
}

/** An Express capability whose link lines are not shown, as with a single -v, says nothing of the link. */
function linkOf(express: TextFacts['express']): TextFacts['link'] {
  if (!express.known || express.value === null) return express.known ? { ...express, value: null } : express;
  const { link, portType } = express.value;
  const inside = portType === 'root-complex-endpoint' || portType === 'root-complex-event-collector';
  return link === null && !inside ? unknown('fuller-source', express.where) : { ...express, value: link };
}

/** Where the firmware's copy of the boot display's ROM lies (drivers/pci/quirks.c pci_fixup_video, arch/x86/pci/fixup.c). */
const shadow = '0xc0000';

function romOf(bars: readonly Bar[], verbose: boolean, place: string): TextFacts['rom'] {
  if (!verbose) return unknown('fuller-source', place);
  const rom = bars.find(({ kind }) => kind === 'rom');
  return measured(
    rom ? { size: rom.size, shadowed: rom.address === null ? null : rom.address === shadow, headerGood: null } : null,
    place,
  );
}

function capabilitiesOf(attributes: Attributes, place: string): Fact<CapabilityText[]> {
  if (attributes.denied) return unknown('root', `${place}, Capabilities`);
  if (!attributes.verbose) return unknown('fuller-source', `${place}, Capabilities`);
  return measured(
    attributes.capabilities.flatMap((piece) => capabilityText(piece) ?? []),
    `${place}, Capabilities`,
  );
}
