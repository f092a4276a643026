import type { PciIds } from '../machine/pci-function.ts';
import type { Given, Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { bindingRemarks, boundAtStart, verifyBound } from './bound-functions.ts';
import { remark } from './codes.ts';
import { hostFile } from './host-file.ts';
import { refreshInitramfs } from './refresh-initramfs.ts';

const hex = (value: number): string => value.toString(16).padStart(4, '0');

/** Drivers whose module is called otherwise: drivers/usb/host/{xhci,ehci,ohci,uhci}-pci.c and uhci-hcd.c. */
const moduleOfDriver: ReadonlyMap<string, string> = new Map([
  ['xhci_hcd', 'xhci_pci'],
  ['ehci-pci', 'ehci_pci'],
  ['ohci-pci', 'ohci_pci'],
]);

/** Drivers that may come for such a device later, by vendor (0: any) and class: another kernel, another package. */
const usualModules: readonly (readonly [vendor: number, classPrefix: string, modules: readonly string[]])[] = [
  [0x10de, '03', ['nouveau', 'nvidia']],
  [0x10de, '0c80', ['i2c_nvidia_gpu']],
  [0x1002, '03', ['amdgpu', 'radeon']],
  [0x8086, '03', ['i915', 'xe']],
  [0, '0403', ['snd_hda_intel']],
  [0, '0c0330', ['xhci_pci']],
  [0, '0108', ['nvme']],
  [0, '0106', ['ahci']],
];

const isModuleName = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);

/** Modules that have to wait for vfio-pci because of this function. */
function modulesFor({ driver, ids, classCode }: Given): string[] {
  const present = driver === null || !isModuleName(driver) ? [] : [moduleOfDriver.get(driver) ?? driver];
  const code = classCode === null ? '' : classCode.toString(16).padStart(6, '0');
  const usual = usualModules.flatMap(([vendor, prefix, modules]) =>
    code !== '' && code.startsWith(prefix) && (vendor === 0 || vendor === ids?.vendor) ? modules : [],
  );
  return [...present, ...usual].filter((module) => !/(^|[_-])vfio([_-]|$)/.test(module));
}

const idOf = ({ vendor, device }: PciIds): string => `${hex(vendor)}:${hex(device)}`;

/**
 * /etc/modprobe.d/slotwise.conf: vfio-pci takes these ids (drivers/vfio/pci/vfio_pci.c, parameter `ids`), and their host
 * drivers wait for it (modprobe.d(5), softdep). Nothing is blacklisted: another card may need the driver. Only for ids that no
 * other card of the host has; see driver-override.ts.
 */
export function modprobe(plan: Plan): Artefact {
  const given = boundAtStart(plan);
  const ids = [...new Set(given.flatMap((function_) => (function_.ids === null ? [] : [idOf(function_.ids)])))];
  const modules = [...new Set(given.flatMap(modulesFor))];
  const content = [
    '# Slotwise: these devices are kept for vfio-pci, by their vendor and device ids.',
    '# For one start without it: add module_blacklist=vfio_pci in the boot menu. For good: undo.sh.',
    `options vfio-pci ids=${ids.join(',')}`,
    '# vfio-pci comes before the drivers that would take them; other cards keep these drivers.',
    ...modules.map((module) => `softdep ${module} pre: vfio-pci`),
    '',
  ].join('\n');
  return hostFile(plan, {
    target: 'modprobe',
    path: '/etc/modprobe.d/slotwise.conf',
    mode: '0644',
    content,
    refresh: refreshInitramfs(plan),
    verify: verifyBound(given),
    remarks: [
      remark('escape-module'),
      remark('built-in-driver'),
      ...(refreshInitramfs(plan).length === 0 ? [remark('initramfs-by-hand')] : []),
      ...bindingRemarks(plan),
    ],
  });
}
