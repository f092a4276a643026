import type { PciAddress } from '../address.ts';
import { isOtherArchitecture } from '../architecture.ts';
import type { Machine } from '../machine.ts';
import type { AcsSettings } from './acs-settings.ts';
import { isBehindVmd, vmdControllersOf } from './dma-aliases.ts';
import type { Device } from './device.ts';
import type { GroupMaker } from './group-maker.ts';
import type { UnitScope } from './units.ts';

/** What a prediction had to take for granted, because the source cannot tell it. */
export type Assumption =
  /** no DMAR or IVRS: every function is taken to be behind a unit, also those of these further root buses */
  | { code: 'no-table'; rootBuses: readonly string[] }
  /** whether these have ACS is not shown: taken as without */
  | { code: 'acs-hidden'; devices: readonly PciAddress[] }
  /** their PCI Express type is not shown: guessed from the place in the tree */
  | { code: 'type-hidden'; devices: readonly PciAddress[] }
  /** no bus numbers of bridges: who sits below whom is not known */
  | { code: 'tree-hidden'; devices: readonly PciAddress[] }
  /** their names stand for several ids that would decide differently: the first was taken */
  | { code: 'ids-ambiguous'; devices: readonly PciAddress[] }
  /** no ids are known, so that no quirk could be looked up */
  | { code: 'ids-unknown'; devices: readonly PciAddress[] }
  /** VMD domains go to controllers in order */
  | { code: 'vmd-order'; devices: readonly PciAddress[] }
  /** `pcie_acs_override=` does something in a patched kernel only */
  | { code: 'override-patch' }
  /** bits written `x` in `config_acs` are taken as Linux enables them; later kernels leave them as the firmware set them */
  | { code: 'config-firmware' }
  /** the card that moves sits on a root bus, where parts of the board are */
  | { code: 'moved-integrated'; device: PciAddress }
  /** no x86 machine: its own code has a say in its groups (arch/powerpc, IORT on ARM), which is not followed here */
  | { code: 'other-architecture' }
  /** no functions at all */
  | { code: 'no-functions' };

export function assumptionsOf(
  machine: Machine,
  devices: readonly Device[],
  scope: UnitScope,
  settings: AcsSettings,
  maker: GroupMaker,
): Assumption[] {
  if (devices.length === 0) return [{ code: 'no-functions' }];
  const { asked } = maker;
  const consulted = devices.filter((device) => asked.has(device.address));
  const assumed: Assumption[] = [];
  if (isOtherArchitecture(machine)) assumed.push({ code: 'other-architecture' });
  if (scope.table === null) assumed.push({ code: 'no-table', rootBuses: furtherRootBuses(devices) });
  const listed = {
    // Hidden ACS matters only where it is what decided.
    'acs-hidden': consulted.filter((each) => each.acsHidden && asked.get(each.address)?.by === 'no-capability'),
    'type-hidden': devices.filter((each) => each.typeGuessed && (asked.has(each.address) || each.parent === null)),
    'tree-hidden': hiddenTree(machine),
    'ids-ambiguous': consulted.filter((each) => asked.get(each.address)?.ambiguous === true),
    'ids-unknown': consulted.filter((each) => each.ids.length === 0),
    'vmd-order': [...vmdControllersOf(devices).values()].length > 1 ? devices.filter(isBehindVmd) : [],
  } as const;
  for (const code of Object.keys(listed) as (keyof typeof listed)[]) {
    const some = listed[code].map((each) => each.address);
    if (some.length > 0) assumed.push({ code, devices: some });
  }
  if (settings.override) assumed.push({ code: 'override-patch' });
  if (settings.configuration.some(({ mask }) => (mask & 0x1d) !== 0x1d)) assumed.push({ code: 'config-firmware' });
  return assumed;
}

/** Root buses beyond the first of each domain: those that firmware may leave to no unit. */
function furtherRootBuses(devices: readonly Device[]): string[] {
  const buses = new Map<number, Set<number>>();
  for (const device of devices) {
    if (device.parent !== null || isBehindVmd(device)) continue;
    buses.set(device.domain, (buses.get(device.domain) ?? new Set()).add(device.bus));
  }
  return [...buses].flatMap(([domain, of]) =>
    [...of]
      .sort((a, b) => a - b)
      .slice(1)
      .map((bus) => `${domain.toString(16).padStart(4, '0')}:${bus.toString(16).padStart(2, '0')}`),
  );
}

/** Bridges whose bus numbers are not told, where something sits on a bus that nothing leads to. */
function hiddenTree(machine: Machine): { address: PciAddress }[] {
  const bridges = machine.functions.filter(
    (fn) => fn.header === 'bridge' && fn.bridge === null && fn.classCode.known && fn.classCode.value >>> 8 === 0x0604,
  );
  return machine.functions.some((fn) => fn.parent === null && !/:00:[^:]*$/.test(fn.address)) ? bridges : [];
}
