import { groupSource } from '../group-source.ts';
import { compareAddresses, slotOf, type PciAddress } from '../address.ts';
import { known, measured, unknown, type Fact } from '../fact.ts';
import { identityOf } from '../identity.ts';
import { readKernelLog, concernsPassthrough, type KernelLog } from '../kernel-log/kernel-log.ts';
import type { Machine, MachineSource } from '../machine.ts';
import type { PciNames } from '../names/pci-names.ts';
import { withPlaces } from '../path.ts';
import type { PciFunction } from '../pci-function.ts';
import { withBadRom } from '../option-rom/bad-rom.ts';
import { sourceProblem, type SourceProblem } from '../source-problem.ts';
import { withThrough } from '../through.ts';
import { driverFact, functionFromRecord, type ReadRecord, type UnplacedFunction } from './function-from-record.ts';
import { groupsOfText } from './groups-of-text.ts';
import { hostOfLog } from './host-of-log.ts';
import { sectionsOf } from './sections.ts';
import { physicalFunctions } from './virtual-functions.ts';

/**
 * Reads a pasted text: `lspci -v…`, `-n…`, `-x…` records, kernel log lines and group listings in any order and number,
 * as forum posts and NVIDIA bug reports hold them. Of several records of one address the fullest counts. Time and memory
 * grow with the length of the text.
 */
export function machineFromText(text: string, names: PciNames, source: MachineSource): Machine | SourceProblem {
  const sections = sectionsOf(text);
  const records = sections.records.map((record) => functionFromRecord(record, names));
  const log = readKernelLog(sections.log);
  const groups = groupsOfText([
    { where: groupSource.records, membership: membershipOf(records) },
    { where: groupSource.log, membership: log.groups },
    { where: groupSource.listing, membership: new Map(sections.listed.map(({ device, group }) => [device, group])) },
  ]);
  if (records.length === 0 && !groups.known) {
    return sourceProblem(
      'source-not-understood',
      source.name,
      'no lspci record and no IOMMU group in it: expected lines such as "01:00.0 VGA compatible controller: …"',
    );
  }
  const functions = functionsOf(records, log);
  const host = hostOfLog(log, functions, groups.known);
  return {
    source,
    identity: identityOf(host.board, functions),
    ...host,
    kernel: { ...host.kernel, log: keptLog(sections.log) },
    asRoot: asRoot(records),
    groups,
    functions,
    disks: unknown('fuller-source', '/sys/class/block'),
    interfaces: unknown('fuller-source', '/sys/class/net'),
    displays: unknown('fuller-source', '/sys/class/drm'),
    usb: unknown('fuller-source', '/sys/bus/usb/devices'),
    sound: unknown('fuller-source', '/sys/class/sound'),
    image: unknown('fuller-source', '/etc/os-release'),
    platforms: unknown('fuller-source', '/etc/os-release'),
    assignments: unknown('fuller-source', '/etc'),
    configFiles: [],
    troubles: [],
  };
}

function membershipOf(records: readonly ReadRecord[]): Map<PciAddress, number> {
  const membership = new Map<PciAddress, number>();
  for (const { fn, group } of records) if (group !== null) membership.set(fn.address, group);
  return membership;
}

function functionsOf(records: readonly ReadRecord[], log: KernelLog): PciFunction[] {
  const byAddress = new Map<PciAddress, ReadRecord>();
  for (const record of records) {
    const other = byAddress.get(record.fn.address);
    byAddress.set(record.fn.address, other ? fuller(other, record) : record);
  }
  const driversShown = records.some((record) => record.driver !== null);
  const functionsInSlot = new Map<string, number>();
  for (const address of byAddress.keys()) {
    functionsInSlot.set(slotOf(address), (functionsInSlot.get(slotOf(address)) ?? 0) + 1);
  }
  const unplaced = [...byAddress.values()]
    .sort((a, b) => compareAddresses(a.fn.address, b.fn.address))
    .map((record): UnplacedFunction => {
      const { fn } = record;
      return {
        ...fn,
        driver: driverFact(record, driversShown),
        // One function alone tells nothing: the others may have been left out of the paste.
        multifunction: fn.multifunction ?? ((functionsInSlot.get(slotOf(fn.address)) ?? 0) > 1 ? true : null),
        rom: log.badRoms.has(fn.address) ? withBadRom(fn.rom) : fn.rom,
        bootVga: log.bootVga === null ? fn.bootVga : measured(log.bootVga === fn.address, 'kernel log, vgaarb'),
      };
    });
  const physical = physicalFunctions(unplaced);
  return withThrough(withPlaces(unplaced.map((fn) => ({ ...fn, physicalFunction: physical.get(fn.address) ?? null }))));
}

/** The fuller of two records of one address, with what only the other one tells. */
function fuller(a: ReadRecord, b: ReadRecord): ReadRecord {
  const [full, less] = b.fullness > a.fullness ? [b, a] : [a, b];
  return {
    ...full,
    fn: {
      ...full.fn,
      ids: full.fn.ids.known ? full.fn.ids : less.fn.ids,
      numaNode: full.fn.numaNode ?? less.fn.numaNode,
    },
    driver: full.driver ?? less.driver,
  };
}

function asRoot(records: readonly ReadRecord[]): Fact<boolean> {
  if (records.some((record) => record.asRoot === true)) return known(true, 'derived', 'lspci, Capabilities');
  if (records.some((record) => record.asRoot === false)) return known(false, 'derived', 'lspci, Capabilities');
  return unknown('fuller-source', 'lspci, Capabilities');
}

const mostLogLines = 2000;

function keptLog(log: readonly string[]): Fact<string[]> {
  if (log.length === 0) return unknown('fuller-source', 'kernel log');
  return measured(log.filter(concernsPassthrough).slice(0, mostLogLines), 'kernel log');
}
