import type { DeliveredInterrupt } from '../vtd/interrupt-message.ts';
import type { Fields } from './step-value.ts';

/** The answer to an interrupt that was delivered. */
export function deliveredOut({ posted, ...interrupt }: DeliveredInterrupt): Fields {
  const delivered =
    posted === null
      ? { ...interrupt, posted: false }
      : { ...interrupt, posted: true, notification: posted.notification };
  return { ok: true, delivered };
}
