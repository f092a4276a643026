import { quadOf } from '../core/quad.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { VtdDriver } from '../platform/vtd-driver.ts';
import { decodeCapabilities } from '../vtd/capabilities.ts';
import { VtdUnit } from '../vtd/unit.ts';

/** CAP and ECAP of QEMU 11.1.3's intel-iommu (measured), with posted interrupts (CAP.PI) added. */
const capability = 0x80d2008c222f0606n | (1n << 59n);
const extendedCapability = 0xf00f4an;
const hostMemory = 2 ** 34;
/** above every buffer and every guest of the experiments */
const tableBase = 2 ** 33;

/** A VT-d unit with an IOTLB of this size, and the driver that programs it. */
export function experimentUnit(iotlbEntries: number, iotlbWays: number): VtdDriver {
  const capabilities = decodeCapabilities(quadOf(capability), quadOf(extendedCapability), null);
  // The experiments count the reads of whole walks.
  const caches = { iotlbEntries, iotlbWays, contextEntries: 64, interruptEntries: 64, pagingEntries: 0 };
  return new VtdDriver(new VtdUnit(capabilities, new PhysicalMemory(hostMemory, tableBase), caches), tableBase);
}
