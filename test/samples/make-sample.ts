import { known, valueOr, type Fact } from '../../main/machine/fact.ts';
import { identityOf } from '../../main/machine/identity.ts';
import { readDmiLine } from '../../main/machine/kernel-log/dmi-line.ts';
import { machineFromText } from '../../main/machine/lspci/machine-from-text.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { PciNames } from '../../main/machine/names/pci-names.ts';
import { reportOf } from '../../main/machine/report/parse-report.ts';
import { isSourceProblem } from '../../main/machine/source-problem.ts';
import { dumps, dumpWithGroups, type Dump } from '../hosts/corpus.ts';
import type { Staging } from './staging.ts';

const staged = <T>(value: T): Fact<T> => known(value, 'assumed', 'staged for the sample');
/** What the collector wrote down of the same report beside the dump. */
const beside = <T>(value: T | null | undefined, otherwise: Fact<T>): Fact<T> =>
  value == null ? otherwise : known(value, 'measured', 'the report that the lspci output comes from');

/** A sample machine: the facts of a real machine's public lspci output, and the staging that it needs to be looked around on. */
export function makeSample(staging: Staging, names: PciNames): Machine {
  const dump = dumps.find(({ name }) => name === staging.dump);
  if (!dump) throw new Error(`the corpus has no ${staging.dump}`);
  const machine = machineFromText(dumpWithGroups(dump.name), names, {
    kind: 'sample',
    name: staging.name,
    readAt: null,
    collectedAt: null,
    origin: dump.origin,
    partlyStaged: true,
  });
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  const { board, cpu, release } = whoItIs(dump, machine, names);
  return {
    ...machine,
    identity: identityOf(board, machine.functions),
    board,
    cpu,
    firmware: { ...machine.firmware, efi: staged(staging.efi) },
    kernel: { ...machine.kernel, release, commandLine: staged(staging.commandLine) },
    distribution: staged(staging.distribution),
    bootLoader: staged(staging.bootLoader),
    initramfs: staged(staging.initramfs),
    proxmox: valueOr(release, '').endsWith('-pve') ? known(true, 'derived', 'kernel release') : staged(false),
    functions: machine.functions.map((fn) => ({ ...fn, bootVga: staged(fn.address === staging.bootDisplay) })),
    disks: staged([...staging.disks]),
    interfaces: staged([...staging.interfaces]),
    displays: staged([...staging.displays]),
    usb: staged([...staging.usb]),
  };
}

/** Board, CPU and kernel from the index's words (`VENDOR PRODUCT/BOARD, BIOS … / CPU / kernel …`) and from the functions. */
function whoItIs(
  dump: Dump,
  machine: Machine,
  names: PciNames,
): Pick<Machine, 'board' | 'cpu'> & { release: Fact<string> } {
  const parts = dump.machine.split(' / ').map((part) => part.trim());
  const dmi = readDmiLine(parts[0] ?? '');
  const release = parts.find((part) => part.startsWith('kernel '))?.slice('kernel '.length);
  const model = parts.find((part, index) => index > 0 && !part.startsWith('kernel '));
  // The board's maker puts its number into the chipset's functions.
  const chipset = machine.functions.find((fn) => fn.parent === null && valueOr(fn.ids, null)?.subsystemVendor != null);
  const maker = names.vendor(chipset ? (valueOr(chipset.ids, null)?.subsystemVendor ?? 0) : 0);
  const nodes = new Set(machine.functions.flatMap(({ numaNode }) => numaNode ?? []));
  const { board, cpu, kernel } = machine;
  return {
    board: {
      vendor: maker === null || !chipset ? board.vendor : known(maker, 'derived', `subsystem of ${chipset.address}`),
      product: beside(dmi?.board, board.product),
      systemVendor: beside(dmi?.systemVendor, board.systemVendor),
      systemProduct: beside(dmi?.systemProduct, board.systemProduct),
      firmwareVersion: beside(dmi?.firmwareVersion, board.firmwareVersion),
      firmwareDate: beside(dmi?.firmwareDate, board.firmwareDate),
    },
    cpu: {
      ...cpu,
      model: beside(model, cpu.model),
      sockets: nodes.size > 1 ? known(nodes.size, 'derived', 'NUMA nodes of the functions') : cpu.sockets,
    },
    release: beside(release, kernel.release),
  };
}

/** A report with one line a function, so that a change of one function is a change of one line. */
export function sampleText(machine: Machine): string {
  const report = reportOf(machine);
  const lines = Object.entries(report.machine).map(([key, value]) => {
    const text =
      key === 'functions'
        ? `[\n${report.machine.functions.map((fn) => JSON.stringify(fn)).join(',\n')}\n]`
        : JSON.stringify(value);
    return `${JSON.stringify(key)}:${text}`;
  });
  return `{"format":${JSON.stringify(report.format)},"version":${report.version},"machine":{\n${lines.join(',\n')}\n}}\n`;
}
