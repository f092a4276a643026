import { valueOr } from '../../machine/fact.ts';
import type { TableFaultCode } from '../../machine/firmware-table/shape.ts';
import type { Machine } from '../../machine/machine.ts';
import { evidenceOf } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../situations.ts';

/** What is wrong in the firmware's table, one finding a kind; most of it Linux gets around, and says so in its log. */
export function firmwareFaults(machine: Machine): Finding[] {
  const { remapping } = machine.firmware;
  const joined = valueOr(remapping, null);
  if (joined === null) return [];
  const kinds = new Map<TableFaultCode, string[]>();
  for (const { code, subject } of joined.faults) {
    kinds.set(code, [...(kinds.get(code) ?? []), ...(subject === null ? [] : [subject])]);
  }
  return [...kinds].map(([code, all]) => {
    const subjects = [...new Set(all)].slice(0, 8);
    return finding('firmware-fault', code, {
      values: { table: joined.table, subjects },
      evidence: [evidenceOf('table-fault', remapping, subjects.length === 0 ? null : subjects.join(' '))],
      remedies: [{ code: 'firmware-update' }],
    });
  });
}

/** What the firmware asks of the kernel by flags of its DMAR. */
export function firmwareWishes(machine: Machine): Finding[] {
  const { remapping } = machine.firmware;
  const joined = valueOr(remapping, null);
  if (joined?.table !== 'DMAR') return [];
  const wish = (flag: string, situation: 'x2apic-opt-out' | 'dma-opt-in'): Finding[] =>
    joined.flags.includes(flag)
      ? [finding('firmware-wish', situation, { evidence: [evidenceOf('table-flag', remapping, flag)] })]
      : [];
  return [...wish('X2APIC_OPT_OUT', 'x2apic-opt-out'), ...wish('DMA_CTRL_PLATFORM_OPT_IN', 'dma-opt-in')];
}
