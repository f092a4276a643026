import type { PciAddress } from '../machine/address.ts';
import { deviceName } from '../machine/device-name.ts';
import type { Machine } from '../machine/machine.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { refuse, type Problem } from '../contract/problem.ts';
import { candidates } from '../passthrough/candidates.ts';
import { iommuVendor } from '../passthrough/iommu-state.ts';
import type { StoryPath, Vendor } from '../remapping/scenarios/story-unit.ts';
import type { Needs } from './needs.ts';
import { readMachine } from './read-machine.ts';

/** Whose walk is offered where the machine has nothing to give. */
const intelSample = 'sample:intel-desktop';
/** Bit 0 of ACS control: source validation. */
const sourceValidationBit = 1;

export interface Subject {
  readonly on: 'shown-machine' | 'intel-sample';
  readonly device: { address: PciAddress; name: string };
  readonly path: StoryPath;
  /** whose unit walks: AMD's has other tables than Intel's */
  readonly vendor: Vendor;
}

/** The ports above a device, nearest first, with what their ACS control says. */
export function storyPath(machine: Machine, device: PciAddress): StoryPath {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const ports: StoryPath['ports'][number][] = [];
  let above = functions.get(device)?.parent ?? null;
  // A damaged source may name parents in a ring; a path is never longer than there are functions.
  while (above !== null && ports.length < machine.functions.length) {
    const port = functions.get(above);
    const unknown = port === undefined || !port.acs.known;
    const control = port?.acs.known === true && port.acs.value !== null ? port.acs.value.control : 0;
    const on = (control & sourceValidationBit) !== 0;
    ports.push({ address: above, sourceValidation: unknown ? 'unknown' : on ? 'on' : 'off' });
    above = port?.parent ?? null;
  }
  return { device, ports };
}

function subject(machine: Machine, address: PciAddress, on: Subject['on']): Subject | Problem {
  const fn = machine.functions.find((one) => one.address === address);
  if (fn === undefined) return refuse('no-such-device', address).problem;
  if (fn.header !== 'endpoint') return refuse('not-a-device-to-give', address).problem;
  // A machine that does not tell whose unit it has, or has none, is shown VT-d's.
  const vendor = iommuVendor(machine) === 'amd' ? 'amd' : 'vtd';
  return { on, device: { address, name: deviceName(fn) }, path: storyPath(machine, address), vendor };
}

/** Whose story is told: a device of the shown machine; with null, the Intel sample's first candidate. */
export async function storySubject(
  address: PciAddress | null,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
): Promise<Subject | Problem> {
  const machine = await (address === null ? readMachine(intelSample, needs) : shown());
  if (isSourceProblem(machine)) return refuse(machine.code, machine.where, machine.detail).problem;
  if (address !== null) return subject(machine, address, 'shown-machine');
  const [first] = candidates(machine);
  if (first === undefined) return refuse('no-such-device', intelSample).problem;
  return subject(machine, first.address, 'intel-sample');
}

export const isProblem = (value: Subject | Problem): value is Problem => 'code' in value;
