import { event, refusedSilently } from '../amdvi/events.ts';
import type { AmdUnit } from '../amdvi/unit.ts';
import { formatQuad } from '../core/quad.ts';
import type { Quad } from '../core/quad.ts';
import { deliveredOut } from './delivered.ts';
import { sourceOut } from './step-value.ts';
import type { Fields } from './step-value.ts';
import type { DriveTarget } from './target.ts';

/** An AMD-Vi unit as a script drives it: a fault is what the event log holds, code, flags and address. */
export const amdTarget = (unit: AmdUnit): DriveTarget => ({
  memory: unit.memory,
  registerBytes: unit.registers.size,
  readRegister: (offset) => unit.readRegister(offset),
  writeRegister: (offset, value) => {
    unit.writeRegister(offset, value);
  },
  translate: ({ source, pasid, address, bits, at }) => {
    const code = unit.translate(source, pasid, address.hi, address.lo, bits);
    if (at === 'translation' && code === event.pageFault) return { kind: 'nothing-granted' };
    if (code !== event.none) return { kind: 'blocked', fault: eventOut(unit, code, source, address) };
    const { outHi: hi, outLo: lo, outBits, outRights: rights } = unit.dma;
    return { kind: 'granted', hi, lo, pageSize: 2 ** outBits, rights };
  },
  interrupt: (source, address, data) => {
    const code = unit.interrupt(source, address.hi, address.lo, data);
    const { delivered, index } = unit.interrupts;
    if (code === event.none && delivered !== null) return deliveredOut(delivered);
    return { ok: false, fault: { ...eventOut(unit, code, source, address), ...(index < 0 ? {} : { index }) } };
  },
});

/** The unit's last event; a refusal without one has code 0. */
function eventOut({ events }: AmdUnit, code: number, source: number, address: Quad): Fields {
  if (code === refusedSilently)
    return {
      event: '0x0',
      flags: '0x0',
      address: formatQuad(address.hi, address.lo),
      source: sourceOut(source),
      recorded: false,
    };
  return {
    event: formatQuad(0, events.code),
    flags: formatQuad(0, events.flags),
    address: formatQuad(events.addressHi, events.addressLo),
    source: sourceOut(source),
    recorded: events.recorded,
  };
}
