import { formatQuad } from '../core/quad.ts';
import { fault } from '../vtd/fault-reasons.ts';
import type { DeliveredInterrupt } from '../vtd/interrupt-message.ts';
import type { VtdUnit } from '../vtd/unit.ts';
import { BadStep, quadIn, sourceIn, sourceOut } from './step-value.ts';
import type { Fields } from './step-value.ts';

/** Runs an interrupt request: a write of `data` to FEEx_xxxx. */
export function interruptStep(unit: VtdUnit, fields: Fields): Fields {
  const source = sourceIn(fields['source']);
  const address = quadIn(fields['address'], 'address');
  if (address.hi !== 0 || address.lo >>> 20 !== 0xfee) throw new BadStep('an interrupt must be at FEEx_xxxx');
  const data = fields['data'] === undefined ? { hi: 0, lo: 0 } : quadIn(fields['data'], 'data');
  if (data.hi !== 0) throw new BadStep('data of an interrupt has 32 bits');
  const reason = unit.interrupt(source, address.hi, address.lo, data.lo);
  const { delivered, index, recorded } = unit.interrupts;
  if (reason === fault.none && delivered !== null) return { ok: true, delivered: outOf(delivered) };
  return {
    ok: false,
    fault: {
      reason: formatQuad(0, reason),
      ...(index < 0 ? {} : { index }),
      source: sourceOut(source),
      recorded,
    },
  };
}

function outOf({ posted, ...interrupt }: DeliveredInterrupt): Fields {
  if (posted === null) return { ...interrupt, posted: false };
  return { ...interrupt, posted: true, notification: posted.notification };
}
