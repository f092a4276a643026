import { describe, expect, test } from 'vitest';
import { valueOr } from '../../../main/machine/fact.ts';
import { machineOf } from '../../hosts/machine.ts';
import { treeOf, trouble, type TestFile } from '../../hosts/tree.ts';

const release = { 'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n' };
const machine = (files: Record<string, TestFile>) => machineOf(treeOf(files));

describe('the kernel’s configuration', () => {
  const text =
    'CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\nCONFIG_VFIO=m\nCONFIG_LOCALVERSION=""\n';

  test.each(['boot/config-6.1.0-18-amd64', 'usr/lib/modules/6.1.0-18-amd64/config', 'proc/config'])('%s', (path) => {
    expect(machine({ ...release, [path]: text }).kernel.config).toEqual({
      known: true,
      provenance: 'measured',
      where: `/${path}`,
      value: [
        { name: 'INTEL_IOMMU', value: 'y' },
        { name: 'INTEL_IOMMU_DEFAULT_ON', value: 'n' },
        { name: 'VFIO', value: 'm' },
      ],
    });
  });

  test('of another kernel than the running one says nothing', () => {
    expect(machine({ ...release, 'boot/config-6.1.0-17-amd64': text }).kernel.config).toMatchObject({ known: false });
  });
});

describe('the ACS override patch', () => {
  test.each([
    [
      'its own warning',
      {
        'cmd/dmesg.txt':
          '[    0.1] Warning: PCIe ACS overrides enabled; This may allow non-IOMMU protected peer-to-peer DMA\n',
      },
      true,
    ],
    [
      'an option that nobody read',
      {
        'cmd/dmesg.txt':
          '[    0.1] Unknown kernel command line parameters "pcie_acs_override=downstream", will be passed to user space.\n',
      },
      false,
    ],
    ['a kernel that carries it', { 'proc/sys/kernel/osrelease': '6.8.12-4-pve' }, true],
    ['linux-zen', { 'proc/sys/kernel/osrelease': '6.10.3-zen1-1-zen' }, true],
  ])('by %s', (_, files, value) => {
    expect(machine(files as Record<string, TestFile>).kernel.acsOverridePatch).toMatchObject({ known: true, value });
  });

  test('of a plain kernel is not known', () => {
    expect(machine(release).kernel.acsOverridePatch).toMatchObject({ known: false });
  });
});

describe('what kind of system it is', () => {
  const osRelease = (...lines: string[]): Record<string, TestFile> => ({ 'etc/os-release': lines.join('\n') });
  test.each([
    ['Debian', osRelease('ID=debian'), null, []],
    ['Fedora Silverblue', osRelease('ID=fedora', 'VARIANT_ID=silverblue'), 'ostree', []],
    ['an ostree system by its mark', { ...osRelease('ID=fedora'), 'run/ostree-booted': '' }, 'ostree', []],
    [
      'an ostree system by its command line',
      { ...osRelease('ID=endless'), 'proc/cmdline': 'ostree=/ostree/boot.1' },
      'ostree',
      [],
    ],
    ['NixOS', { ...osRelease('ID=nixos'), 'etc/NIXOS': '' }, 'nixos', []],
    ['MicroOS', osRelease('ID="opensuse-microos"', 'ID_LIKE="suse opensuse"'), 'transactional', []],
    ['Bazzite', osRelease('ID=bazzite', 'ID_LIKE=fedora'), 'bootc', []],
    ['SteamOS', osRelease('ID=steamos', 'ID_LIKE=arch'), 'steamos', []],
    ['Unraid', { ...osRelease('ID=slackware'), 'proc/sys/kernel/osrelease': '6.6.78-Unraid' }, 'unraid', ['unraid']],
    [
      'TrueNAS',
      { ...osRelease('ID=debian'), 'proc/sys/kernel/osrelease': '6.6.44-production+truenas' },
      'truenas',
      ['truenas'],
    ],
    ['Proxmox', { ...osRelease('ID=debian'), 'proc/sys/kernel/osrelease': '6.8.12-4-pve' }, null, ['proxmox']],
    ['a Xen dom0', { ...osRelease('ID=debian'), 'proc/xen/capabilities': 'control_d\n' }, null, ['xen-dom0']],
    [
      'XCP-ng',
      {
        ...osRelease('NAME="XCP-ng"', 'ID="xenenterprise"', 'PRETTY_NAME="XCP-ng 8.3"'),
        'proc/xen/capabilities': 'control_d\n',
      },
      null,
      ['xcp-ng', 'xen-dom0'],
    ],
  ])('%s', (_, files, image, platforms) => {
    const found = machine(files);
    expect([valueOr(found.image, 'unknown'), valueOr(found.platforms, ['unknown'])]).toEqual([image, platforms]);
  });

  test('is not known from a source that does not tell', () => {
    expect(machine(release)).toMatchObject({ image: { known: false }, platforms: { known: false } });
  });
});

describe('the initramfs tool', () => {
  const both: Record<string, TestFile> = {
    'etc/os-release': 'ID=debian\n',
    'usr/sbin/mkinitramfs': '',
    'usr/bin/dracut': '',
    'etc/initramfs-tools/initramfs.conf': '',
  };
  const log = '[    1.9] systemd[1]: Starting dracut-cmdline.service - dracut cmdline hook...\n';

  test('of two installed ones is the one that this boot went through', () => {
    expect(machine({ ...both, 'cmd/dmesg.txt': log }).initramfs).toMatchObject({
      value: 'dracut',
      provenance: 'measured',
    });
    expect(machine(both).initramfs).toMatchObject({ value: 'initramfs-tools', provenance: 'assumed' });
    expect(machine({ 'proc/cmdline': 'initrd=\\booster-linux.img root=/dev/sda2' }).initramfs).toMatchObject({
      value: 'booster',
      provenance: 'derived',
    });
  });

  test('that alone is installed builds the next one, whatever made this one', () => {
    const one: Record<string, TestFile> = { 'usr/sbin/mkinitramfs': '', 'cmd/dmesg.txt': log };
    expect(machine(one).initramfs).toMatchObject({ value: 'initramfs-tools' });
  });
});

describe('settings of the firmware', () => {
  const lenovo = 'sys/devices/virtual/firmware-attributes/thinklmi/attributes';
  const files: Record<string, TestFile> = {
    'sys/class/firmware-attributes/thinklmi': { link: '../../devices/virtual/firmware-attributes/thinklmi' },
    [`${lenovo}/VTdFeature/current_value`]: 'Enable\n',
    [`${lenovo}/VTdFeature/possible_values`]: 'Disable;Enable\n',
    [`${lenovo}/VTdFeature/display_name`]: 'VT-d\n',
    [`${lenovo}/VirtualizationTechnology/current_value`]: trouble('EACCES'),
    [`${lenovo}/AssetTag/current_value`]: 'secret',
    [`${lenovo}/pending_reboot`]: '1\n',
  };

  test('those that decide are read, through the class’s link', () => {
    const { firmware } = machine(files);
    expect(valueOr(firmware.settings, [])).toEqual([
      { driver: 'thinklmi', name: 'VTdFeature', label: 'VT-d', value: 'Enable', choices: ['Disable', 'Enable'] },
      { driver: 'thinklmi', name: 'VirtualizationTechnology', label: null, value: null, choices: [] },
    ]);
    expect(firmware.settingsPending).toMatchObject({ value: true });
    expect(JSON.stringify(firmware)).not.toContain('secret');
  });

  test('a host without such a driver has none; a source without sysfs does not know', () => {
    expect(machine({ 'sys/class/net/lo/operstate': 'up' }).firmware.settings).toMatchObject({ known: true, value: [] });
    expect(machine(release).firmware.settings).toMatchObject({ known: false });
  });
});
