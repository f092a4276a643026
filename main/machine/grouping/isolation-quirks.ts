import type { PortType } from '../pci-function.ts';

/**
 * What a device does although no ACS capability says so: drivers/pci/quirks.c, `pci_dev_acs_enabled[]`, the same in Linux
 * 6.1.192, 6.12.117 and 7.2. The first row that matches and has an answer decides; `null` stands for any device id.
 */
export interface IsolationQuirk {
  readonly vendor: number;
  /** single ids and inclusive ranges */
  readonly devices: readonly (number | readonly [first: number, last: number])[] | null;
  /** only on these PCI Express types */
  readonly types?: readonly PortType[];
  readonly when?:
    /** multifunction, on a root bus, and an IVRS is there (pci_quirk_amd_sb_acs) */
    | 'amd-southbridge'
    /** an ACS capability is there, its control register merely sits elsewhere (pci_quirk_intel_spt_pch_acs) */
    | 'has-capability';
  /** `capability`: the bits that the capability has, as with any other port */
  readonly isolates: boolean | 'capability';
}

const rootPort = ['root-port'] as const;
const ports = ['root-port', 'downstream-port'] as const;

/** pci_quirk_intel_pch_acs_ids[]: root ports that Linux sets up through the chipset's own registers (Red Hat bug 1037684). */
const intelPchPorts: IsolationQuirk['devices'] = [
  [0x3b42, 0x3b51], // Ibex Peak
  [0x1c10, 0x1c1f], // Cougar Point
  [0x1e10, 0x1e1f], // Panther Point
  [0x8c10, 0x8c1f], // Lynx Point-H
  [0x9c10, 0x9c1b], // Lynx Point-LP
  [0x9c90, 0x9c9b], // Wildcat Point
  ...[0x1d10, 0x1d12, 0x1d14, 0x1d16, 0x1d18, 0x1d1a, 0x1d1c, 0x1d1e], // Patsburg (X79)
  [0x8d10, 0x8d1e], // Wellsburg (X99)
  ...[0x8c90, 0x8c92, 0x8c94, 0x8c96, 0x8c98, 0x8c9a, 0x8c9c, 0x8c9e], // 9 series
];

/** pci_quirk_intel_spt_pch_acs_match: ACS registers laid out as double words (100 series specification update, erratum 23). */
const intelWidePorts: IsolationQuirk['devices'] = [
  [0xa110, 0xa11f],
  [0xa167, 0xa16a],
  [0xa290, 0xa29f],
  [0xa2e7, 0xa2ee],
  [0x9d10, 0x9d1b],
];

/** Network functions whose maker says that they do not reach one another (pci_quirk_mf_endpoint_acs). */
const intelNetwork: IsolationQuirk['devices'] = [
  ...([0x10c6, 0x10db, 0x10dd, 0x10e1, 0x10f1, [0x10f7, 0x10fc], 0x1507, 0x1514, 0x151c, 0x1529, 0x152a] as const),
  ...([0x154d, 0x154f, 0x1551, 0x1558] as const), // 82598, 82599, X520
  ...[0x1509, 0x150e, 0x150f, 0x1510, 0x1511, 0x1516, 0x1527], // 82580
  ...[0x10c9, 0x10e6, 0x10e7, 0x10e8, 0x150a, 0x150d, 0x1518, 0x1526], // 82576
  ...[0x10a7, 0x10a9, 0x10d6], // 82575
  [0x1521, 0x1524], // I350
  ...[0x105e, 0x105f, 0x1060, 0x10d9], // 82571
  ...[0x15b7, 0x15b8], // I219
];

/** pci_quirk_nxp_rp_acs: LX2xx0A and its kin. */
const nxpPorts: IsolationQuirk['devices'] = [
  [0x8d80, 0x8d83],
  [0x8d88, 0x8d8b],
  [0x8d90, 0x8d93],
  [0x8d98, 0x8d9b],
  [0x8da0, 0x8da1],
  [0x8da8, 0x8da9],
  [0x8db0, 0x8db1],
  [0x8db8, 0x8db9],
];

export const isolationQuirks: readonly IsolationQuirk[] = [
  {
    vendor: 0x1002,
    devices: [0x4383, 0x4384, 0x4385, 0x4399, 0x439c, 0x439d],
    when: 'amd-southbridge',
    isolates: true,
  },
  { vendor: 0x1022, devices: [0x7809, 0x780f], when: 'amd-southbridge', isolates: true },
  { vendor: 0x1924, devices: [0x0903, 0x0923, 0x0a03], isolates: true },
  { vendor: 0x8086, devices: intelNetwork, isolates: true },
  // VT-d specification 3.16: peer-to-peer inside Intel's root complex uses translated addresses only.
  { vendor: 0x8086, devices: null, types: ['root-complex-endpoint'], isolates: true },
  { vendor: 0x17cb, devices: [0x0111, 0x0115, 0x0120, 0x0400, 0x0401], isolates: true },
  { vendor: 0x1dbf, devices: [0x0401], isolates: true },
  { vendor: 0x8086, devices: intelPchPorts, types: rootPort, isolates: true },
  { vendor: 0x8086, devices: intelWidePorts, types: rootPort, when: 'has-capability', isolates: 'capability' },
  { vendor: 0x19a2, devices: [0x0710], isolates: true },
  { vendor: 0x10df, devices: [0x0720], isolates: true },
  { vendor: 0x177d, devices: [[0xa000, 0xa7ff], 0xaf84, 0xb884], types: rootPort, isolates: true },
  { vendor: 0x177d, devices: [0xa026, 0xa059, 0xa060], isolates: true },
  { vendor: 0x10e8, devices: [0xe004], isolates: true },
  { vendor: 0x1def, devices: [[0xe005, 0xe00c]], isolates: true },
  { vendor: 0x14e4, devices: [0x16d7, [0x1750, 0x1752], [0x1760, 0x1763], 0xd714], isolates: true },
  {
    vendor: 0x0014,
    devices: [0x3c09, 0x3c19, 0x3c29, 0x7a09, 0x7a19, 0x7a29, 0x7a39, 0x7a49, 0x7a59, 0x7a69],
    isolates: true,
  },
  { vendor: 0x1c36, devices: [0x0031], types: rootPort, isolates: true },
  { vendor: 0x1d17, devices: [0x3038, 0x3104, 0x9083], isolates: true },
  { vendor: 0x1957, devices: nxpPorts, isolates: true },
  { vendor: 0x1d17, devices: [[0x0710, 0x071e], 0x0721, [0x0723, 0x0752]], types: ports, isolates: true },
  // Zhaoxin's later ports would not even be asked for their capability: the quirk answers no (pci_quirk_zhaoxin_pcie_ports_acs).
  { vendor: 0x1d17, devices: null, types: ports, isolates: false },
  {
    vendor: 0x8088,
    devices: [[0x0100, 0x010f], 0x1001, 0x2001, 0x5010, 0x5025, 0x5040, 0x5110, 0x5125, 0x5140],
    isolates: true,
  },
  { vendor: 0x8088, devices: null, isolates: false },
];
