import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { twinFunctions } from '../../hosts/built-machine.ts';
import { needTool, run } from '../../hosts/tool.ts';
import { artefactOf, planOf } from './recipe-of.ts';

// The script of the initramfs, run by a shell over a made-up sysfs below a folder of its own.
let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'slotwise-bind-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const script = artefactOf(
  renderRecipe(planOf({ functions: twinFunctions() }), ['driver-override']),
  'driver-override',
).content;

function device(path: string, ids: readonly [string, string, string, string]): string {
  const place = join(root, 'sys/devices', path);
  mkdirSync(place, { recursive: true });
  const files = ['vendor', 'device', 'subsystem_vendor', 'subsystem_device'];
  files.forEach((file, index) => writeFileSync(join(place, file), `${ids[index] ?? ''}\n`));
  writeFileSync(join(place, 'driver_override'), '');
  const bus = join(root, 'sys/bus/pci/devices');
  mkdirSync(bus, { recursive: true });
  symlinkSync(place, join(bus, path.slice(path.lastIndexOf('/') + 1)));
  return join(place, 'driver_override');
}

const card = ['0x10de', '0x2684', '0x1462', '0x5104'] as const;
const sound = ['0x10de', '0x22ba', '0x1462', '0x5104'] as const;

/** Starts the script with this command line; what it probed and what it said. */
function start(commandLine = 'quiet splash'): { probed: string; said: string } {
  mkdirSync(join(root, 'dev'), { recursive: true });
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'sys/bus/pci'), { recursive: true });
  writeFileSync(join(root, 'cmdline'), `${commandLine}\n`);
  for (const file of ['dev/kmsg', 'sys/bus/pci/drivers_probe']) writeFileSync(join(root, file), '');
  writeFileSync(join(root, 'bin/modprobe'), `#!/bin/sh\necho "modprobe $*" >>'${root}/dev/kmsg'\n`, { mode: 0o755 });
  const inside = script
    .replaceAll('/proc/cmdline', `${root}/cmdline`)
    .replaceAll('/sys/', `${root}/sys/`)
    .replaceAll('>/dev/kmsg', `>>${root}/dev/kmsg`)
    .replaceAll('>/sys/bus', `>>${root}/sys/bus`)
    .replaceAll(`>${root}/sys/bus`, `>>${root}/sys/bus`);
  const ran = run('sh', [], inside, { PATH: `${root}/bin:${process.env['PATH'] ?? ''}` });
  expect(ran).toMatchObject({ status: 0, err: '' });
  return {
    probed: readFileSync(join(root, 'sys/bus/pci/drivers_probe'), 'utf8'),
    said: readFileSync(join(root, 'dev/kmsg'), 'utf8'),
  };
}
const kept = (file: string): boolean => readFileSync(file, 'utf8') === 'vfio-pci\n';

needTool('sh', () => {
  test('The given card is kept and its twin is not', () => {
    const mine = device('pci0000:00/0000:00:01.0/0000:01:00.0', card);
    const mySound = device('pci0000:00/0000:00:01.0/0000:01:00.1', sound);
    const twin = device('pci0000:00/0000:00:01.1/0000:04:00.0', card);
    const { probed, said } = start();
    expect([kept(mine), kept(mySound), kept(twin)]).toEqual([true, true, false]);
    expect(probed).toBe('0000:01:00.0\n0000:01:00.1\n');
    expect(said).toBe('modprobe vfio-pci\n');
  });

  test('With a new bus number it is found all the same', () => {
    const mine = device('pci0000:00/0000:00:01.0/0000:07:00.0', card);
    expect(start().probed).toBe('0000:07:00.0\n');
    expect(kept(mine)).toBe(true);
  });

  test.each([
    ['another card', ['0x10de', '0x1d01', '0x1462', '0x5104']],
    ['the same chip of another maker', ['0x10de', '0x2684', '0x1043', '0x5104']],
  ] as const)('%s in its place is left alone, and said', (_title, ids) => {
    const other = device('pci0000:00/0000:00:01.0/0000:01:00.0', ids);
    const { probed, said } = start();
    expect(kept(other)).toBe(false);
    expect(probed).toBe('');
    expect(said).toBe('slotwise: 0000:01:00.0 is another device now, left alone\n');
  });

  test('A driver that is there already is not taken off', () => {
    const mine = device('pci0000:00/0000:00:01.0/0000:01:00.0', card);
    mkdirSync(join(root, 'nouveau'));
    symlinkSync(join(root, 'nouveau'), join(root, 'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver'));
    expect(start().said).toBe('slotwise: 0000:01:00.0 has a driver already, left alone\n');
    expect(kept(mine)).toBe(false);
  });

  test.each(['slotwise=off', 'single', 'ro recovery nomodeset', 'systemd.unit=rescue.target', 'emergency'])(
    'Nothing is bound with %s on the command line',
    (word) => {
      const mine = device('pci0000:00/0000:00:01.0/0000:01:00.0', card);
      expect(start(`quiet ${word}`)).toEqual({ probed: '', said: '' });
      expect(kept(mine)).toBe(false);
    },
  );

  test('slotwise=offline is another word', () => {
    const mine = device('pci0000:00/0000:00:01.0/0000:01:00.0', card);
    start('slotwise=offline');
    expect(kept(mine)).toBe(true);
  });

  test('Without the device nothing happens, and prereqs answers before anything is touched', () => {
    expect(start()).toEqual({ probed: '', said: '' });
    expect(existsSync(join(root, 'sys/devices'))).toBe(false);
    expect(run('sh', ['-s', 'prereqs'], script)).toMatchObject({ status: 0, out: '\n', err: '' });
  });
});
