import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  makeCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  welcomeBack,
  withWritten,
} from '../../../main/journey/checkpoint.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { desktopFunctions, desktopGroups, functionAt } from '../../hosts/built-machine.ts';
import { asus, hostWith, planFor, withoutBoot } from './host.ts';

const savedAt = '2026-11-22T14:02:00.000Z';
const kept = (machine: Machine) => makeCheckpoint(machine, { plan: planFor(machine), savedAt });
const changes = (before: Machine, after: Machine) =>
  welcomeBack(makeCheckpoint(before, { plan: null, savedAt }), after).changes;

test('A checkpoint survives the way through JSON', () => {
  const checkpoint = withWritten(kept(hostWith()), hostWith(), true, savedAt);
  expect(readCheckpoint(JSON.parse(JSON.stringify(checkpoint)))).toEqual({ checkpoint, code: 'fine' });
});

test('It holds what was chosen, not what comes along', () => {
  expect(kept(hostWith()).chosen).toEqual(['0000:01:00.0']);
});

test('Nothing kept, a later version and a damaged one are told apart, and none is used', () => {
  const checkpoint = kept(hostWith());
  expect(readCheckpoint(null)).toEqual({ checkpoint: null, code: 'none' });
  expect(readCheckpoint(undefined)).toEqual({ checkpoint: null, code: 'none' });
  expect(readCheckpoint({ ...checkpoint, version: 2 })).toEqual({ checkpoint: null, code: 'newer' });
  expect(readCheckpoint({ ...checkpoint, plan: { give: 'all' } })).toEqual({ checkpoint: null, code: 'corrupt' });
  expect(readCheckpoint({ ...checkpoint, chosen: ['01:00.0; rm -rf /'] }).code).toBe('corrupt');
});

test('Whatever was kept, reading it never throws', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const { checkpoint, code } = readCheckpoint(value);
      return (checkpoint !== null) === (code === 'fine');
    }),
  );
});

test('A checkpoint with any one field damaged is not used', () => {
  const whole = kept(hostWith());
  for (const key of Object.keys(whole)) {
    expect(parseCheckpoint({ ...whole, [key]: Symbol.for('damaged') }), key).toBeNull();
    const rest = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));
    expect(parseCheckpoint(rest), key).toBeNull();
  }
});

test('Taking the files back forgets the boot in which they were written', () => {
  const machine = hostWith();
  const written = withWritten(kept(machine), machine, true, savedAt);
  expect([written.written, written.writtenInBoot]).toEqual([true, 'boot-1']);
  const back = withWritten(written, hostWith({}, { ...asus, bootId: 'boot-2' }), false, savedAt);
  expect([back.written, back.writtenInBoot, back.plan]).toEqual([false, null, written.plan]);
});

test('The same boot, another boot and no boot id are told apart', () => {
  expect(welcomeBack(null, hostWith()).resumed).toBe('fresh');
  expect(welcomeBack(kept(hostWith()), hostWith()).resumed).toBe('same-boot');
  expect(welcomeBack(kept(hostWith()), hostWith({}, { ...asus, bootId: 'boot-2' })).resumed).toBe('after-reboot');
  expect(welcomeBack(kept(hostWith()), hostWith({}, withoutBoot)).resumed).toBe('same-boot');
});

test('A machine without a name is known by its functions', () => {
  const few = desktopFunctions().slice(0, 5);
  expect(welcomeBack(kept(hostWith({}, {})), hostWith({}, {})).resumed).toBe('same-boot');
  expect(welcomeBack(kept(hostWith({}, {})), hostWith({ functions: few }, {})).resumed).toBe('other-machine');
});

test('What changed in firmware and kernel is said', () => {
  const off = hostWith({ tables: [], groups: 'off', kernel: '6.1.0' });
  const on = hostWith({ kernel: '6.12.0' });
  expect(changes(off, on)).toEqual([
    { code: 'table-appeared', values: { table: 'DMAR' } },
    { code: 'groups-appeared', values: { groups: 8 } },
    { code: 'kernel-changed', values: { was: '6.1.0', is: '6.12.0' } },
  ]);
  expect(changes(on, off).map(({ code }) => code)).toEqual(['table-gone', 'groups-gone', 'kernel-changed']);
  expect(changes(on, hostWith({ kernel: '6.12.0', groups: desktopGroups().slice(1) }))).toEqual([
    { code: 'groups-changed', values: { was: 8, groups: 7 } },
  ]);
});

test('Cards that came, went and moved are said once each', () => {
  const extra = functionAt('0000:05:00.0', { ids: [0x144d, 0xa808], classCode: 0x010802, path: '0000:00/1b.4/00.0' });
  const moved = { ...extra, path: '0000:00/1d.4/00.0' };
  const plain = hostWith();
  const more = hostWith({ functions: [...desktopFunctions(), extra] });
  const elsewhere = hostWith({ functions: [...desktopFunctions(), moved] });
  expect(changes(plain, more)).toEqual([
    { code: 'functions-added', values: { count: 1, functions: ['0000:00/1b.4/00.0 144d:a808 -'] } },
  ]);
  expect(changes(more, plain).map(({ code }) => code)).toEqual(['functions-removed']);
  expect(changes(more, elsewhere).map(({ code }) => code)).toEqual(['functions-moved']);
});

test('A source that tells less is no change', () => {
  const whole = hostWith();
  const untold = { known: false, needs: 'fuller-source', where: '' } as const;
  const less: Machine = {
    ...whole,
    firmware: { ...whole.firmware, tables: untold },
    groups: untold,
    iommu: { ...whole.iommu, units: untold },
    kernel: { ...whole.kernel, release: untold, bootId: untold },
  };
  expect(welcomeBack(kept(whole), less)).toEqual({ resumed: 'same-boot', changes: [] });
});
