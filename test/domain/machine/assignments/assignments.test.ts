import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namedDevices } from '../../../../main/machine/assignments/named-devices.ts';
import { readLibvirtDomain } from '../../../../main/machine/assignments/libvirt-domain.ts';
import { readProxmoxVm } from '../../../../main/machine/assignments/proxmox-vm.ts';
import { valueOr } from '../../../../main/machine/fact.ts';
import { at } from '../../../hosts/built-machine.ts';
import { machineOf } from '../../../hosts/machine.ts';
import { treeOf, type TestFile } from '../../../hosts/tree.ts';

const here: Record<string, TestFile> = {
  'sys/bus/pci/devices/0000:01:00.0/vendor': '0x10de',
  'sys/bus/pci/devices/0000:01:00.0/device': '0x2684',
  'sys/bus/pci/devices/0000:01:00.1/vendor': '0x10de',
  'sys/bus/pci/devices/0000:01:00.1/device': '0x22ba',
};
const told = (files: Record<string, TestFile>) =>
  valueOr(machineOf(treeOf({ ...here, ...files })).assignments, []).map(
    ({ kind, where, devices, ids, vm, startsAtBoot }) =>
      [kind, where, devices.join(' '), ids.join(' '), vm ?? '-', startsAtBoot ?? '-'].join(' | '),
  );

describe('what a host gives away already', () => {
  test('by the kernel command line', () => {
    expect(
      told({ 'proc/cmdline': 'quiet vfio-pci.ids=10de:2684,10DE:22ba xen-pciback.hide=(0000:01:00.0)(02:00.0)' }),
    ).toEqual([
      'driver-ids | /proc/cmdline |  | 10de:2684 10de:22ba | - | -',
      'xen-hide | /proc/cmdline | 0000:01:00.0 0000:02:00.0 |  | - | -',
    ]);
  });

  test('by modprobe.d, driverctl, a udev rule and an initramfs script', () => {
    expect(
      told({
        'etc/modprobe.d/vfio.conf': '# ids=1:1\noptions vfio-pci disable_vga=1 ids=10de:2684:*,8086:1533\n',
        'etc/driverctl.d/pci-0000:01:00.0': 'vfio-pci\n',
        'etc/driverctl.d/pci-0000:01:00.1': 'snd_hda_intel\n',
        'etc/udev/rules.d/10-vfio.rules':
          'ACTION=="add", KERNEL=="0000:01:00.1", SUBSYSTEM=="pci", ATTR{driver_override}="vfio-pci"\n',
        'etc/udev/rules.d/70-net.rules': 'KERNELS=="0000:01:00.1", NAME="lan0"\n',
        'etc/initramfs-tools/scripts/init-top/bind':
          'echo vfio-pci > /sys/bus/pci/devices/0000:09:00.0/driver_override\n',
      }),
    ).toEqual([
      'driver-ids | /etc/modprobe.d/vfio.conf:2 |  | 10de:2684 8086:1533 | - | -',
      'driver-override | /etc/udev/rules.d/10-vfio.rules:1 | 0000:01:00.1 |  | - | -',
      'driver-override | /etc/initramfs-tools/scripts/init-top/bind:1 | 0000:09:00.0 |  | - | -',
      'driver-override | /etc/driverctl.d/pci-0000:01:00.0 | 0000:01:00.0 |  | - | -',
    ]);
  });

  test('by Proxmox: a slot stands for all its functions, a mapping for what it maps, a snapshot for nothing', () => {
    expect(
      told({
        'etc/pve/qemu-server/100.conf':
          'name: win11\nonboot: 1\nhostpci0: 0000:01:00,pcie=1,x-vga=1\nhostpci1: mapping=nic\n\n[before]\nhostpci0: 0000:07:00.0\n',
        'etc/pve/mapping/pci.cfg': 'pci: nic\n\tmap id=8086:1533,iommugroup=7,node=pve,path=0000:03:00.0\n',
      }),
    ).toEqual([
      'proxmox | /etc/pve/qemu-server/100.conf:3 | 0000:01:00.0 0000:01:00.1 |  | 100 win11 | true',
      'proxmox | /etc/pve/qemu-server/100.conf:4 | 0000:03:00.0 | 8086:1533 | 100 win11 | true',
      'proxmox-mapping | /etc/pve/mapping/pci.cfg:2 | 0000:03:00.0 | 8086:1533 | - | -',
    ]);
  });

  test('by libvirt and by Unraid', () => {
    const xml = `<domain><name>win10</name>
  <!-- <hostdev type='pci'><source><address bus='0x09' slot='0x00'/></source></hostdev> -->
  <hostdev mode='subsystem' type='pci' managed='yes'>
    <source>
      <address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>
    </source>
    <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>
  </hostdev>
</domain>`;
    expect(
      told({
        'etc/libvirt/qemu/win10.xml': xml,
        'etc/libvirt/qemu/autostart/win10.xml': { link: '/etc/libvirt/qemu/win10.xml' },
        'boot/config/vfio-pci.cfg': 'BIND=0000:03:00.0|8086:1533 0000:04:00.0|1b21:1242\n',
      }),
    ).toEqual([
      'unraid-list | /boot/config/vfio-pci.cfg:1 | 0000:03:00.0 0000:04:00.0 | 8086:1533 1b21:1242 | - | -',
      'libvirt | /etc/libvirt/qemu/win10.xml:3 | 0000:01:00.1 |  | win10 | true',
    ]);
  });

  test('nothing of a virtual machine but its name and devices is kept', () => {
    const xml = `<domain><name>x</name><uuid>6b9a3d1e-0000-4000-8000-000000000001</uuid><mac address='52:54:00:aa:bb:cc'/>
<hostdev type='pci'><source><address bus='0x01' slot='0x00' function='0x0'/></source></hostdev></domain>`;
    const machine = machineOf(treeOf({ ...here, 'etc/libvirt/qemu/x.xml': xml }));
    expect(JSON.stringify(machine)).not.toMatch(/6b9a3d1e|52:54:00/);
    expect(valueOr(machine.assignments, [])).toHaveLength(1);
  });

  test('a source without any of it does not know', () => {
    expect(machineOf(treeOf(here)).assignments).toMatchObject({ known: false });
    expect(machineOf(treeOf({ ...here, 'proc/cmdline': 'quiet' })).assignments).toMatchObject({
      known: true,
      value: [],
    });
  });
});

describe('addresses in any text', () => {
  test.each([
    ['0000:01:00.0', '0000:01:00.0'],
    ['01:00', '0000:01:00.0 0000:01:00.1'],
    ['10000:e1:00.0', '10000:e1:00.0'],
    ['52:54:00:12:34:56', ''],
    ['12:34:56', ''],
    ['2026:01:00.0 0a:1f.7', '2026:01:00.0 0000:0a:1f.7'],
  ])('%s', (text, found) => {
    expect(namedDevices(text, [at('0000:01:00.0'), at('0000:01:00.1')]).join(' ')).toBe(found);
  });

  test('no text stops a reader, and none takes long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), fc.nat({ max: 3 }), (text, times) => {
        const long = `<hostdev type='pci'><source>${text}`.repeat(times + 1);
        readLibvirtDomain(long);
        readProxmoxVm(long);
        namedDevices(long, []);
      }),
      { numRuns: 2000 },
    );
    const many = '<hostdev type="pci">'.repeat(10_000);
    expect(readLibvirtDomain(many).devices).toEqual([]);
    expect(readLibvirtDomain('<!--'.repeat(100_000)).devices).toEqual([]);
  });
});
