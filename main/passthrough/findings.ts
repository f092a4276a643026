import type { Machine } from '../machine/machine.ts';
import { candidates } from './candidates.ts';
import type { Finding } from './finding.ts';
import { withoutContradiction } from './held-back.ts';
import { configured } from './requirements/configured.ts';
import { driverInUse } from './requirements/driver-in-use.ts';
import { firmwareFaults, firmwareWishes } from './requirements/firmware-faults.ts';
import { firmwareTable } from './requirements/firmware-table.ts';
import { folklore } from './requirements/folklore.ts';
import { groupViable } from './requirements/group-viable.ts';
import { interruptRemapping } from './requirements/interrupt-remapping.ts';
import { iommuOn } from './requirements/iommu-on.ts';
import { reservedMemory } from './requirements/reserved-memory.ts';
import { virtualizationExtension } from './requirements/virtualization-extension.ts';

/**
 * All that is judged about a machine, in the order in which one would set it up: first what is about the machine. No two
 * contradict each other about a device.
 */
export function findings(machine: Machine): Finding[] {
  const choices = candidates(machine);
  return withoutContradiction(choices, [
    virtualizationExtension(machine),
    firmwareTable(machine),
    ...firmwareFaults(machine),
    ...firmwareWishes(machine),
    iommuOn(machine),
    interruptRemapping(machine),
    ...groupViable(machine, choices),
    ...reservedMemory(machine, choices),
    ...driverInUse(machine, choices),
    ...configured(machine),
    ...folklore(machine),
  ]);
}
