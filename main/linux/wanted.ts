/** What is read of a host: these paths and no others. Nothing that has an effect when read (I/O `resourceN`, `rom`), that is slow (`vpd`) or that tells a person's machine apart (serial numbers, UUIDs). The host's name is read so that a report can leave it out. */
export const functionFiles: ReadonlySet<string> = new Set([
  'config',
  'vendor',
  'device',
  'class',
  'subsystem_vendor',
  'subsystem_device',
  'revision',
  'resource',
  'enable',
  'boot_vga',
  'reset_method',
  'numa_node',
  'secondary_bus_number',
  'subordinate_bus_number',
  'sriov_totalvfs',
  'sriov_numvfs',
  'sriov_offset',
  'sriov_stride',
  'sriov_vf_device',
  'uevent',
  'd3cold_allowed',
  'power_state',
  'current_link_speed',
  'current_link_width',
  'max_link_speed',
  'max_link_width',
  'removable',
  'resource0_resize',
  'resource1_resize',
  'resource2_resize',
  'resource3_resize',
  'resource4_resize',
  'resource5_resize',
]);
export const functionLinks: ReadonlySet<string> = new Set(['driver', 'iommu_group', 'physfn', 'subsystem']);

export const usbFiles: ReadonlySet<string> = new Set([
  'product',
  'bDeviceClass',
  'bInterfaceClass',
  'bInterfaceProtocol',
]);

/** Classes whose entries are links to device folders, and what is read there; a path with `/` goes through a folder or link. */
export const classes = {
  'sys/class/iommu': {
    files: [
      'intel-iommu/version',
      'intel-iommu/address',
      'intel-iommu/cap',
      'intel-iommu/ecap',
      'amd-iommu/cap',
      'amd-iommu/features',
    ],
    folders: ['devices'],
  },
  'sys/class/block': {
    files: ['size', 'dev', 'partition', 'dm/name', 'loop/backing_file', 'device/model'],
    folders: ['slaves'],
  },
  'sys/class/nvme-subsystem': { files: [], folders: [''] },
  'sys/class/net': { files: ['operstate', 'carrier', 'bonding/slaves'], folders: ['', 'brif'] },
  'sys/class/drm': { files: ['status'], folders: [] },
  'sys/class/sound': { files: ['id'], folders: [] },
  'sys/class/dmi': {
    files: ['board_vendor', 'board_name', 'sys_vendor', 'product_name', 'bios_version', 'bios_date'],
    folders: [],
  },
} as const satisfies Record<string, { files: readonly string[]; folders: readonly string[] }>;

/** Single files. */
export const files = [
  'proc/cmdline',
  'proc/cpuinfo',
  'proc/interrupts',
  'proc/iomem',
  'proc/meminfo',
  'proc/mounts',
  'proc/self/mountinfo',
  'proc/swaps',
  'proc/version',
  'proc/net/fib_trie',
  'proc/net/if_inet6',
  'proc/net/ipv6_route',
  'proc/net/route',
  'proc/sys/kernel/hostname',
  'proc/sys/kernel/osrelease',
  'proc/sys/kernel/random/boot_id',
  'proc/xen/capabilities',
  'boot/config/vfio-pci.cfg',
  'sys/firmware/acpi/tables/APIC',
  'sys/firmware/acpi/tables/DMAR',
  'sys/firmware/acpi/tables/IVRS',
  'sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f',
  'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c',
  'etc/booster.yaml',
  'etc/dracut.conf',
  'etc/hostname',
  'etc/initramfs-tools/initramfs.conf',
  'etc/initramfs-tools/modules',
  'etc/kernel/cmdline',
  'etc/kernel/proxmox-boot-uuids',
  'etc/mkinitcpio.conf',
  'etc/modules',
  'etc/os-release',
  'etc/pve/mapping/pci.cfg',
  'usr/lib/os-release',
  'cmd/collector.txt',
  'cmd/dmesg.txt',
  'cmd/ip-addr.txt',
  'cmd/zpool-status.txt',
] as const;

/** Folders of small files, all of which are read. */
export const fileFolders = [
  'etc/default/grub.d',
  'etc/dracut.conf.d',
  'etc/driverctl.d',
  'etc/initramfs-tools/conf.d',
  'etc/initramfs-tools/hooks',
  'etc/initramfs-tools/scripts/init-top',
  'etc/mkinitcpio.conf.d',
  'etc/mkinitcpio.d',
  'etc/libvirt/qemu',
  'etc/modprobe.d',
  'etc/modules-load.d',
  'etc/pve/qemu-server',
  'etc/udev/rules.d',
] as const;

/** Folders of which only the names count. */
export const nameFolders = [
  'etc/libvirt/qemu/autostart',
  'sys/class',
  'sys/firmware',
  'sys/firmware/acpi/tables',
] as const;

/** Whether these are there says which boot loader and which initramfs tool a host has, and what kind of system it is. */
export const marks = [
  'boot/grub/grub.cfg',
  'boot/grub2/grub.cfg',
  'boot/loader/loader.conf',
  'boot/efi/loader/loader.conf',
  'efi/loader/loader.conf',
  'etc/NIXOS',
  'etc/grub2.cfg',
  'etc/grub2-efi.cfg',
  'etc/pve',
  'etc/unraid-version',
  'run/ostree-booted',
  'usr/bin/booster',
  'usr/bin/dracut',
  'usr/bin/midclt',
  'usr/bin/mkinitcpio',
  'usr/sbin/dracut',
  'usr/sbin/mkinitramfs',
] as const;

/** Where the running kernel's configuration may stand; `proc/config.gz` comes packed. */
export const kernelConfigs = (release: string): string[] => [
  'proc/config.gz',
  `boot/config-${release}`,
  `usr/lib/modules/${release}/config`,
  `lib/modules/${release}/config`,
  `usr/lib/kernel/config-${release}`,
];
const kernelConfig =
  /^(?:proc\/config\.gz|boot\/config-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/config|usr\/lib\/kernel\/config-[^/]+)$/;

/** What is read of each setting of the firmware (system/firmware-settings.ts says which settings). */
export const settingFiles = ['display_name', 'current_value', 'possible_values'] as const;

/** Properties of a block device in udev's data that are looked at (storage/pools.ts); its serial number stands among the others. */
export const udevKeys = ['ID_FS_TYPE', 'ID_FS_LABEL'] as const;

/** Bytes that a file of its kind never has, by the beginning of its path, first match; a longer one is left out and said to be too large. */
export const sizeLimits = [
  { below: 'cmd/dmesg.txt', bytes: 16 << 20 },
  { below: 'sys/firmware/', bytes: 1 << 20 },
  { below: 'sys/', bytes: 64 << 10 },
  { below: '', bytes: 4 << 20 },
] as const;

export const sizeLimit = (path: string): number => sizeLimits.find(({ below }) => path.startsWith(below))?.bytes ?? 0;

const tops: ReadonlySet<string> = new Set(['sys', 'proc', 'etc', 'cmd', 'boot', 'efi', 'run', 'usr', 'lib']);
const single: ReadonlySet<string> = new Set<string>([...files, ...marks]);
const effectful =
  /^(?:rom|vpd|resource\d+(?:_wc)?|remove|rescan|reset|product_(?:serial|uuid)|(?:board|chassis)_serial)$/;

/** Whether a file of an archive is kept: there the tree below sys/ is taken as it is, since its links name its parts. */
export function isWanted(path: string): boolean {
  const top = path.slice(0, path.indexOf('/'));
  if (!tops.has(top)) return false;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (top === 'sys') return !effectful.test(name);
  if (top === 'run') return path.startsWith('run/udev/data/b') || single.has(path);
  return (
    single.has(path) ||
    path.startsWith('etc/default/grub') ||
    path.startsWith('etc/libvirt/qemu/autostart/') ||
    kernelConfig.test(path) ||
    fileFolders.some((folder) => path.startsWith(`${folder}/`))
  );
}
