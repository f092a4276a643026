import { describe, expect, test } from 'vitest';
import { textOf } from '../../../main/machine/files/read.ts';
import { functionFolders } from '../../../main/machine/sysfs/function-folders.ts';
import { captureNames } from '../../hosts/captures.ts';
import { machineOf } from '../../hosts/machine.ts';
import { captureTree, link, treeOf, trouble, withFiles, type TestFile } from '../../hosts/tree.ts';

const gpu = 'sys/devices/pci0000:00/0000:00:02.0/0000:01:00.0';

describe.skipIf(captureNames.length === 0)('a captured machine with less in it', () => {
  const address = '0000:01:00.0';
  const find = (tree: ReturnType<typeof captureTree>, which = address) =>
    machineOf(tree).functions.find((fn) => fn.address === which);

  test('as an ordinary user: what stands past 64 bytes needs root, what sysfs shows everybody stays', () => {
    const tree = captureTree('vtd-rich-k61');
    for (const fn of machineOf(tree).functions) {
      const link = tree.link(`sys/bus/pci/devices/${fn.address}`) ?? '';
      const folder = link.replace(/^(\.\.\/)+/, 'sys/');
      tree.addFile(`${folder}/config`, tree.bytes(`${folder}/config`)?.slice(0, 64) ?? new Uint8Array());
    }
    tree.addTrouble('sys/firmware/acpi/tables/DMAR', 'EACCES').remove('cmd/dmesg.txt');
    const machine = machineOf(tree);
    expect(machine.asRoot).toMatchObject({ value: false });
    const port = machine.functions.find((fn) => fn.address === '0000:00:02.0');
    expect(port).toMatchObject({ acs: { known: false, needs: 'root' }, express: { known: false, needs: 'root' } });
    expect(port?.bars).toMatchObject({ value: [{ size: '0x1000' }] });
    const physical = machine.functions.find((fn) => fn.address === '0000:13:00.0');
    expect(physical?.sriov).toMatchObject({ value: { totalVfs: 4, enabledVfs: 2 } });
    expect(machine.firmware.tables.known && machine.firmware.tables.value.map(({ signature }) => signature)).toContain(
      'DMAR',
    );
    expect(machine.identity).toEqual(machineOf(captureTree('vtd-rich-k61')).identity);
  });

  test('a config file that fails with EIO leaves the rest of the function, and is told', () => {
    const tree = withFiles(captureTree('vtd-rich-k61'), { [`${gpu}/config`]: null });
    tree.addTrouble(`${gpu}/config`, 'EIO');
    expect(find(tree)).toMatchObject({
      ids: { value: { vendor: 0x1234, device: 0x1111 } },
      classCode: { value: 0x038000 },
      capabilities: { known: false, needs: 'readable-file' },
      driver: { value: 'bochs-drm' },
      configBytes: 0,
    });
    expect(machineOf(tree).troubles).toEqual([{ where: `/${gpu}/config`, code: 'file-unreadable' }]);
  });

  test('without links a copy still has functions, places by bus ranges, and drivers by uevent', () => {
    const full = captureTree('vtd-rich-k61');
    const flat: Record<string, TestFile> = {};
    for (const { address: name } of machineOf(full).functions) {
      const folder = `sys/${(full.link(`sys/bus/pci/devices/${name}`) ?? '').replace(/^(\.\.\/)+/, '')}`;
      for (const file of ['config', 'vendor', 'device', 'class', 'uevent']) {
        const bytes = full.bytes(`${folder}/${file}`);
        if (bytes) flat[`sys/bus/pci/devices/${name}/${file}`] = bytes;
      }
    }
    const places = (machine: ReturnType<typeof machineOf>) =>
      machine.functions.map(({ path, driver }) => [path, driver.known && driver.value]);
    expect(places(machineOf(treeOf(flat)))).toEqual(places(machineOf(full)));
    expect(machineOf(treeOf(flat)).groups).toMatchObject({ known: false, needs: 'fuller-source' });
  });

  test('groups from the devices’ links where the kernel’s folder was not copied', () => {
    const full = machineOf(captureTree('vtd-rich-k61'));
    const linked = machineOf(withFiles(captureTree('vtd-rich-k61'), { 'sys/kernel/iommu_groups': null }));
    const members = (machine: typeof full) =>
      machine.groups.known ? machine.groups.value.map(({ id, devices }) => [id, devices]) : [];
    expect(members(linked)).toEqual(members(full));
    // A copy without links, as from an archive that was unpacked elsewhere: the log of that boot is left.
    const tree = withFiles(captureTree('vtd-rich-k61'), { 'sys/kernel/iommu_groups': null });
    for (const { folder } of functionFolders(tree)) tree.remove(`${folder}/iommu_group`);
    expect(members(machineOf(tree))).toEqual(members(full));
    expect(machineOf(tree).groups).toMatchObject({ where: 'kernel log' });
    // A log whose beginning is lost may lack any of the groups.
    const log = textOf(tree, 'cmd/dmesg.txt') ?? '';
    const cut = withFiles(tree, { 'cmd/dmesg.txt': log.slice(log.indexOf('Adding to iommu group 5')) });
    expect(machineOf(cut).groups.known).toBe(false);
  });

  test('groups that VFIO’s no-IOMMU mode made isolate nothing and are none', () => {
    const machine = machineOf(
      withFiles(captureTree('noiommu-rich-k61'), {
        'sys/kernel/iommu_groups/0/name': 'vfio-noiommu\n',
        'sys/kernel/iommu_groups/0/devices/0000:01:00.0': link(`../../../../${gpu.replace('sys/', '')}`),
      }),
    );
    expect(machine.groups).toMatchObject({ known: false, needs: 'iommu-on' });
  });

  test('boot display, command line, boot id', () => {
    const machine = machineOf(
      withFiles(captureTree('vtd-rich-k61'), {
        [`${gpu}/boot_vga`]: '1\n',
        'proc/sys/kernel/random/boot_id': '9aa32f55-e63e-48ea-a685-84728c719fec\n',
      }),
    );
    expect(machine.functions.find((fn) => fn.address === address)?.bootVga).toMatchObject({ value: true });
    expect(machine.kernel.bootId).toMatchObject({ value: '9aa32f55-e63e-48ea-a685-84728c719fec' });
    expect(machine.kernel.commandLine).toMatchObject({ value: expect.stringContaining('intel_iommu=on') as string });
  });

  test.each([
    ['vtd-rich-k61', true],
    ['vtd-rich-off-k61', true],
    ['vtd-rich-noir-k61', false],
    ['noiommu-rich-k61', false],
  ])('interrupt remapping of %s: %s', (name, on) => {
    expect(machineOf(captureTree(name)).iommu.interruptRemapping).toMatchObject({ known: true, value: on });
  });
});

describe('firmware, boot loader, initramfs, distribution', () => {
  const utf16 = (text: string): Uint8Array => Uint8Array.from([6, 0, 0, 0, ...Buffer.from(`${text}\0`, 'utf16le')]);
  const loaderInfo = 'sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

  test.each<[string, Record<string, TestFile>, string | null, string | null]>([
    ['systemd-boot by its variable', { [loaderInfo]: utf16('systemd-boot 252.5-2') }, 'systemd-boot', 'measured'],
    [
      'Proxmox by its own list',
      { [loaderInfo]: utf16('systemd-boot 252.5-2'), 'etc/kernel/proxmox-boot-uuids': 'ABCD-1234\n' },
      'proxmox-boot-tool',
      'measured',
    ],
    [
      'GRUB by BOOT_IMAGE= and its files',
      { 'proc/cmdline': 'BOOT_IMAGE=/vmlinuz root=/dev/sda1', 'etc/default/grub': 'GRUB_CMDLINE_LINUX=""\n' },
      'grub',
      'derived',
    ],
    [
      'GRUB with BLS entries',
      { 'proc/cmdline': 'BOOT_IMAGE=(hd0,gpt2)/vmlinuz', 'etc/default/grub': 'GRUB_ENABLE_BLSCFG=true\n' },
      'grub-bls',
      'derived',
    ],
    ['GRUB’s files alone', { 'etc/default/grub': 'GRUB_TIMEOUT=5\n' }, 'grub', 'assumed'],
    [
      'marks that contradict each other',
      { 'etc/default/grub': 'GRUB_TIMEOUT=5\n', 'boot/loader/loader.conf': 'timeout 3\n' },
      null,
      null,
    ],
    ['nothing', {}, null, null],
  ])('%s', (_, files, loader, provenance) => {
    const fact = machineOf(treeOf(files)).bootLoader;
    expect(fact).toMatchObject(loader === null ? { known: false } : { value: loader, provenance });
  });

  test.each<[Record<string, TestFile>, string | null, string | null]>([
    [{ 'usr/bin/dracut': '' }, 'dracut', 'derived'],
    [{ 'etc/os-release': 'ID=arch\n', 'etc/mkinitcpio.conf': '' }, 'mkinitcpio', 'assumed'],
    [{ 'etc/os-release': 'ID=pop\nID_LIKE="ubuntu debian"\n' }, 'initramfs-tools', 'assumed'],
    [{ 'etc/os-release': 'ID=arch\n', 'usr/bin/mkinitcpio': '', 'usr/bin/dracut': '' }, 'mkinitcpio', 'assumed'],
    [{ 'usr/bin/mkinitcpio': '', 'usr/bin/dracut': '' }, null, null],
  ])('initramfs: %o', (files, tool, provenance) => {
    const fact = machineOf(treeOf(files)).initramfs;
    expect(fact).toMatchObject(tool === null ? { known: false } : { value: tool, provenance });
  });

  test('os-release, through its link, with quotes', () => {
    const { distribution } = machineOf(
      treeOf({
        'etc/os-release': link('../usr/lib/os-release'),
        'usr/lib/os-release':
          'ID=fedora\nPRETTY_NAME="Fedora Linux 42 (\\"Silverblue\\")"\nVERSION_ID=42\nVARIANT_ID=silverblue\n',
      }),
    );
    expect(distribution).toMatchObject({
      value: { id: 'fedora', idLike: [], version: '42', name: 'Fedora Linux 42 ("Silverblue")', variant: 'silverblue' },
    });
  });

  test('Secure Boot is off where there is no UEFI, and read where there is', () => {
    const variable = 'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';
    const read = (files: Record<string, TestFile>) => machineOf(treeOf(files)).firmware.secureBoot;
    expect(read({ [variable]: new Uint8Array([6, 0, 0, 0, 1]) })).toMatchObject({ value: true });
    expect(read({ 'sys/firmware/memmap/0': '' })).toMatchObject({ value: false });
    expect(read({ [variable]: trouble('EACCES') })).toMatchObject({ known: false, needs: 'root' });
    expect(read({})).toMatchObject({ known: false, needs: 'fuller-source' });
  });

  test('configuration files come with their absolute paths', () => {
    const { configFiles } = machineOf(
      treeOf({
        'etc/modprobe.d/vfio.conf': 'options vfio-pci ids=10de:2684\n',
        'etc/default/grub.d/50.cfg': 'A=1\n',
        'etc/shadow': 'x',
      }),
    );
    expect(configFiles.map(({ path }) => path)).toEqual(['/etc/default/grub.d/50.cfg', '/etc/modprobe.d/vfio.conf']);
  });
});

test('an empty tree makes a machine of which nothing is known', () => {
  const machine = machineOf(treeOf({}));
  expect(machine.functions).toEqual([]);
  expect(JSON.stringify(machine)).not.toContain('"known":true,"value":[]');
});

test('circular links end', () => {
  const machine = machineOf(treeOf({ 'sys/class/net/eth0': link('eth1'), 'sys/class/net/eth1': link('eth0') }));
  expect(machine.interfaces).toMatchObject({ value: [] });
});
