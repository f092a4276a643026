import type { InputOf, OutputOf } from '../contract/endpoint.ts';
import type { SlotwiseContract } from '../contract/contract.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import type { PciAddress } from '../machine/address.ts';
import type { Machine } from '../machine/machine.ts';
import { isSourceProblem } from '../machine/source-problem.ts';
import { candidates } from '../passthrough/candidates.ts';
import { deviceName } from '../machine/device-name.ts';
import { iommuVendor } from '../passthrough/iommu-state.ts';
import { recordFirstStory } from '../remapping/scenarios/first-story.ts';
import type { StoryPath } from '../remapping/scenarios/story-unit.ts';
import type { Needs } from './needs.ts';
import { readMachine } from './read-machine.ts';

/** Whose walk is offered on a machine whose own unit cannot be simulated yet. */
const intelSample = 'sample:intel-desktop';
/** Bit 0 of ACS control: source validation. */
const sourceValidationBit = 1;

type StoryReply = Reply<OutputOf<SlotwiseContract['story.record']>>;

/** The ports above a device, nearest first, with what their ACS control says. */
export function storyPath(machine: Machine, device: PciAddress): StoryPath {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const ports: StoryPath['ports'][number][] = [];
  let above = functions.get(device)?.parent ?? null;
  // A damaged source may name a parent twice; a path is never longer than there are functions.
  while (above !== null && ports.length < machine.functions.length) {
    const port = functions.get(above);
    const control = port?.acs.known === true && port.acs.value !== null ? port.acs.value.control : null;
    const unknown = port === undefined || !port.acs.known;
    ports.push({
      address: above,
      sourceValidation: unknown ? 'unknown' : control !== null && (control & sourceValidationBit) !== 0 ? 'on' : 'off',
    });
    above = port?.parent ?? null;
  }
  return { device, ports };
}

function tell(machine: Machine, address: PciAddress, on: 'shown-machine' | 'intel-sample'): StoryReply {
  const fn = machine.functions.find((one) => one.address === address);
  if (fn === undefined) return refuse('no-such-device', address);
  if (fn.header !== 'endpoint') return refuse('not-a-device-to-give', address);
  return fine({
    on,
    device: { address, name: deviceName(fn) },
    trace: recordFirstStory(storyPath(machine, address)),
  });
}

/** Records the story of one device of the shown machine; with null, of the Intel sample's first candidate. */
export async function recordStory(
  { address }: InputOf<SlotwiseContract['story.record']>,
  shown: () => ReturnType<typeof readMachine>,
  needs: Needs,
): Promise<StoryReply> {
  const machine = await (address === null ? readMachine(intelSample, needs) : shown());
  if (isSourceProblem(machine)) return refuse(machine.code, machine.where, machine.detail);
  if (address !== null) {
    // AMD's unit walks other tables; showing Intel's with an AMD card's address would be an invention.
    if (iommuVendor(machine) === 'amd') return refuse('not-yet', address, 'AMD-Vi');
    return tell(machine, address, 'shown-machine');
  }
  const [first] = candidates(machine);
  return first === undefined ? refuse('no-such-device', intelSample) : tell(machine, first.address, 'intel-sample');
}
