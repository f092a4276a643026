import { interruptWorld } from './interrupt-world.ts';
import { legacyWorld } from './legacy-world.ts';
import { hasRareEvents } from './rare-events.ts';
import { scalableWorld } from './scalable-world.ts';
import { Seeded } from './seeded.ts';
import { units } from './world.ts';
import type { Step, UnitName, World } from './world.ts';

/** What a world may be about; the seed chooses. */
const kinds: readonly (readonly [UnitName, 'memory' | 'interrupts'])[] = [
  ['plain', 'memory'],
  ['plain', 'memory'],
  ['narrow', 'memory'],
  ['second', 'memory'],
  ['first', 'memory'],
  ['plain', 'interrupts'],
  ['extended', 'interrupts'],
];

/** The same seed gives the same world everywhere. */
export function generate(seed: number): World {
  const rng = new Seeded(seed);
  const [chosen, about] = rng.pick(kinds);
  // Caching mode is a unit of the worlds with rare events, by a stream of its own for the same reason.
  const caches =
    chosen === 'plain' && about === 'memory' && hasRareEvents(seed) && new Seeded(seed ^ 0x5a5a).chance(0.3);
  const unit = caches ? 'caching' : chosen;
  const steps: Step[] = [];
  const emit = (step: Step): void => void steps.push(step);
  if (about === 'interrupts') interruptWorld(rng, seed, unit === 'extended', emit);
  else if (unit === 'second' || unit === 'first') scalableWorld(rng, seed, units[unit].width, unit, emit);
  else legacyWorld(rng, seed, units[unit].width, emit);
  return { seed, unit, steps };
}
