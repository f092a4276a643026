import { expect, test } from 'vitest';
import { makeCheckpoint, parseCheckpoint } from '../../../main/journey/checkpoint.ts';
import { journeyOf } from '../../../main/journey/journey-of.ts';
import type { Checkpoint } from '../../../main/journey/state.ts';
import { verifyPlan } from '../../../main/journey/verify-plan.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, withFiles } from '../../hosts/tree.ts';
import { planFor } from './host.ts';

const savedAt = '2026-11-22T14:02:00.000Z';

/** A captured machine on a board and in a boot that the capture does not hold. */
const captured = (name: string, bootId: string, product = 'PRIME X299-A'): Machine =>
  machineOf(
    withFiles(captureTree(name), {
      'proc/sys/kernel/random/boot_id': `${bootId}\n`,
      'sys/class/dmi/id/board_vendor': 'ASUSTeK COMPUTER INC.\n',
      'sys/class/dmi/id/board_name': `${product}\n`,
    }),
  );
const journey = (machine: Machine, checkpoint: Checkpoint | null) => journeyOf(machine, findings(machine), checkpoint);
/** What the app finds after it was killed: the checkpoint as a file. */
const kept = (machine: Machine): Checkpoint | null =>
  parseCheckpoint(JSON.parse(JSON.stringify(makeCheckpoint(machine, { plan: null, savedAt }))));
const mark = (made: ReturnType<typeof journey>, stage: string) => made.stages.find((one) => one.stage === stage);

const has = (...names: string[]): boolean => names.every((name) => captureNames.includes(name));

test.skipIf(!has('noiommu-rich-k61', 'vtd-rich-noir-k61'))(
  'The firmware switch: the DMAR table appears over a restart, and the stage ends by itself',
  () => {
    const before = captured('noiommu-rich-k61', 'boot-1');
    expect(journey(before, null).now).toBe('firmware');
    const after = journey(captured('vtd-rich-noir-k61', 'boot-2'), kept(before));
    expect(after.resumed).toBe('after-reboot');
    expect(after.changes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['table-appeared', 'groups-appeared']),
    );
    expect(mark(after, 'firmware')).toMatchObject({
      mark: 'done',
      situation: 'interrupts-left-out',
      values: { table: 'DMAR' },
    });
    expect(mark(after, 'host')?.mark).toBe('done');
    expect(after.now).toBe('choose');
  },
);

test.skipIf(!has('vtd-rich-k61'))('A table with interrupt remapping leaves nothing to do', () => {
  expect(mark(journey(captured('vtd-rich-k61', 'boot-1'), null), 'firmware')?.situation).toBe('table-there');
});

test.skipIf(!has('vtd-rich-off-k61', 'vtd-rich-noir-k61'))(
  'The kernel switch: groups appear over a restart, and the host stage ends by itself',
  () => {
    const before = captured('vtd-rich-off-k61', 'boot-1');
    const first = journey(before, null);
    expect([first.now, mark(first, 'host')?.situation, mark(first, 'host')?.values['option']]).toEqual([
      'host',
      'switched-off',
      'intel_iommu=off',
    ]);
    const after = journey(captured('vtd-rich-noir-k61', 'boot-2'), kept(before));
    expect(after.resumed).toBe('after-reboot');
    expect(after.changes.map(({ code }) => code)).toContain('groups-appeared');
    expect(mark(after, 'host')?.mark).toBe('done');
    expect(after.now).toBe('choose');
  },
);

test.skipIf(!has('vtd-rich-off-k61', 'vtd-rich-noir-k61'))(
  'Another board under the same cards is another machine',
  () => {
    const before = captured('vtd-rich-off-k61', 'boot-1');
    const after = journey(captured('vtd-rich-noir-k61', 'boot-2', 'Z9PE-D16 Series'), kept(before));
    expect(after.resumed).toBe('other-machine');
    expect(after.changes.map(({ code }) => code)).toEqual(['other-machine']);
  },
);

test.skipIf(!has('vtd-desktop-vfio-k61'))('What a kernel really bound to VFIO is verified as bound', () => {
  const machine = captured('vtd-desktop-vfio-k61', 'boot-1');
  const bound = machine.functions.filter(({ driver }) => driver.known && driver.value === 'vfio-pci');
  expect(bound).not.toEqual([]);
  const { steps } = verifyPlan(planFor(machine, ...bound.map(({ address }) => address)), machine);
  const verdicts = steps.filter(({ code }) => code !== 'interrupt-remapping').map(({ verdict }) => verdict);
  expect(new Set(verdicts)).toEqual(new Set(['took-effect']));
});
