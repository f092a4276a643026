import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPath } from '../../../main/linux/source.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { machineOf } from '../../hosts/machine.ts';

const home = mkdtempSync(join(tmpdir(), 'slotwise-settings-'));
const host = join(home, 'host');
const now = '2026-01-01T00:00:00.000Z';
afterAll(() => rmSync(home, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(host, path)), { recursive: true });
  writeFileSync(join(host, path), content);
}

beforeAll(() => {
  const attributes = 'sys/devices/virtual/firmware-attributes/thinklmi/attributes';
  put(`${attributes}/VTdFeature/current_value`, 'Enable\n');
  put(`${attributes}/VTdFeature/possible_values`, 'Disable;Enable\n');
  put(`${attributes}/AssetTag/current_value`, 'secret-tag\n');
  put(`${attributes}/pending_reboot`, '0\n');
  mkdirSync(join(host, 'sys/class/firmware-attributes'), { recursive: true });
  symlinkSync(
    '../../devices/virtual/firmware-attributes/thinklmi',
    join(host, 'sys/class/firmware-attributes/thinklmi'),
  );
  const card = 'sys/devices/pci0000:00/0000:00:02.0';
  put(`${card}/vendor`, '0x8086\n');
  put(`${card}/device`, '0x3e98\n');
  put(`${card}/class`, '0x030000\n');
  put(`${card}/max_link_speed`, '8.0 GT/s PCIe\n');
  put(`${card}/max_link_width`, '16\n');
  put(`${card}/d3cold_allowed`, '1\n');
  put(`${card}/sound/card0/id`, 'PCH\n');
  mkdirSync(join(host, 'sys/class/sound'), { recursive: true });
  symlinkSync('../../devices/pci0000:00/0000:00:02.0/sound/card0', join(host, 'sys/class/sound/card0'));
  put('proc/sys/kernel/osrelease', '6.8.12-4-pve\n');
  put('proc/cmdline', 'quiet\n');
  put('proc/config.gz', gzipSync('CONFIG_VFIO=m\nCONFIG_IOMMUFD=y\n'));
  put('proc/iomem', '00001000-0009ffff : System RAM\n80000000-8fffffff : Reserved\n');
  put('run/ostree-booted', '');
  put('etc/os-release', 'ID=fedora\nVARIANT_ID=silverblue\n');
  put('etc/pve/qemu-server/100.conf', 'name: win\nonboot: 0\nhostpci0: 0000:00:02.0\n');
  put('etc/libvirt/qemu/networks/default.xml', '<network/>');
  put(
    'etc/libvirt/qemu/w.xml',
    "<domain><name>w</name><hostdev type='pci'><source><address bus='0x00' slot='0x02' function='0x0'/></source></hostdev></domain>",
  );
  mkdirSync(join(host, 'etc/libvirt/qemu/autostart'), { recursive: true });
  symlinkSync('/etc/libvirt/qemu/w.xml', join(host, 'etc/libvirt/qemu/autostart/w.xml'));
  execFileSync('tar', ['-czf', join(home, 'host.tar.gz'), '-C', home, 'host']);
});

async function look(path: string): Promise<Machine> {
  const content = await openPath(path, now);
  if (!('kind' in content) || content.kind !== 'files') throw new Error(JSON.stringify(content));
  return machineOf(content.tree);
}

describe.each(['host', 'host.tar.gz'])('%s', (name) => {
  test('settings of the firmware: those that decide, and no others', async () => {
    const { firmware } = await look(join(home, name));
    expect(firmware.settings).toMatchObject({
      value: [{ driver: 'thinklmi', name: 'VTdFeature', value: 'Enable', choices: ['Disable', 'Enable'] }],
    });
    expect(firmware.settingsPending).toMatchObject({ value: false });
    expect(firmware.memoryMap).toMatchObject({
      value: [{ kind: 'usable' }, { start: '0x80000000', kind: 'reserved' }],
    });
    expect(JSON.stringify(firmware)).not.toContain('secret-tag');
  });

  test('the running kernel’s configuration, unpacked', async () => {
    const { kernel, image, platforms } = await look(join(home, name));
    expect(kernel.config).toMatchObject({
      where: '/proc/config',
      value: [
        { name: 'IOMMUFD', value: 'y' },
        { name: 'VFIO', value: 'm' },
      ],
    });
    expect(kernel.acsOverridePatch).toMatchObject({ value: true });
    expect([image, platforms]).toMatchObject([{ value: 'ostree' }, { value: ['proxmox'] }]);
  });

  test('what is given away already, link, power and sound of a function', async () => {
    const { assignments, functions, sound } = await look(join(home, name));
    expect(assignments).toMatchObject({
      value: [
        { kind: 'libvirt', vm: 'w', devices: ['0000:00:02.0'], startsAtBoot: true },
        { kind: 'proxmox', vm: '100 win', devices: ['0000:00:02.0'], startsAtBoot: false },
      ],
    });
    expect(functions).toMatchObject([
      { link: { value: { maxSpeed: 8, maxWidth: 16 } }, d3coldAllowed: { value: true } },
    ]);
    expect(sound).toMatchObject({ value: [{ name: 'card0', id: 'PCH', behind: '0000:00:02.0' }] });
  });
});

test('a configuration that is not packed is said to be unreadable, and the rest is read', async () => {
  put('proc/config.gz', 'no gzip');
  const machine = await look(host);
  expect(machine.kernel.config).toMatchObject({ known: false });
  expect(machine.functions).toHaveLength(1);
});
