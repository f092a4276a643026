import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../main/passthrough/finding.ts';
import { machineVerdict } from '../../../renderer/simulator/verdict.ts';
import { story } from './story.ts';

const finding = (code: Finding['code'], verdict: Finding['verdict']): Finding => ({
  code,
  verdict,
  situation: 'any',
  subject: null,
  values: {},
  evidence: [{ claim: 'groups', provenance: 'measured', where: '/sys/kernel/iommu_groups', reading: null }],
  remedies: [],
});
const blocked = story.transactions.find(({ outcome }) => outcome === 'blocked');
const arrived = story.transactions.find(({ outcome }) => outcome === 'arrived');
const interrupt = story.transactions.find(({ kind }) => kind === 'interrupt');
if (!blocked || !arrived || !interrupt) throw new Error('the story lacks a transaction');

describe('would this machine stop it', () => {
  test('nothing is said of what was not stopped', () => {
    expect(machineVerdict(arrived, [finding('iommu-on', 'fine')])).toBeNull();
  });

  test('DMA is judged by the unit, with its evidence', () => {
    expect(machineVerdict(blocked, [finding('iommu-on', 'fine')])).toMatchObject({
      answer: 'stops',
      by: 'unit',
      evidence: [{ where: '/sys/kernel/iommu_groups' }],
    });
    expect(machineVerdict(blocked, [finding('iommu-on', 'blocks')])?.answer).toBe('lets-through');
    expect(machineVerdict(blocked, [finding('iommu-on', 'unknown')])?.answer).toBe('unknown');
  });

  test('an interrupt is judged by remapping alone, never by the unit being on', () => {
    const forged = { ...interrupt, outcome: 'blocked' as const };
    const findings = [finding('iommu-on', 'fine'), finding('interrupt-remapping', 'unknown')];
    expect(machineVerdict(forged, findings)).toMatchObject({ answer: 'unknown', by: 'interrupt-remapping' });
  });

  test('without the finding nothing is claimed', () => {
    expect(machineVerdict(blocked, [])).toEqual({ answer: 'unknown', by: 'unit', evidence: [] });
  });
});
