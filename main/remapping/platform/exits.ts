import { exitReasons } from '../timing/exit-costs.ts';
import type { ExitReason } from '../timing/exit-costs.ts';

/** How often a guest was left, by reason. */
export class Exits {
  readonly counts: Record<ExitReason, number> = {
    'external-interrupt': 0,
    'interrupt-window': 0,
    'io-instruction': 0,
    'apic-access': 0,
    'ept-violation': 0,
    'ept-misconfiguration': 0,
  };

  take(reason: ExitReason): void {
    this.counts[reason]++;
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  /** Processor cycles that were spent outside the guest. */
  get cycles(): number {
    const reasons = Object.keys(this.counts) as ExitReason[];
    return reasons.reduce((sum, reason) => sum + this.counts[reason] * exitReasons[reason].cycles.value, 0);
  }
}
