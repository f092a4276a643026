import { DeviceInvalidations } from '../core/device-invalidations.ts';
import { atsRangeBits } from '../formats/ats-range.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { EventMessage } from './event-message.ts';
import type { FaultLog } from './fault-log.ts';
import type { Invalidation } from './invalidation.ts';
import { InvalidationWaits } from './invalidation-waits.ts';
import { descriptorProblem, queueError } from './queue-descriptors.ts';
import type { Descriptor } from './queue-descriptors.ts';
import type { PageRequests } from './page-requests.ts';
import { faultStatus, global, register } from './registers.ts';
import { tableMode } from './state.ts';
import type { LatchedState } from './state.ts';

const descriptorWidth = 1 << 11;
/** IH of the IOTLB descriptors */
const leafOnly = 1 << 6;
