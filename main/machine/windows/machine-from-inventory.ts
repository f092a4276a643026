import * as v from 'valibot';
import { unknown } from '../fact.ts';
import { identityOf } from '../identity.ts';
import type { Machine, MachineSource } from '../machine.ts';
import type { PciNames } from '../names/pci-names.ts';
import { sourceProblem, type SourceProblem } from '../source-problem.ts';
import { DeviceTree } from './device-tree.ts';
import { functionsOf } from './functions.ts';
import { boardOf, cpuOf, firmwareOf } from './host.ts';
import { inventoryShape, inventoryVersion } from './inventory.ts';
import { interfacesOf } from './network.ts';
import { displaysOf, usbOf } from './peripherals.ts';
import { disksOf } from './storage.ts';

const onlyLinux = (what: string) => unknown('linux', what);

/**
 * The machine that the Windows collector's inventory describes: its PCI tree, firmware, disks and networks are the same
 * machine's that Linux would show. What only a running Linux has (drivers, groups, boot loader) stays unknown.
 */
export function machineFromInventory(value: unknown, names: PciNames, from: MachineSource): Machine | SourceProblem {
  const parsed = v.safeParse(inventoryShape, value, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const place = v.getDotPath(issue) ?? '';
    const expected = place === 'version' ? `version ${inventoryVersion}` : (issue.expected ?? 'another value');
    return sourceProblem(
      'source-not-understood',
      place === '' ? from.name : `${from.name}, ${place}`,
      `expected ${expected}, found ${issue.received.slice(0, 80)}`,
    );
  }
  const inventory = parsed.output;
  const { sections } = inventory;
  const devices = sections.devices ?? [];
  const tree = new DeviceTree(devices, sections.nodes ?? []);
  const functions = functionsOf(devices, tree, names);
  if (functions.length === 0) {
    return sourceProblem(
      'source-not-understood',
      `${from.name}, sections.devices`,
      'no PCI function with a place in it',
    );
  }
  const board = boardOf(inventory);
  const memory = sections.computer?.[0]?.memoryBytes ?? null;
  return {
    source: { ...from, kind: 'windows', collectedAt: inventory.collectedAt },
    identity: identityOf(board, functions),
    board,
    cpu: cpuOf(inventory),
    memoryBytes:
      memory === null
        ? unknown('fuller-source', 'Win32_ComputerSystem')
        : { known: true, value: memory, provenance: 'measured', where: 'Win32_ComputerSystem' },
    firmware: firmwareOf(inventory, functions),
    kernel: {
      release: onlyLinux('/proc/version'),
      commandLine: onlyLinux('/proc/cmdline'),
      bootId: onlyLinux('/proc/sys/kernel/random/boot_id'),
      log: onlyLinux('kernel log'),
      config: onlyLinux('/boot/config'),
      acsOverridePatch: onlyLinux('kernel log'),
    },
    distribution: onlyLinux('/etc/os-release'),
    bootLoader: onlyLinux('/boot'),
    initramfs: onlyLinux('/etc'),
    proxmox: onlyLinux('/etc/pve'),
    image: onlyLinux('/etc/os-release'),
    platforms: onlyLinux('/etc/os-release'),
    asRoot: onlyLinux('config'),
    iommu: { units: onlyLinux('/sys/class/iommu'), interruptRemapping: onlyLinux('kernel log') },
    groups: onlyLinux('/sys/kernel/iommu_groups'),
    functions,
    disks: disksOf(inventory, tree),
    interfaces: interfacesOf(inventory, tree),
    displays: displaysOf(inventory, tree),
    usb: usbOf(inventory, tree),
    sound: onlyLinux('/sys/class/sound'),
    assignments: onlyLinux('/etc'),
    configFiles: [],
    troubles: inventory.missing.map(({ section }) => ({ where: section.slice(0, 80), code: 'file-unreadable' })),
  };
}
