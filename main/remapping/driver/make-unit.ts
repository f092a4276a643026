import { PhysicalMemory } from '../memory/physical-memory.ts';
import { decodeCapabilities } from '../vtd/capabilities.ts';
import { layoutProblem } from '../vtd/registers.ts';
import { VtdUnit } from '../vtd/unit.ts';
import { BadStep, numberIn, oneOf, quadIn } from './step-value.ts';
import type { Fields } from './step-value.ts';
import { lackingCapabilities } from './supported-bits.ts';

/** A fresh unit, as the `unit` step describes it. */
export function makeUnit(fields: Fields): VtdUnit {
  oneOf(fields['vendor'], 'vendor', ['vtd'], true);
  const cap = quadIn(fields['cap'], 'cap');
  const ecap = quadIn(fields['ecap'], 'ecap');
  const size = numberIn(fields['memory'], 'memory', 8, 2 ** 52);
  if (size % 8 !== 0) throw new BadStep('memory must be a multiple of 8 bytes');
  const haw = fields['haw'] === undefined ? null : numberIn(fields['haw'], 'haw', 12, 52);
  const lacking = lackingCapabilities(cap, ecap);
  if (lacking.length > 0) throw new BadStep(`not in this engine: ${lacking.join(', ')}`);
  const capabilities = decodeCapabilities(cap, ecap, haw);
  const problem = layoutProblem(capabilities);
  if (problem !== null) throw new BadStep(problem);
  return new VtdUnit(capabilities, new PhysicalMemory(size));
}
