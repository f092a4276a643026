import type { HostTree } from '../../main/machine/host-tree.ts';
import { machineFromFiles } from '../../main/machine/from-files.ts';
import type { Machine, MachineSource } from '../../main/machine/machine.ts';
import type { PciNames } from '../../main/machine/names/pci-names.ts';

/** A list of names that knows none. */
export const noNames: PciNames = {
  vendor: () => null,
  device: () => null,
  subsystem: () => null,
  className: () => null,
  idsNamed: () => [],
  cardsNamed: () => [],
  classesNamed: () => [],
};

export const testSource = (kind: MachineSource['kind'] = 'folder'): MachineSource => ({
  kind,
  name: 'test',
  readAt: null,
  collectedAt: null,
  origin: null,
  partlyStaged: false,
});

/** The machine of a tree, without names. */
export const machineOf = (tree: HostTree, kind?: MachineSource['kind']): Machine =>
  machineFromFiles(tree, noNames, testSource(kind));
