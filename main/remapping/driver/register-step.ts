import { formatQuad } from '../core/quad.ts';
import { BadStep, numberIn, quadIn } from './step-value.ts';
import type { Fields } from './step-value.ts';
import type { DriveTarget } from './target.ts';

/** `{ "register": { "read" | "write", "size", "value" } }`. A 64-bit write is its low half and then its high half. */
export function registerStep(unit: DriveTarget, fields: Fields): { value?: string } {
  const writing = 'write' in fields;
  const offset = numberIn(writing ? fields['write'] : fields['read'], writing ? 'write' : 'read', 0, 0xffff_ffff);
  const size = numberIn(fields['size'], 'size', 0, Number.MAX_SAFE_INTEGER);
  if (size !== 4 && size !== 8) throw new BadStep('size must be 4 or 8');
  if (offset % size !== 0) throw new BadStep(`a register access of ${size} bytes must be at a multiple of ${size}`);
  if (offset + size > unit.registerBytes) throw new BadStep('outside the unit’s registers');
  if (!writing) {
    const lo = unit.readRegister(offset);
    return { value: formatQuad(size === 8 ? unit.readRegister(offset + 4) : 0, lo) };
  }
  const { hi, lo } = quadIn(fields['value'], 'value');
  if (size === 4 && hi !== 0) throw new BadStep('value does not fit 4 bytes');
  unit.writeRegister(offset, lo);
  if (size === 8) unit.writeRegister(offset + 4, hi);
  return {};
}
