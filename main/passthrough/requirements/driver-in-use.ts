import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Candidate } from '../candidate.ts';
import { evidenceOf } from '../evidence.ts';
import type { Finding, Values } from '../finding.ts';
import { indexFunctions } from '../functions.ts';
import { finding } from '../situations.ts';

/**
 * vfio-pci, and the variant drivers that stand in for it (mlx5_vfio_pci, hisi_acc_vfio_pci, nvgrace_gpu_vfio_pci,
 * xe_vfio_pci …: drivers/vfio/pci/). pci-stub keeps a device for a guest, too, without VFIO.
 */
const givesAway = (driver: string): boolean => /(^|[_-])vfio([_-]|$)/.test(driver) || driver === 'pci-stub';

/** Graphics drivers are in use as soon as anything draws; taking them off a running desktop hangs or kills it. */
const holdsOn = new Set(['nvidia', 'nouveau', 'amdgpu', 'radeon', 'i915', 'xe', 'ast', 'mgag200']);

function judge(machine: Machine, candidate: Candidate): Finding[] {
  const code = 'driver-in-use';
  const fn = indexFunctions(machine).byAddress.get(candidate.address);
  if (fn === undefined) return [];
  const subject = candidate.address;
  const values: Values = { device: candidate.name, address: candidate.address };
  const enabled = valueOr(fn.sriov, null)?.enabledVfs ?? 0;
  if (enabled > 0) {
    return [
      finding(code, 'virtual-functions', {
        subject,
        values: { ...values, enabled },
        evidence: [evidenceOf('virtual-functions', fn.sriov, `${enabled}`)],
        remedies: [{ code: 'switch-virtual-functions-off', values: { address: candidate.address } }],
      }),
    ];
  }
  const proof = [evidenceOf('driver', fn.driver, valueOr(fn.driver, null))];
  if (!fn.driver.known) return [finding(code, 'unknown', { subject, values, evidence: proof })];
  const driver = fn.driver.value;
  if (driver === null) return [finding(code, 'free', { subject, values, evidence: proof })];
  const named = { subject, values: { ...values, driver }, evidence: proof };
  if (givesAway(driver)) return [finding(code, 'given-away', named)];
  if (holdsOn.has(driver)) return [finding(code, 'holds-on', { ...named, remedies: [{ code: 'bind-early' }] })];
  return [finding(code, 'handed-over', named)];
}

/** Which driver has each candidate, and does that stand in the way? It need not be vfio-pci before the guest starts. */
export const driverInUse = (machine: Machine, candidates: readonly Candidate[]): Finding[] =>
  candidates.flatMap((candidate) => judge(machine, candidate));
