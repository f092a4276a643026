import { readAssignments } from './assignments/read-assignments.ts';
import { known, unknown, type Fact } from './fact.ts';
import { textOf } from './files/read.ts';
import type { HostTree } from './host-tree.ts';
import { identityOf } from './identity.ts';
import type { Machine, MachineSource } from './machine.ts';
import type { PciNames } from './names/pci-names.ts';
import { readInterfaces } from './network/interfaces.ts';
import { withPlaces, type ToldPlace } from './path.ts';
import type { PciAddress } from './address.ts';
import type { PciFunction } from './pci-function.ts';
import { badRomsOf, withBadRom } from './option-rom/bad-rom.ts';
import { readDisks } from './storage/disks.ts';
import { readBoard } from './sysfs/board.ts';
import { readDisplays } from './sysfs/displays.ts';
import { readFirmware } from './sysfs/firmware.ts';
import { functionFolders, type FunctionFolder } from './sysfs/function-folders.ts';
import { readGroups } from './sysfs/groups.ts';
import { readUnits } from './sysfs/iommu-units.ts';
import { readFunction } from './sysfs/read-function.ts';
import { readSound } from './sysfs/sound.ts';
import { readUsb } from './sysfs/usb.ts';
import { readBootLoader } from './system/boot-loader.ts';
import { readConfigFiles } from './system/config-files.ts';
import { readCpu, readMemory } from './system/cpu.ts';
import { readHostName } from './system/host-name.ts';
import { readDistribution, readProxmox } from './system/distribution.ts';
import { readInitramfs } from './system/initramfs.ts';
import { readInterruptRemapping } from './system/interrupt-remapping.ts';
import { isAtLeast, readKernel } from './system/kernel.ts';
import { readImage, readPlatforms } from './system/platform.ts';
import { withThrough } from './through.ts';
import { troubleOfErrno, type Trouble } from './trouble.ts';

/**
 * The machine that a host's files describe: live, captured or made up by a test alike. Nothing is invented; what the
 * files do not tell stays unknown with what it would take to know it, and what could not be read is among `troubles`.
 */
export function machineFromFiles(tree: HostTree, names: PciNames, source: MachineSource): Machine {
  const kernel = readKernel(tree);
  const folders = functionFolders(tree);
  const functions = readFunctions(tree, folders, names, kernel.release);
  const board = readBoard(tree);
  const distribution = readDistribution(tree);
  const proxmox = readProxmox(tree, kernel.release);
  const { disks, troubles: diskTroubles } = readDisks(tree);
  const { interfaces, troubles: networkTroubles } = readInterfaces(tree);
  return {
    source,
    identity: identityOf(board, functions),
    board,
    cpu: readCpu(tree),
    memoryBytes: readMemory(tree),
    firmware: readFirmware(tree, functions),
    kernel,
    distribution,
    bootLoader: readBootLoader(tree, kernel.commandLine),
    initramfs: readInitramfs(tree, distribution, kernel.commandLine),
    proxmox,
    image: readImage(tree, distribution, kernel),
    platforms: readPlatforms(tree, distribution, proxmox, kernel.release),
    asRoot: readAsRoot(functions),
    iommu: { units: readUnits(tree), interruptRemapping: readInterruptRemapping(tree) },
    groups: readGroups(tree, folders),
    functions,
    disks,
    interfaces,
    displays: readDisplays(tree, source.kind === 'live'),
    usb: readUsb(tree, folders),
    sound: readSound(tree),
    assignments: readAssignments(
      tree,
      kernel.commandLine,
      functions.map(({ address }) => address),
    ),
    configFiles: readConfigFiles(tree),
    ...readHostName(tree),
    troubles: [...fileTroubles(tree, folders), ...diskTroubles, ...networkTroubles],
  };
}

function readFunctions(
  tree: HostTree,
  folders: readonly FunctionFolder[],
  names: PciNames,
  release: Fact<string>,
): PciFunction[] {
  const told = new Map<PciAddress, ToldPlace>();
  for (const { address, place } of folders) if (place) told.set(address, place);
  // reset_method came with 5.15 (Documentation/ABI/testing/sysfs-bus-pci).
  const resetListed = release.known && isAtLeast(release.value, 5, 15) === true;
  const placed = withPlaces(
    folders.map((each) => readFunction(tree, each, names, resetListed)),
    told,
  );
  const bad = badRomsOf(textOf(tree, 'cmd/dmesg.txt') ?? '');
  return withThrough(placed.map((fn) => (bad.has(fn.address) ? { ...fn, rom: withBadRom(fn.rom) } : fn)));
}

/** Config space past 64 bytes is CAP_SYS_ADMIN's alone, so that its length tells who looked. */
function readAsRoot(functions: readonly PciFunction[]): Fact<boolean> {
  const lengths = functions.map((fn) => fn.configBytes).filter((length) => length >= 64);
  if (lengths.length === 0) return unknown('fuller-source', 'config');
  return known(
    lengths.some((length) => length >= 256),
    'derived',
    'length of config',
  );
}

/** Files that decide something and were there without being readable. */
function fileTroubles(tree: HostTree, folders: readonly FunctionFolder[]): Trouble[] {
  const paths = [
    ...folders.flatMap(({ folder }) => ['config', 'resource', 'vendor', 'class'].map((name) => `${folder}/${name}`)),
    ...['DMAR', 'IVRS'].map((name) => `sys/firmware/acpi/tables/${name}`),
    ...['proc/cmdline', 'proc/cpuinfo', 'proc/interrupts', 'proc/self/mountinfo', 'cmd/dmesg.txt', 'etc/default/grub'],
  ];
  return paths.flatMap((path) => {
    const errno = tree.trouble(path);
    return errno === null ? [] : [{ where: `/${path}`, code: troubleOfErrno(errno) }];
  });
}
