import { decodeFeatures } from '../amdvi/features.ts';
import { AmdUnit } from '../amdvi/unit.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { decodeCapabilities } from '../vtd/capabilities.ts';
import { layoutProblem } from '../vtd/registers.ts';
import { VtdUnit } from '../vtd/unit.ts';
import { amdTarget } from './amd-target.ts';
import { BadStep, numberIn, oneOf, quadIn } from './step-value.ts';
import type { Fields } from './step-value.ts';
import { lackingCapabilities, lackingFeatures } from './supported-bits.ts';
import type { DriveTarget } from './target.ts';
import { vtdTarget } from './vtd-target.ts';

/** A fresh unit, as the `unit` step describes it. */
export function makeUnit(fields: Fields): DriveTarget {
  const vendor = oneOf(fields['vendor'], 'vendor', ['vtd', 'amd'], true);
  return vendor === 'amd' ? makeAmd(fields) : makeVtd(fields);
}

function memoryIn(fields: Fields): PhysicalMemory {
  const size = numberIn(fields['memory'], 'memory', 8, 2 ** 52);
  if (size % 8 !== 0) throw new BadStep('memory must be a multiple of 8 bytes');
  return new PhysicalMemory(size);
}

function refuse(lacking: readonly string[]): void {
  if (lacking.length > 0) throw new BadStep(`not in this engine: ${lacking.join(', ')}`);
}

function makeVtd(fields: Fields): DriveTarget {
  const cap = quadIn(fields['cap'], 'cap');
  const ecap = quadIn(fields['ecap'], 'ecap');
  const memory = memoryIn(fields);
  const haw = fields['haw'] === undefined ? null : numberIn(fields['haw'], 'haw', 12, 52);
  refuse(lackingCapabilities(cap, ecap));
  const capabilities = decodeCapabilities(cap, ecap, haw);
  const problem = layoutProblem(capabilities);
  if (problem !== null) throw new BadStep(problem);
  return vtdTarget(new VtdUnit(capabilities, memory));
}

/** `efr2` is the second feature register (offset 1A0h), 0 where it is left out. */
function makeAmd(fields: Fields): DriveTarget {
  const efr = quadIn(fields['efr'], 'efr');
  const efr2 = fields['efr2'] === undefined ? { hi: 0, lo: 0 } : quadIn(fields['efr2'], 'efr2');
  const memory = memoryIn(fields);
  refuse(lackingFeatures(efr, efr2));
  return amdTarget(new AmdUnit(decodeFeatures(efr, efr2), memory));
}
