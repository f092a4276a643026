import { describe, expect, test } from 'vitest';
import type { Machine } from '../../../main/machine/machine.ts';
import { comesAlong } from '../../../main/passthrough/comes-along.ts';
import { losses } from '../../../main/passthrough/losses.ts';
import { lossWords } from '../../../main/words/losses.ts';
import {
  at,
  desktopFunctions,
  desktopGroups,
  disk,
  functionAt,
  group,
  machineWith,
  nic,
  screen,
  twinFunctions,
  usbDevice,
} from '../../hosts/built-machine.ts';

const lost = (machine: Machine, ...chosen: string[]) =>
  losses(machine, comesAlong(machine, chosen.map(at))).losses.map(
    ({ situation, guard, name }) => `${situation} ${guard} ${name}`,
  );
const untold = (machine: Machine, ...chosen: string[]) =>
  losses(machine, comesAlong(machine, chosen.map(at))).unknowns.map(({ code }) => code);

const functions = desktopFunctions();
const groups = desktopGroups();
const everything = { groups, disks: [], interfaces: [], displays: [], usb: [] };
const gpu = '0000:01:00.0';
const nvme = '0000:02:00.0';
const lan = '0000:03:00.0';
const usb = '0000:00:14.0';

describe('disks', () => {
  test('A root whose disk the source cannot tell makes every disk unknown, not unused', () => {
    const bare = machineWith({ functions, ...everything, disks: [disk('nvme0n1', nvme)] });
    const machine = { ...bare, troubles: [{ where: '/', code: 'mount-not-joined' }] };
    expect(untold(machine, nvme)).toEqual(['mounts']);
    expect(untold({ ...bare, troubles: [{ where: '/srv', code: 'mount-not-joined' }] }, nvme)).toEqual([]);
  });

  test.each(['/', '/boot', '/boot/efi', '/efi', '/usr'])('The disk that holds %s is refused', (target) => {
    const machine = machineWith({ functions, ...everything, disks: [disk('nvme0n1', nvme, target, '/home')] });
    expect(lost(machine, nvme)).toEqual(['system-disk refuse nvme0n1']);
  });

  test('A card that shares the group of the system disk is refused with words that name both', () => {
    const machine = machineWith({
      functions,
      ...everything,
      groups: [group(1, gpu, '0000:01:00.1', nvme)],
      disks: [disk('nvme0n1', nvme, '/', '/boot/efi')],
    });
    const [first] = losses(machine, comesAlong(machine, [at(gpu)])).losses;
    expect(first).toMatchObject({ situation: 'system-disk-in-group', guard: 'refuse', name: 'nvme0n1', address: nvme });
    expect(first && lossWords(first).consequence).toBe(
      'GeForce RTX 4090 shares group 1 with the disk you boot from: nvme0n1, which holds / and /boot/efi.',
    );
  });

  test('Other mounts and swap ask by the disk’s name, an idle disk is told, a disk behind USB counts', () => {
    const one = (...targets: string[]) =>
      machineWith({ functions, ...everything, disks: [disk('sdb', usb, ...targets)] });
    expect(lost(one('/srv'), usb)).toContain('mounted ask sdb');
    expect(lost(one('[SWAP]'), usb)).toContain('swap ask sdb');
    expect(lost(one(), usb)).toContain('unmounted tell sdb');
    const homeless = { ...one(), troubles: [{ where: '/', code: 'mount-not-joined' as const }] };
    expect(lost(homeless, usb)).toContain('perhaps-mounted tell sdb');
    expect(lost(one('/'), usb)).toContain('system-disk refuse sdb');
  });

  test('Mounts that the source does not tell open no guard and are listed', () => {
    const machine = machineWith({ functions, groups });
    expect(lost(machine, nvme)).toEqual([]);
    expect(untold(machine, nvme)).toEqual(['mounts']);
    expect(untold(machine, gpu)).not.toContain('mounts');
  });
});

describe('network', () => {
  const withNics = (...interfaces: ReturnType<typeof nic>[]) => machineWith({ functions, ...everything, interfaces });

  test('The only interface asks, even when nothing is known about its addresses', () => {
    const quiet = nic('eno1', lan, { addresses: null, defaultRoute: null });
    expect(lost(withNics(nic('lo', null), quiet), lan)).toEqual(['only-interface ask eno1']);
    expect(untold(withNics(quiet), lan)).toEqual(['addresses', 'routes']);
  });

  test('The default route asks, also through a bridge; an address asks; link-local ones and none are told', () => {
    const other = nic('enp5s0', usb);
    expect(lost(withNics(nic('eno1', lan, { defaultRoute: true }), other), lan)).toEqual(['default-route ask eno1']);
    const bridge = nic('vmbr0', null, { addresses: ['10.0.0.2/24'], defaultRoute: true });
    expect(lost(withNics(nic('eno1', lan, { master: 'vmbr0' }), bridge, other), lan)).toEqual([
      'default-route ask eno1',
    ]);
    const quietBridge = nic('vmbr0', null, { addresses: ['10.0.0.2/24'] });
    expect(lost(withNics(nic('eno1', lan, { master: 'vmbr0' }), quietBridge, other), lan)).toEqual([
      'bridge-port ask eno1',
    ]);
    expect(lost(withNics(nic('eno1', lan, { addresses: ['10.0.0.2/24'] }), other), lan)).toEqual([
      'addresses ask eno1',
    ]);
    expect(lost(withNics(nic('eno1', lan, { addresses: ['fe80::1/64'] }), other), lan)).toEqual(['idle tell eno1']);
    expect(lost(withNics(nic('eno1', lan), other), lan)).toEqual(['idle tell eno1']);
  });

  test('Of two ports that leave together the one that carries nothing is only told', () => {
    const second = '0000:03:00.1';
    const adapter = [...functions, functionAt(second, { classCode: 0x020000, name: 'I225-V' })];
    const ports = (...interfaces: ReturnType<typeof nic>[]) =>
      machineWith({ functions: adapter, ...everything, interfaces });
    const busy = nic('a', lan, { addresses: ['10.0.0.2/24'], defaultRoute: true });
    expect(lost(ports(busy, nic('b', second)), lan)).toEqual(['only-interface ask a', 'idle tell b']);
    const hidden = nic('b', second, { addresses: null });
    expect(lost(ports(busy, hidden), lan)).toEqual(['only-interface ask a', 'only-interface ask b']);
    expect(lost(ports(nic('a', lan), nic('b', second)), lan)).toEqual(['only-interface ask a', 'only-interface ask b']);
  });

  test('Bridges that name each other as masters end', () => {
    const ring = [nic('a', lan, { master: 'b' }), nic('b', null, { master: 'a' }), nic('c', usb)];
    expect(lost(withNics(...ring), lan)).toEqual(['idle tell a']);
  });
});

describe('display', () => {
  const boot = (bootVga: boolean | undefined, displays: ReturnType<typeof screen>[]) =>
    machineWith({
      functions: functions.map((fn) =>
        fn.address === gpu && bootVga !== undefined
          ? functionAt(gpu, { classCode: 0x030000, ids: [0x10de, 0x2684], name: 'AD102 [GeForce RTX 4090]', bootVga })
          : fn,
      ),
      ...everything,
      displays,
    });
  const sound = 'display-sound tell 0000:01:00.1';

  test('The boot display asks by its connector, or by its address where none is known', () => {
    expect(lost(boot(true, [screen('DP-1', gpu, true)]), gpu)).toEqual(['firmware-display ask DP-1', sound]);
    expect(lost(boot(true, []), gpu)).toEqual([`firmware-display ask ${gpu}`, sound]);
  });

  test('Of two cards the one with the last screen asks; where a screen stays it is told', () => {
    expect(lost(boot(false, [screen('DP-1', gpu, true)]), gpu)).toEqual(['last-screens ask DP-1', sound]);
    const both = [screen('DP-1', gpu, true), screen('HDMI-A-1', '0000:00:02.0', true)];
    expect(lost(boot(false, both), gpu)).toEqual(['screens tell DP-1', sound]);
    expect(lost(boot(false, [screen('DP-1', gpu, false)]), gpu)).toEqual([`outputs tell ${gpu}`, sound]);
  });

  test('An unknown boot display opens no guard, also on the only card, and is listed', () => {
    const alone = machineWith({ functions: functions.filter(({ address }) => address !== '0000:00:02.0'), groups });
    expect(lost(alone, gpu)).toEqual([`only-graphics tell ${gpu}`, sound]);
    expect(untold(alone, gpu)).toEqual(['boot-display', 'screens']);
  });

  test('Giving both cards leaves none', () => {
    const machine = machineWith({ functions: twinFunctions(), ...everything });
    expect(
      lost(machine, gpu, '0000:04:00.0', '0000:00:02.0').filter((line) => line.startsWith('only-graphics')),
    ).toHaveLength(3);
  });
});

describe('USB and sound', () => {
  const second = '0000:05:00.0';
  const two = [...functions, functionAt(second, { classCode: 0x0c0330, name: 'ASM3242' })];

  test('The last keyboard asks by the controller’s address; with another one left it is told', () => {
    const one = machineWith({
      functions: two,
      ...everything,
      usb: [usbDevice('keyboard', usb, 'Model M'), usbDevice('mouse', usb, 'MX')],
    });
    expect(lost(one, usb)).toEqual([`last-keyboard ask ${usb}`]);
    const both = machineWith({
      functions: two,
      ...everything,
      usb: [usbDevice('keyboard', usb, 'Model M'), usbDevice('keyboard', second, 'K2')],
    });
    expect(lost(both, usb)).toEqual([`keyboard-elsewhere tell ${usb}`]);
    expect(lost(both, usb, second)).toEqual([`last-keyboard ask ${usb}`, `last-keyboard ask ${second}`]);
  });

  test('Hubs are no devices; empty ports are told; sound of the board differs from that of a card', () => {
    expect(lost(machineWith({ functions: two, ...everything, usb: [usbDevice('hub', usb, 'Hub')] }), usb)).toEqual([
      `ports tell ${usb}`,
    ]);
    expect(lost(machineWith({ functions: two, ...everything, usb: [usbDevice('audio', usb, 'DAC')] }), usb)).toEqual([
      `devices tell ${usb}`,
    ]);
    const apart = machineWith({ functions, ...everything, groups: [group(1, '0000:00:1f.3')] });
    expect(lost(apart, '0000:00:1f.3')).toEqual(['host-sound tell 0000:00:1f.3']);
  });
});
