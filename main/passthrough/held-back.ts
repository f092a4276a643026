import type { Candidate } from './candidate.ts';
import type { Finding } from './finding.ts';

/** Whether a finding says of the device in its `address` that it cannot be given: the kernel or a driver of the board keeps it. */
const keepsDevice = ({ code, situation, verdict }: Finding): boolean =>
  (code === 'group-viable' || code === 'reserved-memory') && (verdict === 'blocks' || situation === 'platform-driver');

/**
 * Candidates that cannot be given as the machine stands: the kernel keeps them, the host cannot run without them, or a driver
 * of the board is in their group.
 */
function heldBack(candidates: readonly Candidate[], findings: readonly Finding[]): ReadonlySet<unknown> {
  const kept = new Set(findings.filter(keepsDevice).map(({ values }) => values['address']));
  return new Set(
    candidates
      .filter(({ address, losses }) => kept.has(address) || losses.some(({ guard }) => guard === 'refuse'))
      .map(({ address }) => address),
  );
}

/** Findings without those that call a device ready of which another, or the host's disk, says that it cannot be given. */
export function withoutContradiction(candidates: readonly Candidate[], findings: readonly Finding[]): Finding[] {
  const held = heldBack(candidates, findings);
  const readies = ({ code, verdict }: Finding): boolean =>
    verdict === 'fine' && (code === 'group-viable' || code === 'driver-in-use');
  return findings.filter((finding) => !readies(finding) || !held.has(finding.values['address']));
}
