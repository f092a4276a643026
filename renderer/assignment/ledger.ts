import type { PciAddress } from '../../main/machine/address.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import { besideGraphics, briefName } from '../../main/words/brief-name.ts';
import { assignmentWords } from '../../main/words/assignment.ts';
import type { Candidate } from '../../main/passthrough/candidate.ts';
import type { Given, Plan } from '../../main/passthrough/plan.ts';
import { cardPort } from './card-port.ts';
import { jobOf, jobs, type Job } from './job.ts';

/** What a chip on a card says; the sentences are in words/assignment.ts. */
export type ChipOf =
  | { kind: 'chosen' | 'along' | 'bootDisplay' | 'twin' | 'notConnected' | 'online' }
  | { kind: 'screens'; count: number }
  | { kind: 'share'; group: number }
  | { kind: 'mounts'; targets: readonly string[]; system: boolean }
  | { kind: 'input'; names: readonly string[] };

/**
 * `toggle` gives or keeps a candidate; `stay` keeps a function that its slot alone drew over, `follow` lets it go along
 * again. The address is the candidate's, or the function's own.
 */
export interface Press {
  readonly kind: 'toggle' | 'stay' | 'follow';
  readonly address: PciAddress;
}

export interface Entry {
  readonly address: PciAddress;
  readonly name: string;
  readonly classCode: number | null;
  readonly chips: readonly ChipOf[];
  /** what a press does; null: the function only follows another */
  readonly press: Press | null;
  /** VM side: the chosen function that drew it over */
  readonly because: PciAddress | null;
}

export interface Row {
  readonly job: Job;
  readonly keeps: readonly Entry[];
  readonly gets: readonly Entry[];
}

export interface Ledger {
  readonly rows: readonly Row[];
  /** functions without a job that stay */
  readonly rest: readonly Entry[];
}

const systemMounts = new Set(['/', '/boot', '/boot/efi', '/boot/firmware', '/efi', '/usr']);

function hostChips(
  fn: PciFunction,
  machine: Machine,
  twins: ReadonlySet<PciAddress>,
  shared: ReadonlyMap<PciAddress, number>,
): ChipOf[] {
  const chips: ChipOf[] = [];
  const { address } = fn;
  if (fn.bootVga.known && fn.bootVga.value) chips.push({ kind: 'bootDisplay' });
  if (machine.displays.known) {
    const count = machine.displays.value.filter(
      ({ behind, connected }) => behind === address && connected === true,
    ).length;
    // The firmware's picture is shown on a screen: the one chip says both.
    if (count > 0 && chips.length === 0) chips.push({ kind: 'screens', count });
  }
  if (machine.disks.known) {
    const targets = [
      ...new Set(
        machine.disks.value
          .filter(({ behind }) => behind === address)
          .flatMap(({ mounts }) => mounts.map(({ target }) => target)),
      ),
    ];
    const system = targets.filter((target) => systemMounts.has(target));
    if (targets.length > 0)
      chips.push({ kind: 'mounts', targets: system.length > 0 ? system : targets, system: system.length > 0 });
  }
  if (machine.interfaces.known) {
    const ports = machine.interfaces.value.filter(({ behind }) => behind === address);
    if (ports.some(({ defaultRoute }) => defaultRoute === true)) chips.push({ kind: 'online' });
    else if (ports.length > 0 && ports.every(({ up }) => up === false)) chips.push({ kind: 'notConnected' });
  }
  if (machine.usb.known) {
    const names = machine.usb.value
      .filter(({ behind, kind }) => behind === address && (kind === 'keyboard' || kind === 'mouse'))
      .map(({ kind }) => kind as string);
    if (names.length > 0) chips.push({ kind: 'input', names: [...new Set(names)] });
  }
  if (twins.has(address)) chips.push({ kind: 'twin' });
  const group = shared.get(address);
  if (group !== undefined) chips.push({ kind: 'share', group });
  return chips;
}

/** Groups in which two cards of this ledger sit that are not of one slot: giving one gives the other. */
function sharedGroups(machine: Machine, shown: ReadonlySet<PciAddress>): Map<PciAddress, number> {
  const shared = new Map<PciAddress, number>();
  if (!machine.groups.known) return shared;
  for (const { id, devices } of machine.groups.value) {
    const here = devices.filter((address) => shown.has(address));
    if (new Set(here.map((address) => address.slice(0, -2))).size < 2) continue;
    for (const address of here) shared.set(address, id);
  }
  return shared;
}

/** Everything that has a job, on the side where the plan puts it. `plan` null: all stays. */
export function ledgerOf(machine: Machine, candidates: readonly Candidate[], plan: Plan | null): Ledger {
  const given = new Map<PciAddress, Given>((plan?.give ?? []).map((one) => [one.address, one]));
  // A port of the same card that stays is told from the others by its number.
  const kept = new Set(plan?.keep ?? []);
  const twins = new Set((plan?.give ?? []).flatMap((one) => one.twins.filter((address) => !kept.has(address))));
  const leaders = new Map<PciAddress, PciAddress>();
  for (const candidate of candidates) {
    leaders.set(candidate.address, candidate.address);
    for (const { address, reason } of candidate.comesAlong)
      if (reason === 'same-slot' && !leaders.has(address)) leaders.set(address, candidate.address);
  }
  const byAddress = new Map<string, PciFunction>(machine.functions.map((fn) => [fn.address, fn]));
  const worth = machine.functions.filter((fn) => jobOf(fn) !== null || given.has(fn.address));
  const shared = sharedGroups(machine, new Set(worth.map(({ address }) => address)));

  const pressOf = (fn: PciFunction, crossing: Given | undefined): Press | null => {
    if (kept.has(fn.address)) return { kind: 'follow', address: fn.address };
    if (crossing?.mayStay === true) return { kind: 'stay', address: fn.address };
    const candidate = leaders.get(fn.address);
    return candidate === undefined ? null : { kind: 'toggle', address: candidate };
  };

  const entry = (fn: PciFunction): Entry => {
    const crossing = given.get(fn.address);
    const chips: ChipOf[] =
      crossing === undefined
        ? hostChips(fn, machine, twins, shared)
        : [{ kind: crossing.reason === 'chosen' ? 'chosen' : 'along' }];
    return {
      address: fn.address,
      name: assignmentWords.ofPort(
        briefName(
          fn,
          besideGraphics(fn, (address) => byAddress.get(address)),
        ),
        cardPort(fn, machine.functions),
      ),
      classCode: fn.classCode.known ? fn.classCode.value : null,
      chips,
      press: pressOf(fn, crossing),
      because: crossing !== undefined && crossing.because !== fn.address ? crossing.because : null,
    };
  };

  const rows = jobs
    .map((job): Row => {
      const of = worth.filter((fn) => (jobOf(fn) ?? 'other') === job);
      return {
        job,
        keeps: of.filter(({ address }) => !given.has(address)).map(entry),
        gets: of.filter(({ address }) => given.has(address)).map(entry),
      };
    })
    .filter(({ keeps, gets }) => keeps.length + gets.length > 0);
  const counted = new Set(worth.map(({ address }) => address));
  return { rows, rest: machine.functions.filter(({ address }) => !counted.has(address)).map(entry) };
}
