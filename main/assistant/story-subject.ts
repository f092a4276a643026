import type { SlotwiseContract } from '../contract/contract.ts';
import type { OutputOf } from '../contract/endpoint.ts';
import type { PciAddress } from '../machine/address.ts';
import { deviceName } from '../machine/device-name.ts';
import { isOtherArchitecture } from '../machine/architecture.ts';
import type { Machine } from '../machine/machine.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { refuse, type Problem } from '../contract/problem.ts';
import { candidates } from '../passthrough/candidates.ts';
import { iommuVendor } from '../passthrough/iommu-state.ts';
import type { HostFacts } from '../remapping/scenarios/judge.ts';
import type { StoryPath, Vendor } from '../remapping/scenarios/story-path.ts';
import { hostFacts } from './host-facts.ts';
import type { Needs } from './needs.ts';
import { pathOfDevice } from './path-of-device.ts';
import { readMachine } from './read-machine.ts';

/** Whose walk is offered where the machine has nothing to give. */
const intelSample = 'sample:intel-desktop';

export interface Subject {
  readonly on: 'shown-machine' | 'intel-sample';
  readonly unit: OutputOf<SlotwiseContract['scenario.record']>['unit'];
  readonly device: { address: PciAddress; name: string };
  readonly path: StoryPath;
  /** whose unit walks: AMD's has other tables than Intel's */
  readonly vendor: Vendor;
  /** what decides whether this machine stops something */
  readonly facts: HostFacts;
}

function subject(machine: Machine, address: PciAddress, on: Subject['on']): Subject | Problem {
  const fn = machine.functions.find((one) => one.address === address);
  if (fn === undefined) return refuse('no-such-device', address).problem;
  if (fn.header !== 'endpoint') return refuse('not-a-device-to-give', address).problem;
  const own = iommuVendor(machine);
  const path = pathOfDevice(machine, address);
  return {
    on,
    unit: own === null ? 'assumed' : 'own',
    device: { address, name: deviceName(fn) },
    path,
    // A machine that does not tell whose unit it has is shown VT-d's.
    vendor: own === 'amd' ? 'amd' : 'vtd',
    facts: hostFacts(machine, path),
  };
}

/** A unit that is neither Intel's nor AMD's is not simulated: its device's requests take no way that could be shown. */
const hasOtherUnit = (machine: Machine): boolean => iommuVendor(machine) === null && isOtherArchitecture(machine);

/**
 * Whose story is told: a device of the shown machine; with null, or where that machine has another kind of unit, the Intel
 * sample's first candidate.
 */
export async function storySubject(
  address: PciAddress | null,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
): Promise<Subject | Problem> {
  const machine = await (address === null ? readMachine(intelSample, needs) : shown());
  if (isSourceProblem(machine)) return refuse(machine.code, machine.where, machine.detail).problem;
  if (address !== null) {
    const chosen = subject(machine, address, 'shown-machine');
    if (isProblem(chosen) || !hasOtherUnit(machine)) return chosen;
    const sample = await storySubject(null, shown, needs);
    return isProblem(sample) ? sample : { ...sample, unit: 'instead' };
  }
  const [first] = candidates(machine);
  if (first === undefined) return refuse('no-such-device', intelSample).problem;
  return subject(machine, first.address, 'intel-sample');
}

export const isProblem = (value: Subject | Problem): value is Problem => 'code' in value;
