import { compareAddresses, type PciAddress } from '../machine/address.ts';
import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction } from '../machine/pci-function.ts';
import { comesAlong, type Crossing } from './comes-along.ts';
import { deviceName } from '../machine/device-name.ts';
import { indexFunctions } from './functions.ts';
import { losses } from './losses.ts';
import type { PlanUnknown } from './losses/situations.ts';
import type { Finding } from './finding.ts';
import type { Given, Plan, Planning, Profile } from './plan.ts';
import { iommuState, iommuVendor } from './iommu-state.ts';
import { openGuard } from './open-guard.ts';
import { groupsKeep } from './requirements/group-viable.ts';
import { reservedMemory } from './requirements/reserved-memory.ts';
import { neverCrosses, roleOf } from './role.ts';
import { vmNameTrouble } from './vm-name.ts';

export const planProblemCodes = [
  'nothing-to-give',
  'no-such-device',
  'not-a-device-to-give',
  'cannot-be-kept',
  'bad-vm-name',
] as const;
export type PlanProblemCode = (typeof planProblemCodes)[number];

/** Why there can be no plan at all. */
export interface PlanProblem {
  readonly code: PlanProblemCode;
  /** the address or name that is to blame */
  readonly subject: string;
  /** one short clause from a closed set: the role of what was named, the trouble with a name */
  readonly detail: string;
}

export interface PlanRequest {
  readonly give: readonly PciAddress[];
  /** functions of the given cards that are to stay, each of which `mayStay` */
  readonly keep: readonly PciAddress[];
  /** names of what the person accepts to lose */
  readonly lose: readonly string[];
  readonly vmName: string;
  readonly profile: Profile;
}

export const isPlanProblem = (made: Planning | PlanProblem): made is PlanProblem => 'code' in made;

function troubleOf(machine: Machine, { give, keep, vmName }: PlanRequest): PlanProblem | null {
  const index = indexFunctions(machine);
  if (give.length === 0) return { code: 'nothing-to-give', subject: machine.source.name, detail: 'no address' };
  for (const address of give) {
    const fn = index.byAddress.get(address);
    if (fn === undefined) return { code: 'no-such-device', subject: address, detail: 'not on this machine' };
    const role = roleOf(fn);
    if (neverCrosses(role)) return { code: 'not-a-device-to-give', subject: address, detail: role };
  }
  const along = keep.length === 0 ? [] : comesAlong(machine, give);
  for (const address of keep) {
    const crossing = along.find((one) => one.address === address);
    if (crossing?.mayStay !== true) {
      return { code: 'cannot-be-kept', subject: address, detail: crossing?.reason ?? 'stays anyway' };
    }
  }
  const trouble = vmNameTrouble(vmName);
  return trouble === null ? null : { code: 'bad-vm-name', subject: vmName, detail: trouble };
}

/** The same vendor:device, which is all that a driver matches on: ids alone would take these too. */
function twinsOf(fn: PciFunction, machine: Machine, gone: ReadonlySet<PciAddress>): PciAddress[] {
  if (!fn.ids.known) return [];
  const { vendor, device } = fn.ids.value;
  return machine.functions
    .filter(
      ({ address, ids }) =>
        !gone.has(address) && ids.known && ids.value.vendor === vendor && ids.value.device === device,
    )
    .map(({ address }) => address);
}

function give(machine: Machine, crossings: readonly Crossing[]): Given[] {
  const index = indexFunctions(machine);
  const gone = new Set(crossings.map(({ address }) => address));
  return crossings.flatMap(({ address, reason, because, mayStay }) => {
    const fn = index.byAddress.get(address);
    if (fn === undefined) return [];
    return {
      address,
      path: fn.path,
      ids: valueOr(fn.ids, null),
      classCode: valueOr(fn.classCode, null),
      name: deviceName(fn),
      reason,
      because,
      mayStay,
      group: index.groupOf?.get(address)?.id ?? null,
      driver: valueOr(fn.driver, null),
      virtual: fn.physicalFunction !== null,
      twins: twinsOf(fn, machine, gone),
    };
  });
}

function hostOf(machine: Machine): Plan['host'] {
  const state = iommuState(machine);
  return {
    cpuVendor: valueOr(machine.cpu.vendor, null),
    iommuVendor: iommuVendor(machine),
    distribution: valueOr(machine.distribution, null),
    bootLoader: valueOr(machine.bootLoader, null),
    initramfs: valueOr(machine.initramfs, null),
    proxmox: valueOr(machine.proxmox, null),
    image: valueOr(machine.image, null),
    kernelRelease: valueOr(machine.kernel.release, null),
    commandLine: valueOr(machine.kernel.commandLine, null),
    iommuOn: state === 'unknown' ? null : state === 'on',
    configFiles: machine.configFiles,
  };
}

function unknownsOf(machine: Machine, crossings: readonly Crossing[]): { code: PlanUnknown; where: string }[] {
  const index = indexFunctions(machine);
  const crossing = crossings.flatMap(({ address }) => index.byAddress.get(address) ?? []);
  const ids = crossing.find((fn) => !fn.ids.known)?.ids;
  const driver = crossing.find((fn) => !fn.driver.known)?.driver;
  return [
    ...(machine.groups.known ? [] : [{ code: 'groups' as const, where: machine.groups.where }]),
    ...(ids === undefined ? [] : [{ code: 'ids' as const, where: ids.where }]),
    ...(driver === undefined ? [] : [{ code: 'drivers' as const, where: driver.where }]),
  ];
}

/** What the groups keep, for everything that crosses over; reserved memory for each chosen function with all that it draws in. */
function findingsOf(machine: Machine, crossings: readonly Crossing[], given: readonly Given[]): Finding[] {
  const chosen = given.filter(({ reason }) => reason === 'chosen');
  return [
    ...groupsKeep(machine, given),
    ...reservedMemory(
      machine,
      chosen.map(({ address, name }) => ({
        address,
        name,
        comesAlong: crossings.filter((crossing) => crossing.because === address && crossing.address !== address),
      })),
    ),
  ];
}

function stateOf(plan: Plan): Planning['state'] {
  const open = openGuard(plan);
  if (open === null) return 'ready';
  return open.code === 'guard-open' ? 'waits' : 'refused';
}

/**
 * What giving these functions means: what comes along, what the host loses, what the kernel refuses, which guards stand open. A guard is answered
 * when its name stands in `lose`, letter by letter; names that answer nothing are no fault, since a device may have been
 * taken back. A problem where there can be no plan.
 */
export function makePlan(machine: Machine, request: PlanRequest): Planning | PlanProblem {
  const trouble = troubleOf(machine, request);
  if (trouble !== null) return trouble;
  const crossings = comesAlong(machine, request.give, request.keep);
  const found = losses(machine, crossings);
  const accepted = new Set(request.lose);
  const answered = found.losses.map((loss) => ({ ...loss, answered: loss.guard === 'ask' && accepted.has(loss.name) }));
  const given = give(machine, crossings);
  const plan: Plan = {
    slotwise: 'plan',
    version: 1,
    machine: machine.identity,
    vm: { name: request.vmName, profile: request.profile },
    give: given,
    keep: [...request.keep].sort(compareAddresses),
    losses: answered,
    findings: findingsOf(machine, crossings, given),
    unknowns: [...unknownsOf(machine, crossings), ...found.unknowns],
    host: hostOf(machine),
  };
  return { state: stateOf(plan), plan };
}
