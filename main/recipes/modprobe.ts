import type { PciIds } from '../machine/pci-function.ts';
import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { bindingRemarks, boundAtStart, verifyBound } from './bound-functions.ts';
import { remark } from './codes.ts';
import { hostFile } from './host-file.ts';
import { modulesFor } from './host-modules.ts';
import { refreshInitramfs } from './refresh-initramfs.ts';

const hex = (value: number): string => value.toString(16).padStart(4, '0');

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
