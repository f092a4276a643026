import { granularity } from '../../../main/remapping/vtd/invalidation.ts';
import { global, register } from '../../../main/remapping/vtd/registers.ts';
import type { DecisionCode } from '../../../main/remapping/trace-codes.ts';
import type { Watch } from '../../../main/remapping/watch.ts';
import { queueBase } from './commands.ts';
import type { Step } from './world.ts';

/** What every entry of a kind is forgotten by, and how it is asked for. */
const forgets: Partial<Record<DecisionCode, number>> = {
  'context-cache-invalidated': granularity.global,
  'pasid-cache-invalidated': 3,
  'iotlb-invalidated': granularity.global,
};

/**
 * Follows a unit to the moments at which software has told it to forget everything, so that from there on nothing stale may
 * be answered. A request in between may bring back what is forgotten already, and so all is asked for anew.
 */
export class Announced implements Watch {
  private readonly missing = new Set<DecisionCode>();
  private readonly kinds: readonly DecisionCode[];
  private readonly latchForgets: boolean;

  /** `latchForgets`: CAP.ESRTPS, SRTP forgets everything. */
  constructor(scalable: boolean, latchForgets: boolean) {
    const all = Object.keys(forgets) as DecisionCode[];
    this.kinds = scalable ? all : all.filter((code) => code !== 'pasid-cache-invalidated');
    this.latchForgets = latchForgets;
  }

  /** After a step: may a unit still answer what was true before it? */
  everything(step: Step): boolean {
    if (step.do === 'poke' ? step.at >= queueBase && step.at < queueBase + 0x1000 : step.do === 'register') {
      const latched =
        step.do === 'register' && step.offset === register.GCMD && (Number(step.value) & global.rootTable) !== 0;
      if (latched && this.latchForgets) this.missing.clear();
    } else if (step.do === 'poke' || this.missing.size > 0) for (const code of this.kinds) this.missing.add(code);
    return this.missing.size === 0;
  }

  decided(code: DecisionCode, how: number): void {
    if (forgets[code] === how) this.missing.delete(code);
  }
  readPaging(): void {}
  readEntry(): void {}
  readWide(): void {}
}
