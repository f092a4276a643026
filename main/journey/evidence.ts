import type { Fact } from '../machine/fact.ts';
import type { Claim } from '../passthrough/claims.ts';
import { evidenceOf } from '../passthrough/evidence.ts';
import type { Evidence } from '../passthrough/finding.ts';

/** What only the journey claims, beside the claims of judgement; the sentences stand in words/journey.ts. */
export const journeyClaims = [
  'machine-read',
  'machine-identity',
  'function-here',
  'function-renumbered',
  'function-elsewhere',
  'function-gone',
  'said-by-you',
  'boot-id',
] as const;
export type JourneyClaim = (typeof journeyClaims)[number];

/** Evidence of either kind from a fact; an unknown one becomes `not-told`. */
export function evidenceFrom(claim: Claim | JourneyClaim, fact: Fact<unknown>, reading: string | null): Evidence {
  return { ...evidenceOf('not-told', fact, reading), ...(fact.known ? { claim } : {}) };
}
