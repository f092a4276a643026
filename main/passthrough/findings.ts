import type { Machine } from '../machine/machine.ts';
import { candidates } from './candidates.ts';
import type { Finding } from './finding.ts';
import { driverInUse } from './requirements/driver-in-use.ts';
import { firmwareTable } from './requirements/firmware-table.ts';
import { folklore } from './requirements/folklore.ts';
import { groupViable } from './requirements/group-viable.ts';
import { interruptRemapping } from './requirements/interrupt-remapping.ts';
import { iommuOn } from './requirements/iommu-on.ts';
import { virtualizationExtension } from './requirements/virtualization-extension.ts';

/** All that is judged about a machine, in the order in which one would set it up: first what is about the machine. */
export function findings(machine: Machine): Finding[] {
  const choices = candidates(machine);
  return [
    virtualizationExtension(machine),
    firmwareTable(machine),
    iommuOn(machine),
    interruptRemapping(machine),
    ...groupViable(machine, choices),
    ...driverInUse(machine, choices),
    ...folklore(machine),
  ];
}
