import type { PciAddress } from '../address.ts';
import type { Machine } from '../machine.ts';
import type { PciFunction } from '../pci-function.ts';
import type { Join } from './join.ts';
import { isSlotPort, moveOf, takesCard } from './movable.ts';
import { asItIs, predictGroups, type PredictionOptions } from './predict-groups.ts';

/** A change that gives a function a smaller group, and that group. */
export interface WayOut {
  readonly kind: 'slot' | 'config' | 'override';
  /** the port, or what stands behind `pci=config_acs=` or `pcie_acs_override=` */
  readonly text: string;
  readonly devices: readonly PciAddress[];
}

/** Boards have no more slots than this; a backplane of switches may have hundreds of ports. */
const mostPorts = 16;
/** SV, RR, CR and UF on, the others as they are: bits DT EC UF CR RR TB SV, highest first (drivers/pci/pci.c __pci_config_acs). */
const allRequired = 'xx111x1';

/**
 * What takes a function out of its predicted group, each tried by predicting again: an empty port for its card, bits that
 * a port has and that are switched off, the override patch. Only what makes the group smaller is told; best kind first.
 */
export function waysOut(machine: Machine, about: PciAddress): WayOut[] {
  const home = groupOf(machine, about, asItIs);
  if (!home || home.devices.length < 2) return [];
  const tries: { kind: WayOut['kind']; text: string; options: PredictionOptions }[] = [];
  for (const port of onCard(machine, about) ? slotPorts(machine) : []) {
    const move = moveOf(machine, about, port, true);
    if ('problem' in move || machine.functions.some((fn) => fn.address === about && fn.parent === port)) continue;
    tries.push({ kind: 'slot', text: port, options: { ...asItIs, move } });
  }
  const switchedOff = home.joins.flatMap(({ rule, port }) =>
    rule === 'acs-bits' && port ? [`${allRequired}@${port}`] : [],
  );
  if (switchedOff.length > 0) {
    const text = switchedOff.join(';');
    tries.push({ kind: 'config', text, options: { ...asItIs, acs: { kind: 'config', text } } });
  }
  for (const text of overridesFor(home.joins)) {
    tries.push({ kind: 'override', text, options: { ...asItIs, acs: { kind: 'override', text } } });
  }
  const before = new Set(home.devices);
  return tries.flatMap(({ kind, text, options }) => {
    const devices = groupOf(machine, about, options)?.devices ?? home.devices;
    const smaller = devices.length < home.devices.length && devices.every((device) => before.has(device));
    return smaller ? [{ kind, text, devices }] : [];
  });
}

const groupOf = (machine: Machine, about: PciAddress, options: PredictionOptions) =>
  predictGroups(machine, options).groups.find(({ devices }) => devices.includes(about));

/** The fewest words first; where one of them is enough, both together change nothing more. */
function overridesFor(joins: readonly Join[]): string[] {
  const words: string[] = [];
  if (joins.some(({ rule }) => rule === 'no-acs')) words.push('downstream');
  if (joins.some(({ rule }) => rule === 'multifunction')) words.push('multifunction');
  return words.length === 2 ? [...words, words.join(',')] : words;
}

/** Something that sits in a slot: not on a root bus, and no bridge that leads to slots. */
function onCard(machine: Machine, about: PciAddress): boolean {
  const fn = machine.functions.find((each) => each.address === about);
  return fn?.parent != null && !isSlotPort(fn);
}

/** Ports whose slot takes a card: empty ones first, then those whose card would have to change places. */
function slotPorts(machine: Machine): PciAddress[] {
  const below = new Map<PciAddress, PciFunction[]>();
  for (const fn of machine.functions)
    if (fn.parent !== null) below.set(fn.parent, [...(below.get(fn.parent) ?? []), fn]);
  const ports = machine.functions.filter((fn) => takesCard(fn, below.get(fn.address) ?? [])).map((fn) => fn.address);
  const empty = ports.filter((port) => !below.has(port));
  return [...empty, ...ports.filter((port) => below.has(port))].slice(0, mostPorts);
}
