import { BadStep, quadIn, sourceIn } from './step-value.ts';
import type { Fields } from './step-value.ts';
import type { DriveTarget } from './target.ts';

/** Runs an interrupt request: a write of `data` to FEEx_xxxx. */
export function interruptStep(target: DriveTarget, fields: Fields): Fields {
  const source = sourceIn(fields['source']);
  const address = quadIn(fields['address'], 'address');
  if (address.hi !== 0 || address.lo >>> 20 !== 0xfee) throw new BadStep('an interrupt must be at FEEx_xxxx');
  const data = quadIn(fields['data'], 'data');
  if (data.hi !== 0) throw new BadStep('data of an interrupt has 32 bits');
  return target.interrupt(source, address, data.lo);
}
