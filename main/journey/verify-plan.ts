import * as v from 'valibot';
import { measured } from '../machine/fact.ts';
import { compareIdentities } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction } from '../machine/pci-function.ts';
import { evidenceShape } from '../passthrough/finding.ts';
import type { Given, Plan } from '../passthrough/plan.ts';
import { evidenceFrom } from './evidence.ts';
import { placeEvidence, placePlan, type Placed } from './plan-fit.ts';
import { groupCount, groupsEvidence } from './remapping-state.ts';

export const verificationSteps = [
  'machine',
  'iommu',
  'interrupt-remapping',
  'function-present',
  'driver-bound',
  'group-free',
  'twin-kept',
] as const;
export const effects = ['took-effect', 'not-yet', 'cannot-know'] as const;
export type Effect = (typeof effects)[number];

const stepShape = v.object({
  code: v.picklist(verificationSteps),
  /** an address or `group 14`; null: the machine */
  subject: v.nullable(v.string()),
  verdict: v.picklist(effects),
  evidence: v.array(evidenceShape),
});
export type VerificationStep = v.InferOutput<typeof stepShape>;

/** What `slotwise verify` prints. */
export const verificationShape = v.object({
  /** `took-effect` only when every step did; `not-yet` when one did not */
  answer: v.picklist(effects),
  steps: v.array(stepShape),
});
export type Verification = v.InferOutput<typeof verificationShape>;

/** Compares a plan with the machine as it stands, step by step. */
export function verifyPlan(plan: Plan, machine: Machine): Verification {
  const placed = placePlan(plan, machine);
  const steps = [
    sameMachineStep(plan, machine),
    iommuStep(machine),
    remappingStep(machine),
    ...placed.map(presentStep),
    ...placed.flatMap(({ given, fn }) => (fn && !given.virtual ? [boundStep(given, fn)] : [])),
    ...groupSteps(placed, machine),
    ...twinSteps(plan, machine),
  ];
  // Without root nothing tells of interrupt remapping; what is bound is bound all the same.
  const weighed = steps.filter(({ code, verdict }) => code !== 'interrupt-remapping' || verdict !== 'cannot-know');
  return { answer: effectOf(weighed.map(({ verdict }) => verdict)), steps };
}

const effectOf = (verdicts: readonly Effect[]): Effect =>
  verdicts.includes('not-yet') ? 'not-yet' : verdicts.includes('cannot-know') ? 'cannot-know' : 'took-effect';

const verdictOf = (held: boolean | null): Effect => (held === null ? 'cannot-know' : held ? 'took-effect' : 'not-yet');

function sameMachineStep(plan: Plan, machine: Machine): VerificationStep {
  const { sameness } = compareIdentities(plan.machine, machine.identity);
  const where = measured(null, machine.identity.provenance === 'measured' ? '/sys/class/dmi/id' : 'lspci');
  const evidence = evidenceFrom('machine-identity', where, machine.identity.board ?? machine.identity.product);
  return { code: 'machine', subject: null, verdict: verdictOf(sameness !== 'other'), evidence: [evidence] };
}

function iommuStep(machine: Machine): VerificationStep {
  const count = groupCount(machine);
  const verdict = verdictOf(count === null ? null : count > 0);
  return { code: 'iommu', subject: null, verdict, evidence: [groupsEvidence(machine)] };
}

/** VFIO refuses to start without it, unless the host was told to take the risk (drivers/vfio/vfio_iommu_type1.c). */
function remappingStep(machine: Machine): VerificationStep {
  const { interruptRemapping: fact } = machine.iommu;
  const verdict = verdictOf(fact.known ? fact.value : null);
  return {
    code: 'interrupt-remapping',
    subject: null,
    verdict,
    evidence: [evidenceFrom('interrupt-remapping', fact, fact.known && fact.value ? 'on' : 'off')],
  };
}

/** A virtual function comes with its physical function's driver: that it is not there yet says nothing. */
const isPresent = ({ place, given }: Placed): boolean | null =>
  place === 'gone' && given.virtual ? null : place === 'here' || place === 'renumbered';

const presentStep = (placed: Placed): VerificationStep => ({
  code: 'function-present',
  subject: placed.given.address,
  verdict: verdictOf(isPresent(placed)),
  evidence: [placeEvidence(placed)],
});

function boundStep(given: Given, fn: PciFunction): VerificationStep {
  const { driver } = fn;
  const bound = driver.known ? isVfioDriver(driver.value) : null;
  const reading = driver.known ? driver.value : null;
  const evidence = [evidenceFrom('driver', driver, reading)];
  return { code: 'driver-bound', subject: given.address, verdict: verdictOf(bound), evidence };
}

/**
 * vfio-pci or one of its variants: they all carry its name at the end (drivers/vfio/pci: mlx5_vfio_pci,
 * hisi_acc_vfio_pci, nvgrace-gpu-vfio-pci …), and libvirt picks them by itself since 10.0.0.
 */
export const isVfioDriver = (driver: string | null): boolean =>
  driver !== null && /(^|-)vfio-pci$/.test(driver.replaceAll('_', '-'));

/**
 * A group can be used when nothing in it is driven by the host: no driver, a VFIO driver or pci-stub; ports are let be
 * (drivers/iommu/iommu.c iommu_group_claim_dma_owner; `driver_managed_dma` of pcieport and pci-stub).
 */
function groupSteps(placed: readonly Placed[], machine: Machine): VerificationStep[] {
  if (!machine.groups.known) return [];
  const given = new Set(placed.flatMap(({ fn }) => (fn ? [fn.address] : [])));
  const touched = machine.groups.value.filter(({ devices }) => devices.some((device) => given.has(device)));
  return touched.map(({ id, devices }) => {
    const others = machine.functions.filter(
      (fn) => devices.includes(fn.address) && !given.has(fn.address) && fn.header !== 'bridge',
    );
    const told = others.map((fn) => ({ fn, free: fn.driver.known ? leavesAlone(fn.driver.value) : null }));
    return {
      code: 'group-free' as const,
      subject: `group ${id}`,
      verdict: effectOf(told.map(({ free }) => verdictOf(free))),
      evidence: told.map(({ fn }) =>
        evidenceFrom('driver', fn.driver, fn.driver.known ? `${fn.address} ${fn.driver.value ?? '-'}` : fn.address),
      ),
    };
  });
}

const leavesAlone = (driver: string | null): boolean =>
  driver === null || driver === 'pci-stub' || isVfioDriver(driver);

/** A twin of a given function stays with the host: an id list would have taken it too. */
function twinSteps(plan: Plan, machine: Machine): VerificationStep[] {
  const given = new Set(plan.give.map(({ address }) => address));
  const twins = [...new Set(plan.give.flatMap(({ twins: all }) => all))].filter((address) => !given.has(address));
  return twins.flatMap((address) => {
    const fn = machine.functions.find((one) => one.address === address);
    if (!fn) return [];
    const kept = fn.driver.known ? !isVfioDriver(fn.driver.value) : null;
    const evidence = [evidenceFrom('driver', fn.driver, fn.driver.known ? fn.driver.value : null)];
    return [{ code: 'twin-kept' as const, subject: address, verdict: verdictOf(kept), evidence }];
  });
}
