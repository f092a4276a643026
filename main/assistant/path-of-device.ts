import { addressParts, formatAddress, slotOf, type PciAddress } from '../machine/address.ts';
import { valueOr } from '../machine/fact.ts';
import { acsSettings } from '../machine/grouping/acs-settings.ts';
import type { Device } from '../machine/grouping/device.ts';
import { devicesOf } from '../machine/grouping/devices-of.ts';
import { bridgesThatAlias } from '../machine/grouping/dma-aliases.ts';
import { isolationOf } from '../machine/grouping/isolation.ts';
import type { Machine } from '../machine/machine.ts';
import type { AcsBit, PciFunction } from '../machine/pci-function.ts';
import { acsBitNames } from '../machine/pci-function.ts';
import type { BitState, Peer, PortAbove, StoryPath } from '../remapping/scenarios/story-path.ts';

/** Addresses of the simulated units have at most 48 bits; what lies higher is no place that a scenario can write to. */
const highestAddress = 2 ** 48;

/** A bit of the ACS control register as it stands now; a function without ACS has none on, and some sources hide it. */
export function acsBit(fn: PciFunction | undefined, bit: AcsBit): BitState {
  if (fn === undefined || !fn.acs.known) return 'unknown';
  if (fn.acs.value === null) return 'off';
  const { control } = fn.acs.value;
  if (control === null) return 'unknown';
  return (control >> acsBitNames.indexOf(bit)) & 1 ? 'on' : 'off';
}

/**
 * Whether requests for a neighbour are sent up here: its control bit says so, or where there is no such capability, a quirk
 * by which Linux knows that this chip does no peer-to-peer (drivers/pci/quirks.c). An override tells the kernel and changes
 * no chip.
 */
export function redirectOf(fn: PciFunction | undefined, device: Device | undefined, machine: Machine): BitState {
  const bit = acsBit(fn, 'RR');
  if (bit !== 'off' || device === undefined || device.acs !== null) return bit;
  const settings = { ...acsSettings(valueOr(machine.kernel.commandLine, ''), { kind: 'as-is' }), override: null };
  const tables = valueOr(machine.firmware.tables, []);
  const ivrs = tables.some(({ signature }) => signature === 'IVRS');
  const isolation = isolationOf(device, { settings, ivrs });
  return isolation.isolated && (isolation.by === 'quirk' || isolation.by === 'kind') ? 'on' : 'off';
}

/** The device's path and what lies beside it, from the machine's own tree. A ring of parents ends where it began. */
export function pathOfDevice(machine: Machine, address: PciAddress): StoryPath {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const devices = devicesOf(machine.functions, null);
  const device = devices.get(address);
  const above = device === undefined ? [] : ancestors(device);
  const ports = above.map(({ address: port }): PortAbove => {
    const fn = functions.get(port);
    return {
      address: port,
      sourceValidation: acsBit(fn, 'SV'),
      requestRedirect: redirectOf(fn, devices.get(port), machine),
      translationBlocking: acsBit(fn, 'TB'),
      buses: fn?.bridge ? { first: fn.bridge.secondary, last: fn.bridge.subordinate } : null,
    };
  });
  return {
    device: address,
    ports,
    peer: device === undefined ? null : nearestPeer(device, machine, functions, devices),
    otherDevice: device === undefined ? null : elsewhere(device, machine),
    bridge: device === undefined ? null : bridgeOf(device, machine, functions),
    reserved: reservedFor(machine, address),
    canCache: mayHaveAts(functions.get(address)),
  };
}

/** What the source does not tell is not ruled out: then the fact whether ATS is on is not known either, nor the verdict. */
const mayHaveAts = (fn: PciFunction | undefined): boolean =>
  fn !== undefined && (!fn.ats.known || fn.ats.value !== null);

function ancestors(device: Device): Device[] {
  const found: Device[] = [];
  for (let at = device.parent; at !== null; at = at.parent) found.push(at);
  return found;
}

const isEndpoint = (fn: PciFunction): boolean => fn.header === 'endpoint';

function memoryOf(fn: PciFunction): number | null {
  const bar = valueOr(fn.bars, []).find(({ kind, address }) => kind === 'memory' && address !== null);
  const base = bar?.address == null ? NaN : Number(bar.address);
  return base > 0 && base < highestAddress ? base : null;
}

/** Of all other cards with memory, the one whose way parts from the device's lowest down: there a request may go across. */
function nearestPeer(
  device: Device,
  machine: Machine,
  functions: ReadonlyMap<PciAddress, PciFunction>,
  devices: ReadonlyMap<PciAddress, Device>,
): Peer | null {
  const way = [device, ...ancestors(device)];
  let best: { readonly peer: Peer; readonly depth: number } | null = null;
  for (const fn of machine.functions) {
    const other = devices.get(fn.address);
    const memory = memoryOf(fn);
    if (!isEndpoint(fn) || other === undefined || memory === null) continue;
    if (slotOf(fn.address) === slotOf(device.address) || other.domain !== device.domain) continue;
    const shared = new Set(ancestors(other).map((each) => each.address));
    const meet = way.findIndex((each) => shared.has(each.address));
    // The step below the first bridge that both have above them; without one, the top of the device's own way.
    const depth = meet === -1 ? way.length - 1 : meet - 1;
    const fork = way[depth];
    if (fork === undefined || (best !== null && best.depth <= depth)) continue;
    const redirect = redirectOf(functions.get(fork.address), fork, machine);
    best = { depth, peer: { address: fn.address, memory, fork: fork.address, redirect } };
  }
  return best?.peer ?? null;
}

/** Base classes of what does no DMA of its own: bridges, and the platform's timers and controllers. */
const platformClasses: readonly number[] = [0x06, 0x08];

/** An endpoint on another bus of the same segment, whose name could be used. */
function elsewhere(device: Device, machine: Machine): PciAddress | null {
  const other = machine.functions.find((fn) => {
    const { domain, bus } = addressParts(fn.address);
    const platform = platformClasses.includes(valueOr(fn.classCode, 0) >>> 16);
    return isEndpoint(fn) && !platform && domain === device.domain && bus !== device.bus;
  });
  return other?.address ?? null;
}

/** The topmost bridge that puts its own id in the device's place (drivers/pci/search.c), and a neighbour behind it. */
function bridgeOf(
  device: Device,
  machine: Machine,
  functions: ReadonlyMap<PciAddress, PciFunction>,
): NonNullable<StoryPath['bridge']> | null {
  const bridge = bridgesThatAlias(device).at(-1);
  if (bridge === undefined) return null;
  const secondary = functions.get(bridge.address)?.bridge?.secondary ?? device.bus;
  const requester =
    bridge.type === 'pcie-to-pci-bridge'
      ? formatAddress({ domain: bridge.domain, bus: secondary, device: 0, function: 0 })
      : bridge.address;
  const behind = machine.functions.find(
    (fn) => fn.parent === device.parent?.address && fn.address !== device.address && isEndpoint(fn),
  );
  const own = addressParts(device.address);
  const neighbour = behind?.address ?? formatAddress({ ...own, device: own.device === 31 ? 30 : own.device + 1 });
  return { address: bridge.address, requester, neighbour };
}

function reservedFor(machine: Machine, address: PciAddress): NonNullable<StoryPath['reserved']> | null {
  const ranges = valueOr(machine.firmware.remapping, null)?.reserved ?? [];
  const range = ranges.find(({ devices }) => devices.some((each) => each.address === address));
  if (range === undefined || Number(range.end) >= highestAddress) return null;
  return { first: Number(range.start), last: Number(range.end) };
}
