import type { Fact } from '../machine/fact.ts';
import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import { iommuState } from '../passthrough/iommu-state.ts';
import { rangesTold, reservedMemory } from '../passthrough/requirements/reserved-memory.ts';
import type { HostFact, HostFacts } from '../remapping/scenarios/judge.ts';
import type { BitState, StoryPath } from '../remapping/scenarios/story-path.ts';

const fromFact = <T>(fact: Fact<T>, state: (value: T) => 'on' | 'off'): HostFact =>
  fact.known
    ? { state: state(fact.value), provenance: fact.provenance, where: fact.where }
    : { state: 'unknown', provenance: null, where: fact.where };

/** On where any port on the way does it; unknown where none does and one may. */
function anyPort(path: StoryPath, bit: 'sourceValidation' | 'translationBlocking'): HostFact {
  const port = path.ports.find((each) => each[bit] === 'on');
  if (port !== undefined) return { state: 'on', provenance: 'measured', where: `${port.address} ACSCtl` };
  const unread = path.ports.find((each) => (each[bit] ?? 'unknown') === 'unknown');
  const where = `${(unread ?? path.ports[0])?.address ?? path.device} ACSCtl`;
  return unread === undefined
    ? { state: 'off', provenance: 'measured', where }
    : { state: 'unknown', provenance: null, where };
}

function redirect({ peer, device }: StoryPath): HostFact {
  const state: BitState = peer?.redirect ?? 'unknown';
  const where = `${peer?.fork ?? device} ACSCtl`;
  return { state, provenance: state === 'unknown' ? null : 'derived', where };
}

/**
 * Whether unmapped pages are forgotten at once: the type of the group's default domain says so, `DMA` strict and `DMA-FQ`
 * with a flush queue (Documentation/ABI/testing/sysfs-kernel-iommu_groups), else the command line. A guest's own domain is
 * always strict; what is asked here is about the host's.
 */
function invalidation(machine: Machine, path: StoryPath): HostFact {
  const group = valueOr(machine.groups, []).find(({ devices }) => devices.includes(path.device));
  const where = `/sys/kernel/iommu_groups/${group?.id ?? 'N'}/type`;
  if (group?.type === 'DMA') return { state: 'on', provenance: 'measured', where };
  if (group?.type === 'DMA-FQ') return { state: 'off', provenance: 'measured', where };
  const { commandLine } = machine.kernel;
  const option = /(?:^|\s)(?:iommu\.strict=([01])|intel_iommu=\S*\bstrict\b)/.exec(valueOr(commandLine, ''));
  if (option === null) return { state: 'unknown', provenance: null, where };
  return { state: option[1] === '0' ? 'off' : 'on', provenance: 'derived', where: commandLine.where };
}

/** On where this kernel is known to keep the device because of a range of the firmware's, by the requirement's own judgement. */
function reservedRange(machine: Machine, { device }: StoryPath): HostFact {
  const handed = { address: device, name: device, comesAlong: [] };
  const [found] = reservedMemory(machine, [handed]);
  const where = found?.evidence[0]?.where ?? '/sys/kernel/iommu_groups/N/reserved_regions';
  const untold = found === undefined && !rangesTold(machine, handed);
  if (untold || found?.situation === 'foretold') return { state: 'unknown', provenance: null, where };
  return { state: found?.situation === 'must-stay-mapped' ? 'on' : 'off', provenance: 'derived', where };
}

/** The facts that decide what this machine stops, for the device of a path. */
export function hostFacts(machine: Machine, path: StoryPath): HostFacts {
  const fn = machine.functions.find(({ address }) => address === path.device);
  const state = iommuState(machine);
  const { groups } = machine;
  return {
    translation: {
      state,
      provenance: state === 'unknown' ? null : groups.known ? groups.provenance : 'derived',
      where: groups.where,
    },
    'interrupt-remapping': fromFact(machine.iommu.interruptRemapping, (on) => (on ? 'on' : 'off')),
    invalidation: invalidation(machine, path),
    'device-cache':
      fn === undefined
        ? { state: 'unknown', provenance: null, where: path.device }
        : fromFact(fn.ats, (ats) => (ats?.enabled === true ? 'on' : 'off')),
    'source-validation': anyPort(path, 'sourceValidation'),
    'request-redirect': redirect(path),
    'translation-blocking': anyPort(path, 'translationBlocking'),
    'reserved-range': reservedRange(machine, path),
  };
}
