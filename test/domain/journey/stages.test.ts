import * as v from 'valibot';
import { expect, test } from 'vitest';
import { makeCheckpoint, parseCheckpoint, withWritten } from '../../../main/journey/checkpoint.ts';
import { journeyOf } from '../../../main/journey/journey-of.ts';
import { situations } from '../../../main/journey/situations.ts';
import { journeyShape, type Checkpoint, type Journey, type Stage } from '../../../main/journey/state.ts';
import { addressParts, formatAddress } from '../../../main/machine/address.ts';
import { measured } from '../../../main/machine/fact.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import type { PciFunction } from '../../../main/machine/pci-function.ts';
import { findings } from '../../../main/passthrough/findings.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { desktopFunctions, twinFunctions } from '../../hosts/built-machine.ts';
import { asus, hostWith, planFor, withoutBoot } from './host.ts';

/** The journey, checked for what holds in every state. */
function journey(machine: Machine, checkpoint: Checkpoint | null = null): Journey {
  const made = journeyOf(machine, findings(machine), checkpoint);
  expect(v.is(journeyShape, made)).toBe(true);
  const open = made.stages.filter(({ mark }) => mark === 'now');
  const blocked = made.stages.filter(({ mark }) => mark === 'blocked');
  const finished = made.stages.every(({ mark }) => mark === 'done' || mark === 'skipped');
  expect(open.length + blocked.length).toBe(finished ? 0 : 1);
  for (const { stage } of [...open, ...blocked]) expect(stage).toBe(made.now);
  for (const { stage, situation } of made.stages) expect(situations[stage]).toContain(situation);
  return made;
}

const stageOf = (made: Journey, stage: Stage) => made.stages.find((one) => one.stage === stage);
const marks = (made: Journey): string => made.stages.map(({ stage, mark }) => `${stage}:${mark}`).join(' ');
const savedAt = '2026-11-22T14:02:00.000Z';

const withDriver = (functions: PciFunction[], driver: string, ...addresses: string[]): PciFunction[] =>
  functions.map((fn) => (addresses.includes(fn.address) ? { ...fn, driver: measured(driver, 'driver') } : fn));

const given = ['0000:01:00.0', '0000:01:00.1'];
const boundFunctions = (driver = 'vfio-pci') => withDriver(desktopFunctions(), driver, ...given);
const ownFiles = (machine: Machine) =>
  Object.fromEntries(
    renderRecipe(planFor(machine), ['modprobe']).artefacts.map(({ path, content }) => [path ?? '', content]),
  );

test('A machine that is ready waits for the choice', () => {
  const made = journey(hostWith());
  expect(marks(made)).toBe('look:done firmware:done host:done choose:now write:to-come reboot:to-come verify:to-come');
  expect(stageOf(made, 'look')?.values['functions']).toBe(11);
  expect(stageOf(made, 'firmware')).toMatchObject({ situation: 'table-there', values: { table: 'DMAR' } });
  expect(stageOf(made, 'host')).toMatchObject({ situation: 'iommu-on', values: { groups: 8 } });
});

test('Without root the look is over all the same, and says so', () => {
  expect(stageOf(journey(hostWith({}, { ...asus, asRoot: false })), 'look')?.situation).toBe('read-without-root');
});

test.each([
  ['no table', { tables: [], groups: 'off' }, 'iommu-off', ['VT-d']],
  [
    'no table and no extension',
    { tables: [], groups: 'off', virtualization: null },
    'both-off',
    ['Intel (VMX) Virtualization Technology', 'VT-d'],
  ],
  ['no extension', { virtualization: null }, 'virtualization-off', ['Intel (VMX) Virtualization Technology']],
  [
    'a virtual machine without a table',
    { tables: [], groups: 'off', underHypervisor: true },
    'off-inside-vm',
    undefined,
  ],
] as const)(
  'Firmware is the present stage with %s, and its values name the switch',
  (_, facts, situation, switches) => {
    const made = journey(hostWith({ ...facts, tables: 'tables' in facts ? facts.tables : ['DMAR'] }));
    expect(made.now).toBe('firmware');
    expect(stageOf(made, 'firmware')?.situation).toBe(situation);
    expect(stageOf(made, 'firmware')?.values['switches']).toEqual(switches);
  },
);

test('An architecture that is not known here blocks the way instead of guessing', () => {
  const made = journey(hostWith({ cpu: 'other', virtualization: null, tables: [], groups: 'off' }));
  expect(stageOf(made, 'firmware')).toMatchObject({ mark: 'blocked', situation: 'other-architecture' });
});

test('Groups prove the firmware where the tables cannot be listed', () => {
  const machine = hostWith();
  const untold = {
    ...machine,
    firmware: { ...machine.firmware, tables: { known: false, needs: 'root', where: '' } as const },
  };
  expect(stageOf(journey(untold), 'firmware')).toMatchObject({ mark: 'done', situation: 'groups-say-so' });
});

test.each([
  ['left out on Intel', {}, 'kernel-switch'],
  ['switched off by an option', { commandLine: 'quiet intel_iommu=off' }, 'switched-off'],
  [
    'written down and not yet started with',
    { configFiles: { '/etc/default/grub.d/x.cfg': 'A="intel_iommu=on"\n' } },
    'option-waits',
  ],
  ['only in a comment', { configFiles: { '/etc/default/grub': '# A="intel_iommu=on"\n' } }, 'kernel-switch'],
  ['not started on AMD', { cpu: 'amd', tables: ['IVRS'] }, 'did-not-start'],
] as const)('The host stage tells a kernel IOMMU that was %s', (_, facts, situation) => {
  const made = journey(hostWith({ tables: ['DMAR'], ...facts, groups: 'off' }));
  expect(made.now).toBe('host');
  expect(stageOf(made, 'host')?.situation).toBe(situation);
});

test('On AMD nothing is to be done in the host once the firmware is on', () => {
  const made = journey(hostWith({ cpu: 'amd', virtualization: 'svm', tables: [], groups: 'off' }));
  expect(stageOf(made, 'host')).toMatchObject({ mark: 'to-come', situation: 'no-change' });
});

test('A choice that fits goes on to writing', () => {
  const machine = hostWith();
  const made = journey(machine, makeCheckpoint(machine, { plan: planFor(machine), savedAt }));
  expect(made.now).toBe('write');
  expect(stageOf(made, 'choose')).toMatchObject({
    mark: 'done',
    situation: 'chosen',
    values: { names: ['GeForce RTX 4090'] },
  });
});

test('A choice is found again under new bus numbers, and its files are to be written again', () => {
  const machine = hostWith();
  const checkpoint = withWritten(makeCheckpoint(machine, { plan: planFor(machine), savedAt }), machine, true, savedAt);
  const renumbered = desktopFunctions().map((fn) => {
    const parts = addressParts(fn.address);
    return parts.bus === 0 ? fn : { ...fn, address: formatAddress({ ...parts, bus: parts.bus + 4 }) };
  });
  const made = journey(hostWith({ functions: renumbered, groups: [] }, { ...asus, bootId: 'boot-2' }), checkpoint);
  expect(stageOf(made, 'choose')).toMatchObject({ mark: 'done', situation: 'renumbered' });
  expect(stageOf(made, 'write')).toMatchObject({ situation: 'addresses-changed' });
  expect(made.changes.map(({ code }) => code)).toContain('functions-renumbered');
});

test('A card that is gone, or sits in another slot, has to be chosen again', () => {
  const machine = hostWith();
  const checkpoint = makeCheckpoint(machine, { plan: planFor(machine), savedAt });
  const without = desktopFunctions().filter(({ address }) => !given.includes(address));
  const gone = journey(hostWith({ functions: without }), checkpoint);
  expect([gone.now, stageOf(gone, 'choose')?.situation]).toEqual(['choose', 'function-gone']);
  const moved = desktopFunctions().map((fn) =>
    given.includes(fn.address) ? { ...fn, path: fn.path.replace('/01.0/', '/1b.0/') } : fn,
  );
  const elsewhere = journey(hostWith({ functions: moved }), checkpoint);
  expect([elsewhere.now, stageOf(elsewhere, 'choose')?.situation]).toEqual(['choose', 'other-slot']);
  expect(elsewhere.changes.map(({ code }) => code)).toEqual(['functions-moved']);
});

test('A twin in another slot is not taken for the chosen card', () => {
  const machine = hostWith({ functions: twinFunctions() });
  const checkpoint = makeCheckpoint(machine, { plan: planFor(machine), savedAt });
  const only = hostWith({ functions: twinFunctions().filter(({ address }) => !given.includes(address)) });
  expect(stageOf(journey(only, checkpoint), 'choose')?.situation).toBe('function-gone');
});

test('Files are in place when the person says so, or when they are seen', () => {
  const machine = hostWith();
  const checkpoint = makeCheckpoint(machine, { plan: planFor(machine), savedAt });
  const said = journey(machine, withWritten(checkpoint, machine, true, savedAt));
  expect([said.now, stageOf(said, 'write')?.situation]).toEqual(['reboot', 'said']);
  const seen = journey(hostWith({ configFiles: ownFiles(machine) }), checkpoint);
  expect([seen.now, stageOf(seen, 'write')?.situation]).toEqual(['reboot', 'seen']);
  const back = journey(machine, withWritten(withWritten(checkpoint, machine, true, savedAt), machine, false, savedAt));
  expect([back.now, stageOf(back, 'write')?.situation]).toEqual(['write', 'not-written']);
});

test('Lines of someone else count when they name every function, and comments never do', () => {
  const machine = hostWith();
  const checkpoint = makeCheckpoint(machine, { plan: planFor(machine), savedAt });
  const written = (content: string) =>
    stageOf(journey(hostWith({ configFiles: { '/etc/modprobe.d/own.conf': content } }), checkpoint), 'write')
      ?.situation;
  expect(written('options vfio-pci ids=10de:2684,10de:22ba\n')).toBe('seen');
  expect(written('options vfio-pci ids=10de:2684\n')).toBe('not-written');
  expect(written('# options vfio-pci ids=10de:2684,10de:22ba\n')).toBe('not-written');
  expect(written('options nouveau ids=10de:2684,10de:22ba\n')).toBe('not-written');
});

test('Ids that a twin shares do not count as naming the card; an address does', () => {
  const machine = hostWith({ functions: twinFunctions() });
  const checkpoint = makeCheckpoint(machine, { plan: planFor(machine), savedAt });
  const written = (content: string) => {
    const host = hostWith({ functions: twinFunctions(), configFiles: { '/etc/modprobe.d/own.conf': content } });
    return stageOf(journey(host, checkpoint), 'write')?.situation;
  };
  expect(written('options vfio-pci ids=10de:2684,10de:22ba\n')).toBe('not-written');
  expect(written('# vfio-pci\nDEVICES="0000:01:00.0 0000:01:00.1"\nmodprobe vfio-pci\n')).toBe('seen');
});

test('The restart is over in another boot only, and verification follows', () => {
  const machine = hostWith();
  const checkpoint = withWritten(makeCheckpoint(machine, { plan: planFor(machine), savedAt }), machine, true, savedAt);
  expect(journey(machine, checkpoint).now).toBe('reboot');
  const early = journey(hostWith({ functions: boundFunctions() }), checkpoint);
  expect([early.now, stageOf(early, 'verify')?.mark]).toEqual(['reboot', 'to-come']);
  const unbound = journey(hostWith({}, { ...asus, bootId: 'boot-2' }), checkpoint);
  expect([unbound.now, stageOf(unbound, 'verify')?.situation]).toEqual(['verify', 'not-yet']);
  expect(stageOf(unbound, 'verify')?.values['steps']).toEqual(['driver-bound']);
  const bound = journey(hostWith({ functions: boundFunctions() }, { ...asus, bootId: 'boot-2' }), checkpoint);
  expect(marks(bound)).toBe('look:done firmware:done host:done choose:done write:done reboot:done verify:done');
});

test('A variant driver of VFIO counts as bound', () => {
  const machine = hostWith();
  const checkpoint = withWritten(makeCheckpoint(machine, { plan: planFor(machine), savedAt }), machine, true, savedAt);
  const made = journey(
    hostWith({ functions: boundFunctions('nvgrace_gpu_vfio_pci') }, { ...asus, bootId: 'b' }),
    checkpoint,
  );
  expect(stageOf(made, 'verify')?.mark).toBe('done');
});

test('Where no boot is told from another, a machine that works needs no restart', () => {
  const machine = hostWith({}, withoutBoot);
  const checkpoint = withWritten(makeCheckpoint(machine, { plan: planFor(machine), savedAt }), machine, true, savedAt);
  expect(stageOf(journey(machine, checkpoint), 'reboot')?.situation).toBe('restart-not-seen');
  const made = journey(hostWith({ functions: boundFunctions() }, withoutBoot), checkpoint);
  expect(marks(made)).toContain('reboot:skipped verify:done');
});

test('Killed at any stage and started again, it is at the same stage', () => {
  const machine = hostWith();
  const off = hostWith({ tables: [], groups: 'off' });
  const kernelOff = hostWith({ groups: 'off' });
  const chosen = makeCheckpoint(machine, { plan: planFor(machine), savedAt });
  const written = withWritten(chosen, machine, true, savedAt);
  const after = hostWith({}, { ...asus, bootId: 'boot-2' });
  const done = hostWith({ functions: boundFunctions() }, { ...asus, bootId: 'boot-2' });
  const states: [string, Machine, Checkpoint][] = [
    ['firmware', off, makeCheckpoint(off, { plan: null, savedAt })],
    ['host', kernelOff, makeCheckpoint(kernelOff, { plan: null, savedAt })],
    ['choose', machine, makeCheckpoint(machine, { plan: null, savedAt })],
    ['write', machine, chosen],
    ['reboot', machine, written],
    ['verify', after, written],
    ['verify', done, written],
  ];
  for (const [stage, host, checkpoint] of states) {
    const before = journey(host, checkpoint);
    const kept: unknown = JSON.parse(JSON.stringify(checkpoint));
    const again = journey(host, parseCheckpoint(kept));
    expect(before.now).toBe(stage);
    expect(again).toEqual(before);
  }
});

test('Another machine under the app starts at its own stage, and the plan does not count for it', () => {
  const machine = hostWith();
  const checkpoint = withWritten(makeCheckpoint(machine, { plan: planFor(machine), savedAt }), machine, true, savedAt);
  const other = hostWith({ functions: boundFunctions() }, { ...asus, product: 'X570 Taichi', bootId: 'boot-9' });
  const made = journey(other, checkpoint);
  expect([made.resumed, made.now, stageOf(made, 'choose')?.situation]).toEqual([
    'other-machine',
    'choose',
    'nothing-chosen',
  ]);
  expect(made.changes).toEqual([
    {
      code: 'other-machine',
      values: { was: 'ASUSTeK COMPUTER INC. PRIME B360M-A', is: 'ASUSTeK COMPUTER INC. X570 Taichi' },
    },
  ]);
});
