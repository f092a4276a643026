import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  isVfioDriver,
  verificationShape,
  verifyPlan,
  type VerificationStep,
} from '../../../main/journey/verify-plan.ts';
import { measured } from '../../../main/machine/fact.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { verificationStepWords } from '../../../main/words/journey.ts';
import { desktopFunctions, desktopGroups, group, twinFunctions, type Told } from '../../hosts/built-machine.ts';
import { asus, hostWith, planFor } from './host.ts';

const bind = (functions: ReturnType<typeof desktopFunctions>, ...addresses: string[]) =>
  functions.map((fn) => (addresses.includes(fn.address) ? { ...fn, driver: measured('vfio-pci', 'driver') } : fn));
const given = ['0000:01:00.0', '0000:01:00.1'];
const working = (facts: Partial<Told> = {}) => hostWith({ functions: bind(desktopFunctions(), ...given), ...facts });

function verify(machine: Machine, before: Machine = hostWith()) {
  const made = verifyPlan(planFor(before), machine);
  expect(v.is(verificationShape, made)).toBe(true);
  for (const step of made.steps) {
    expect(verificationStepWords(step)).not.toBe('');
    if (step.verdict !== 'took-effect') expect(step.evidence, step.code).not.toEqual([]);
  }
  return made;
}
const step = (made: { steps: VerificationStep[] }, code: string, subject: string | null = null) =>
  made.steps.find((one) => one.code === code && (subject === null || one.subject === subject))?.verdict;

test('Everything took effect on a machine that works', () => {
  const made = verify(working());
  expect(made.answer).toBe('took-effect');
  expect(made.steps.map(({ code, subject }) => `${code} ${subject ?? '-'}`)).toEqual([
    'machine -',
    'iommu -',
    'interrupt-remapping -',
    'function-present 0000:01:00.0',
    'function-present 0000:01:00.1',
    'driver-bound 0000:01:00.0',
    'driver-bound 0000:01:00.1',
    'group-free group 5',
  ]);
});

test('One function that a host driver kept is found', () => {
  const made = verify(hostWith({ functions: bind(desktopFunctions(), '0000:01:00.0') }));
  expect(made.answer).toBe('not-yet');
  expect(step(made, 'driver-bound', '0000:01:00.0')).toBe('took-effect');
  expect(step(made, 'driver-bound', '0000:01:00.1')).toBe('not-yet');
});

test('A driver that the source does not tell is not known, never fine', () => {
  const functions = desktopFunctions().map((fn) =>
    given.includes(fn.address)
      ? { ...fn, driver: { known: false, needs: 'fuller-source', where: 'driver' } as const }
      : fn,
  );
  const made = verify(hostWith({ functions }));
  expect([made.answer, step(made, 'driver-bound')]).toEqual(['cannot-know', 'cannot-know']);
});

test('A member of the group in the hands of the host stops it; a port, a free member and pci-stub do not', () => {
  const members = (driver: string | null, ...more: string[]) => ({
    functions: bind(desktopFunctions(), ...given).map((fn) =>
      fn.address === '0000:03:00.0' ? { ...fn, driver: measured(driver, 'driver') } : fn,
    ),
    groups: [group(5, '0000:00:01.0', ...given, '0000:03:00.0', ...more)],
  });
  expect(step(verify(working(members('igc'))), 'group-free')).toBe('not-yet');
  expect(step(verify(working(members(null))), 'group-free')).toBe('took-effect');
  expect(step(verify(working(members('pci-stub'))), 'group-free')).toBe('took-effect');
});

test('A twin that an id list took along is found', () => {
  const before = hostWith({ functions: twinFunctions(), groups: desktopGroups() });
  const kept = verify(hostWith({ functions: bind(twinFunctions(), ...given) }), before);
  expect(step(kept, 'twin-kept', '0000:04:00.0')).toBe('took-effect');
  const taken = verify(hostWith({ functions: bind(twinFunctions(), ...given, '0000:04:00.0') }), before);
  expect([taken.answer, step(taken, 'twin-kept', '0000:04:00.0')]).toEqual(['not-yet', 'not-yet']);
});

test('The IOMMU off, interrupts not remapped, and another machine are each found', () => {
  expect(step(verify(working({ groups: 'off' })), 'iommu')).toBe('not-yet');
  expect(step(verify(working({ interruptRemapping: false })), 'interrupt-remapping')).toBe('not-yet');
  const other = hostWith({ functions: bind(desktopFunctions(), ...given) }, { ...asus, product: 'X570 Taichi' });
  expect(step(verify(other), 'machine')).toBe('not-yet');
});

test('That remapping of interrupts cannot be read does not undo what can', () => {
  const machine = working();
  const untold = { known: false, needs: 'root', where: 'kernel log' } as const;
  const made = verify({ ...machine, iommu: { ...machine.iommu, interruptRemapping: untold } });
  expect([made.answer, step(made, 'interrupt-remapping')]).toEqual(['took-effect', 'cannot-know']);
});

test.each([
  ['vfio-pci', true],
  ['mlx5_vfio_pci', true],
  ['nvgrace-gpu-vfio-pci', true],
  ['pci-stub', false],
  ['nvidia', false],
  ['notvfio-pci', false],
  [null, false],
])('%s is of VFIO: %s', (driver, expected) => {
  expect(isVfioDriver(driver)).toBe(expected);
});
