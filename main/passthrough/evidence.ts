import type { Fact, Provenance } from '../machine/fact.ts';
import type { Claim } from './claims.ts';
import type { Evidence } from './finding.ts';

/** Longest reading that is carried; a kernel line is shorter, a forged name need not be. */
const longest = 400;

export const evidence = (claim: Claim, where: string, reading: string | null, provenance: Provenance = 'measured') =>
  ({
    claim,
    provenance,
    where,
    reading: reading === null || reading.length <= longest ? reading : `${reading.slice(0, longest)}…`,
  }) satisfies Evidence;

/** Evidence from a fact, with what the fact says; where it is unknown, that it is. */
export const evidenceOf = (claim: Claim, fact: Fact<unknown>, reading: string | null): Evidence =>
  fact.known ? evidence(claim, fact.where, reading, fact.provenance) : evidence('not-told', fact.where, null);
