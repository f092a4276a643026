import type { RegisterRow } from '../registers/register-file.ts';
import type { Capabilities } from './capabilities.ts';
import { eventGroups, offeredIn } from './performance-events.ts';

/** Byte offsets (Linux drivers/iommu/intel/iommu.h DMAR_PERF*_REG, DMAR_EC*_REG). */
export const performanceRegister = {
  PERFCAP: 0x300,
  PERFCFGOFF: 0x310,
  PERFOVFOFF: 0x318,
  PERFCNTROFF: 0x31c,
  PERFINTRSTS: 0x324,
  PERFINTRCTL: 0x328,
  PERFEVNTCAP: 0x380,
  ECMD: 0x400,
  ECEO: 0x408,
  ECRSP: 0x410,
  ECCAP: 0x430,
} as const;
const { PERFCAP, PERFCFGOFF, PERFOVFOFF, PERFCNTROFF, PERFINTRSTS, PERFINTRCTL, PERFEVNTCAP, ECMD, ECEO, ECCAP } =
  performanceRegister;

/** Where these registers begin and end among the others. */
const block = { start: PERFCAP, end: ECCAP + 32 } as const;

export const counters = { count: 4, width: 48, configurations: 0x1000, configurationBytes: 0x100, values: 0x2000 };
/** Overflow status, a bit for each counter, behind the configurations. */
const overflowAt = 0x1800;
/** A counter every 2^10 bytes. */
const strideBytes = 1024;
const tablesEnd = counters.values + counters.count * strideBytes;

export const configurationOf = (counter: number): number =>
  counters.configurations + counter * counters.configurationBytes;
export const valueOf = (counter: number): number => counters.values + counter * strideBytes;
export const overflow = overflowAt;

/** Filters: registers of a configuration behind its 8 bytes, and bits 36:32 of PERFCAP (Linux IOMMU_PMU_FILTER_*). */
export const filters = [
  { name: 'requester', at: 8, mask: 0xffff },
  { name: 'domain', at: 12, mask: 0xffff },
  { name: 'pasid', at: 16, mask: 0xfffff },
] as const;
export const filterEnabled = 1 << 31;

/** Enhanced commands for counters (Linux DMA_ECMD_ENABLE, DISABLE, FREEZE, UNFREEZE). */
export const enhancedCommand = { enable: 0xf0, disable: 0xf1, freeze: 0xf4, unfreeze: 0xf5 } as const;
/** ECCAP3: bit n is command C0h + n. */
const commandsOffered = Object.values(enhancedCommand).reduce((bits, command) => bits | (1 << (command - 0xe0)), 0);

/** IM of PERFINTRCTL is set after reset, as that of the other events. */
const masked = 1 << 31;
const filterBits = (1 << filters.length) - 1;
const interruptOnOverflow = 1 << 18;

/** Do these offsets lie over the registers of performance monitoring? */
export function overPerformance(
  { performanceMonitoring, enhancedCommands }: Capabilities,
  from: number,
  to: number,
): boolean {
  const inBlock = (performanceMonitoring || enhancedCommands) && from < block.end && to > block.start;
  return inBlock || (performanceMonitoring && from < tablesEnd && to > counters.configurations);
}

/** Bytes that the register file must have. */
export const performanceEnd = ({ performanceMonitoring }: Capabilities): number =>
  performanceMonitoring ? tablesEnd : 0;

export function performanceRows({ performanceMonitoring, enhancedCommands }: Capabilities): RegisterRow[] {
  const rows: RegisterRow[] = [];
  if (enhancedCommands)
    rows.push(...[ECMD, ECMD + 4, ECEO, ECEO + 4].map((offset) => ({ offset, writable: -1 })), {
      offset: ECCAP + 28,
      reset: performanceMonitoring ? commandsOffered : 0,
    });
  if (!performanceMonitoring) return rows;
  rows.push(
    { offset: PERFCAP, reset: counters.count | (counters.width << 16) | (eventGroups << 24) },
    { offset: PERFCAP + 4, reset: filterBits | interruptOnOverflow },
    { offset: PERFCFGOFF, reset: counters.configurations },
    { offset: PERFOVFOFF, reset: overflowAt },
    { offset: PERFCNTROFF, reset: counters.values },
    { offset: PERFINTRSTS, clears: 1 },
    { offset: PERFINTRCTL, reset: masked, writable: masked },
    { offset: PERFINTRCTL + 4, writable: 0xffff },
    { offset: PERFINTRCTL + 8, writable: ~3 },
    { offset: PERFINTRCTL + 12, writable: -1 },
    { offset: overflowAt, clears: (1 << counters.count) - 1 },
    ...Array.from({ length: eventGroups }, (_, group) => ({
      offset: PERFEVNTCAP + 8 * group,
      reset: offeredIn(group),
    })),
  );
  for (let counter = 0; counter < counters.count; counter++) {
    const at = configurationOf(counter);
    // INT 1, EGI 11:8; ES 59:32 in the upper half.
    rows.push({ offset: at, writable: 0xf02 }, { offset: at + 4, writable: 0xfffffff });
    for (const filter of filters) rows.push({ offset: at + filter.at, writable: filter.mask | filterEnabled });
  }
  return rows;
}
