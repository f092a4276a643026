import { formatQuad } from '../core/quad.ts';
import { pageSizeAt } from '../formats/second-stage.ts';
import { aborted } from '../vtd/dma-remapping.ts';
import { fault, grantsNothing } from '../vtd/fault-reasons.ts';
import { tableMode } from '../vtd/state.ts';
import type { VtdUnit } from '../vtd/unit.ts';
import { deliveredOut } from './delivered.ts';
import { sourceOut } from './step-value.ts';
import type { Fields } from './step-value.ts';
import type { DmaRequest, DriveTarget } from './target.ts';

/** A VT-d unit as a script drives it: a fault carries its reason and its page. */
export const vtdTarget = (unit: VtdUnit): DriveTarget => ({
  memory: unit.memory,
  registerBytes: unit.registers.size,
  readRegister: (offset) => unit.readRegister(offset),
  writeRegister: (offset, value) => {
    unit.writeRegister(offset, value);
  },
  translate: (request) => {
    const { source, pasid, address, bits } = request;
    const reason = unit.translate(source, pasid, address.hi, address.lo, bits);
    if (request.at === 'translation' && grantsNothing(reason)) return { kind: 'nothing-granted' };
    if (reason !== fault.none) return { kind: 'blocked', fault: blocked(unit, request, reason) };
    const { outHi: hi, outLo: lo, outLevel, outPermissions: rights } = unit.dma;
    return { kind: 'granted', hi, lo, pageSize: pageSizeAt(outLevel), rights };
  },
  interrupt: (source, address, data) => {
    const reason = unit.interrupt(source, address.hi, address.lo, data);
    const { delivered, index, recorded } = unit.interrupts;
    if (reason === fault.none && delivered !== null) return deliveredOut(delivered);
    return {
      ok: false,
      fault: {
        reason: formatQuad(0, reason),
        ...(index < 0 ? {} : { index }),
        source: sourceOut(source),
        recorded,
      },
    };
  },
});

function blocked(unit: VtdUnit, { address, source }: DmaRequest, reason: number): Fields {
  // As in the record: in nested translation that is the page of the guest's table which could not be reached, whatever
  // the second stage had against it.
  const inScalableMode = reason !== aborted && unit.state.mode === tableMode.scalable;
  const page = inScalableMode ? { hi: unit.scalable.faultHi, lo: unit.scalable.faultLo } : address;
  return {
    reason: formatQuad(0, reason === aborted ? 0 : reason),
    address: formatQuad(page.hi, page.lo & ~0xfff),
    source: sourceOut(source),
    recorded: unit.dma.recorded,
  };
}
