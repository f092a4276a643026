import { shortAddress } from '../../main/machine/address.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import { deviceFactWords as words } from '../../main/words/device-facts.ts';
import { portTypeWords } from '../../main/words/groups.ts';
import { factLine, knownLine, said, type FactLine } from './fact-line.ts';

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const hex2 = (value: number): string => value.toString(16).padStart(2, '0');

/** Names, ids, class and driver. */
export const identityLines = (fn: PciFunction): readonly FactLine[] => [
  ...factLine(
    words.ids,
    fn.ids,
    ({ vendor, device, revision }) =>
      [`${hex4(vendor)}:${hex4(device)}`, ...(revision === null ? [] : [`rev ${hex2(revision)}`])].join(' '),
    true,
  ),
  ...factLine(words.subsystem, fn.ids, ({ subsystemVendor, subsystemDevice }) =>
    subsystemVendor === null || subsystemDevice === null
      ? null
      : [
          `${hex4(subsystemVendor)}:${hex4(subsystemDevice)}`,
          ...(fn.names.subsystem === null ? [] : [fn.names.subsystem]),
        ].join(' '),
  ),
  ...factLine(words.class, fn.classCode, (code) =>
    [fn.names.class, code.toString(16).padStart(6, '0')].filter((part) => part !== null).join(' '),
  ),
  ...(fn.bridge === null ? factLine(words.driver, fn.driver, (driver) => driver ?? words.none, true) : []),
  ...factLine(words.kind, fn.express, (express) => (express === null ? null : portTypeWords[express.portType])),
];

/** `10de:2684, nvidia` */
export function identityGist(fn: PciFunction): string {
  const ids = fn.ids.known ? `${hex4(fn.ids.value.vendor)}:${hex4(fn.ids.value.device)}` : null;
  const driver = fn.bridge === null && fn.driver.known ? fn.driver.value : null;
  return [ids, driver].filter((part) => part !== null).join(', ');
}

const busesOf = ({ secondary, subordinate }: { secondary: number; subordinate: number }): string =>
  secondary === subordinate ? hex2(secondary) : `${hex2(secondary)}–${hex2(subordinate)}`;

const slotText = ({ number, hotPlug, surprise, occupied }: NonNullable<SlotOf>): string =>
  [
    words.slotNumber(number),
    hotPlug ? words.hotPlug : words.fixed,
    surprise ? words.surprise : null,
    occupied === null ? null : occupied ? words.occupied : words.empty,
  ]
    .filter((part) => part !== null)
    .join(', ');
type SlotOf = Extract<PciFunction['slot'], { known: true }>['value'];

/** Where it is: path, slot of the port above (of a port: its own), node, and what stands between it and the processor. */
export function placeLines(fn: PciFunction, parent: PciFunction | null): readonly FactLine[] {
  const slot = fn.bridge === null ? parent?.slot : fn.slot;
  return [
    said(words.path, fn.path, true),
    ...(fn.bridge === null ? [] : [said(words.buses, busesOf(fn.bridge), true)]),
    ...(slot === undefined ? [] : knownLine(words.slot, slot, (value) => (value === null ? null : slotText(value)))),
    ...knownLine(words.through, fn.through, (through) =>
      through.length === 0
        ? null
        : through
            .map(({ kind, address }) =>
              address === null ? words.throughKinds[kind] : `${words.throughKinds[kind]} ${shortAddress(address)}`,
            )
            .join(', '),
    ),
    ...knownLine(words.thunderbolt, fn.thunderbolt, (is) => (is ? words.thunderboltItself : null)),
    ...knownLine(words.removable, fn.removable, (is) => (is === null ? null : is ? words.yes : words.no)),
    ...(fn.numaNode === null ? [] : [said(words.numa, String(fn.numaNode))]),
  ];
}

/** The slot's number and whether it can be unplugged; else the node. */
export function placeGist(fn: PciFunction, parent: PciFunction | null): string {
  const slot = fn.bridge === null ? parent?.slot : fn.slot;
  const told = slot?.known === true ? slot.value : null;
  const through = fn.through.known ? fn.through.value.map(({ kind }) => words.throughKinds[kind]) : [];
  return [
    ...through,
    ...(told === null ? [] : [`${words.slot.toLowerCase()} ${told.number}`]),
    ...(told?.hotPlug === true ? [words.hotPlug] : []),
    ...(fn.numaNode === null ? [] : [`${words.numa} ${fn.numaNode}`]),
  ].join(', ');
}
