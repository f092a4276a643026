import type { Given } from '../passthrough/plan.ts';

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

/** Modules of the host that would take this function: its driver's, and the usual ones for its kind. */
export function modulesFor({ driver, ids, classCode }: Given): string[] {
  const present = driver === null || !isModuleName(driver) ? [] : [moduleOfDriver.get(driver) ?? driver];
  const code = classCode === null ? '' : classCode.toString(16).padStart(6, '0');
  const usual = usualModules.flatMap(([vendor, prefix, modules]) =>
    code !== '' && code.startsWith(prefix) && (vendor === 0 || vendor === ids?.vendor) ? modules : [],
  );
  return [...present, ...usual].filter((module) => !/(^|[_-])vfio([_-]|$)/.test(module));
}
