import * as v from 'valibot';
import { needShape, type Fact, type Need } from '../fact.ts';
import type { Machine } from '../machine.ts';

/** What a report may hold, in the order in which a reader asks for it. */
export const reportParts = [
  'functions',
  'config-space',
  'groups',
  'units',
  'table',
  'reserved-memory',
  'memory-map',
  'firmware-settings',
  'command-line',
  'kernel-log',
  'kernel-config',
  'boot-chain',
  'disks',
  'networks',
  'displays',
  'usb',
  'sound',
  'assignments',
  'files',
] as const;
export type ReportPart = (typeof reportParts)[number];

export const contentShape = v.object({
  part: v.picklist(reportParts),
  /** `none`: it was looked at and there is none · `lacking`: the source does not tell */
  state: v.picklist(['held', 'none', 'lacking']),
  /** how many; null: the part is not counted */
  count: v.nullable(v.number()),
  /** out of how many; null: out of as many */
  of: v.nullable(v.number()),
  /** what it would take to know what is lacking */
  needs: v.nullable(needShape),
  /** where in the document it stands: the keys below `machine` */
  path: v.array(v.string()),
});
export type Content = v.InferOutput<typeof contentShape>;
type Told = Pick<Content, 'state' | 'count' | 'of' | 'needs'>;

const lacking = (needs: Need): Told => ({ state: 'lacking', count: null, of: null, needs });
const counted = (count: number, of: number | null = null): Told => ({
  state: count === 0 ? 'none' : 'held',
  count,
  of,
  needs: null,
});
const ofFact = <T>(fact: Fact<T>, told: (value: T) => Told): Told =>
  fact.known ? told(fact.value) : lacking(fact.needs);
const ofList = (fact: Fact<readonly unknown[]>): Told => ofFact(fact, (list) => counted(list.length));
const held: Told = { state: 'held', count: null, of: null, needs: null };

/** Without root config space ends after the header of 64 bytes: no capability, no ACS (drivers/pci/pci-sysfs.c pci_read_config). */
const headerBytes = 64;

function configSpace({ functions }: Machine): Told {
  const whole = functions.filter(({ configBytes }) => configBytes > headerBytes).length;
  const closed = functions.find(({ capabilities }) => !capabilities.known)?.capabilities;
  if (whole > 0 || functions.length === 0) return counted(whole, functions.length);
  return lacking(closed?.known === false ? closed.needs : 'fuller-source');
}

const table = ({ firmware }: Machine): Told =>
  ofFact(firmware.tables, (tables) => {
    const found = tables.find(({ signature }) => signature === 'DMAR' || signature === 'IVRS');
    if (found === undefined) return counted(0);
    return found.data === null ? lacking('root') : held;
  });

/** The steps from firmware to running kernel: each that is told counts. */
function bootChain({ firmware, bootLoader, initramfs, distribution, image }: Machine): Told {
  const steps = [firmware.efi, firmware.secureBoot, bootLoader, initramfs, distribution, image];
  const told = steps.filter(({ known }) => known).length;
  return told === 0 ? lacking('fuller-source') : counted(told, steps.length);
}

const tellers = {
  functions: { path: ['functions'], tell: ({ functions }) => counted(functions.length) },
  'config-space': { path: ['functions'], tell: configSpace },
  groups: { path: ['groups'], tell: ({ groups }) => ofList(groups) },
  units: { path: ['iommu', 'units'], tell: ({ iommu }) => ofList(iommu.units) },
  table: { path: ['firmware', 'tables'], tell: table },
  'reserved-memory': {
    path: ['firmware', 'remapping'],
    tell: ({ firmware }) => ofFact(firmware.remapping, (hardware) => counted(hardware?.reserved.length ?? 0)),
  },
  'memory-map': { path: ['firmware', 'memoryMap'], tell: ({ firmware }) => ofList(firmware.memoryMap) },
  'firmware-settings': { path: ['firmware', 'settings'], tell: ({ firmware }) => ofList(firmware.settings) },
  'command-line': { path: ['kernel', 'commandLine'], tell: ({ kernel }) => ofFact(kernel.commandLine, () => held) },
  'kernel-log': { path: ['kernel', 'log'], tell: ({ kernel }) => ofList(kernel.log) },
  'kernel-config': { path: ['kernel', 'config'], tell: ({ kernel }) => ofList(kernel.config) },
  'boot-chain': { path: ['distribution'], tell: bootChain },
  disks: { path: ['disks'], tell: ({ disks }) => ofList(disks) },
  networks: { path: ['interfaces'], tell: ({ interfaces }) => ofList(interfaces) },
  displays: { path: ['displays'], tell: ({ displays }) => ofList(displays) },
  usb: { path: ['usb'], tell: ({ usb }) => ofList(usb) },
  sound: { path: ['sound'], tell: ({ sound }) => ofList(sound) },
  assignments: { path: ['assignments'], tell: ({ assignments }) => ofList(assignments) },
  files: { path: ['configFiles'], tell: ({ configFiles }) => counted(configFiles.length) },
} as const satisfies Record<ReportPart, { path: readonly string[]; tell: (machine: Machine) => Told }>;

/** What a report of this machine holds and what it lacks, part by part. */
export const contentsOf = (machine: Machine): Content[] =>
  reportParts.map((part) => ({ part, ...tellers[part].tell(machine), path: [...tellers[part].path] }));
