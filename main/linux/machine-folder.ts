import type { HostTree } from '../machine/host-tree.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';

/** Whether files are those of a machine: devices, or at least something of proc/ that says what it is. */
export const holdsMachine = (tree: HostTree): boolean =>
  tree.list('sys/bus/pci/devices').length > 0 ||
  tree.list('sys/devices').some((name) => name.startsWith('pci')) ||
  tree.list('sys/class').length > 0 ||
  tree.list('proc').length > 0;

export const missingMachine = (where: string): SourceProblem =>
  sourceProblem('source-not-understood', where, 'no sys/ or proc/ of a captured machine in it');
