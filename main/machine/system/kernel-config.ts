import { measured, unknown, valueOr, type Fact } from '../fact.ts';
import { textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';

type Config = Machine['kernel']['config'] extends Fact<infer T> ? T : never;

/** Options that decide a passthrough (Kconfig files of drivers/iommu, drivers/vfio, drivers/pci, arch/x86, drivers/firmware). */
const options = [
  'INTEL_IOMMU',
  'INTEL_IOMMU_DEFAULT_ON',
  // Debian's own: on, except for integrated graphics.
  'INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF',
  'INTEL_IOMMU_SCALABLE_MODE_DEFAULT_ON',
  'AMD_IOMMU',
  'IRQ_REMAP',
  'X86_X2APIC',
  'IOMMU_DEFAULT_DMA_STRICT',
  'IOMMU_DEFAULT_DMA_LAZY',
  'IOMMU_DEFAULT_PASSTHROUGH',
  'IOMMUFD',
  'IOMMUFD_VFIO_CONTAINER',
  'VFIO',
  'VFIO_CONTAINER',
  'VFIO_DEVICE_CDEV',
  'VFIO_GROUP',
  'VFIO_IOMMU_TYPE1',
  'VFIO_NOIOMMU',
  'VFIO_PCI',
  'VFIO_PCI_VGA',
  'KVM_INTEL',
  'KVM_AMD',
  'PCI_IOV',
  'PCI_PASID',
  'PCI_PRI',
  'PCI_REALLOC_ENABLE_AUTO',
  'HOTPLUG_PCI_PCIE',
  'VMD',
  'SYSFB_SIMPLEFB',
  'DRM_SIMPLEDRM',
  'FB_EFI',
  'ACPI_TABLE_UPGRADE',
] as const;

/** Where distributions put the running kernel's configuration; `proc/config` is config.gz unpacked by whoever read it. */
const places = (release: string): string[] => [
  'proc/config',
  `boot/config-${release}`,
  `usr/lib/modules/${release}/config`,
  `lib/modules/${release}/config`,
  `usr/lib/kernel/config-${release}`,
];

/** The options above in the running kernel's configuration; one that it does not know at all is left out. */
export function readKernelConfig(tree: HostTree, release: Fact<string>): Fact<Config> {
  for (const path of places(valueOr(release, ''))) {
    const text = textOf(tree, path);
    if (text === null) continue;
    const found = new Map<string, string>();
    for (const match of text.matchAll(
      /^(?:CONFIG_([A-Z0-9_]{1,80})=(.{1,80})|# CONFIG_([A-Z0-9_]{1,80}) is not set)$/gm,
    )) {
      found.set(match[1] ?? match[3] ?? '', match[2]?.replace(/^"(.*)"$/, '$1') ?? 'n');
    }
    if (found.size === 0) continue;
    return measured(
      options.flatMap((name) => {
        const value = found.get(name);
        return value === undefined ? [] : [{ name, value }];
      }),
      `/${path}`,
    );
  }
  return unknown('fuller-source', `/boot/config-${valueOr(release, '')}`.replace(/-$/, ''));
}
