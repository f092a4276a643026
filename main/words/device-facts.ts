const count = (many: number, one: string, more = `${one}s`): string => `${many} ${many === 1 ? one : more}`;

/** Lanes and speed of one side of a link: `×4 at 16 GT/s`. */
const side = (width: number | null, speed: number | null): string =>
  [width === null ? null : `×${width}`, speed === null ? null : `${speed} GT/s`]
    .filter((part) => part !== null)
    .join(' at ');

/** Ways to reset a function, as the kernel names them in sysfs (drivers/pci/pci.c pci_reset_fn_methods). */
const resetWays: Readonly<Record<string, string>> = {
  device_specific: 'a way of this model’s own, which Linux knows',
  acpi: 'by the firmware (_RST)',
  flr: 'function-level reset: this function alone',
  af_flr: 'function-level reset of older devices: this function alone',
  pm: 'by sleeping (D3hot) and waking',
  bus: 'the whole bus below its port: every function there is reset with it',
  cxl_bus: 'the whole CXL bus below its port',
};

/** What the inspector says of a function beyond its judgement: sections that open, each with its gist. */
export const deviceFactWords = {
  title: 'What it is',
  sections: {
    identity: 'Names and ids',
    place: 'Place and slot',
    link: 'Link',
    reset: 'Reset and power',
    memory: 'Memory',
    reserved: 'Reserved memory',
    interrupts: 'Interrupts',
    sharing: 'Translation and sharing',
    capabilities: 'Capabilities',
  },
  yes: 'yes',
  no: 'no',
  on: 'on',
  off: 'off',
  none: 'none',

  ids: 'Vendor and device',
  subsystem: 'Subsystem',
  class: 'Class',
  driver: 'Driver',
  kind: 'Kind',

  path: 'Path',
  buses: 'Buses below',
  numa: 'NUMA node',
  servedBy: 'Served by',
  unserved: 'no unit: its DMA is not translated',
  slot: 'Slot',
  slotNumber: (number: number): string => `number ${number}`,
  hotPlug: 'hot-plug',
  surprise: 'may be pulled without asking',
  fixed: 'no hot-plug',
  empty: 'empty',
  occupied: 'occupied',
  thunderbolt: 'Thunderbolt or USB4',
  thunderboltItself: 'belongs to a controller',
  removable: 'Pluggable from outside',
  through: 'Reached through',
  throughKinds: { thunderbolt: 'Thunderbolt', vmd: 'Intel VMD' },
  virtualOf: 'Virtual function of',

  linkNow: 'Runs at',
  linkMost: 'At most',
  side,
  lanesOf: (width: number, most: number): string => `×${width} of ×${most}`,
  fullSpeed: 'as fast as it can',
  linkSays: {
    full: 'It runs as fast as it can.',
    narrow: (width: number, most: number): string => `It runs on ${width} of its ${most} lanes.`,
    narrowPort: (port: string, lanes: number): string => `The port above, ${port}, has ${count(lanes, 'lane')}.`,
    narrowWhy:
      'The slot may be wired for fewer lanes, may share them with another slot, or the card may sit loosely. Saving power seldom takes lanes away.',
    slow: (speed: number, most: number): string => `It runs at ${speed} of ${most} GT/s.`,
    slowPort: (port: string, speed: number): string => `The port above, ${port}, goes no faster than ${speed} GT/s.`,
    slowWhy: 'Most cards slow their link down while idle, to save power. Look again while it works.',
  },

  flr: 'Function-level reset',
  ways: 'Ways to reset',
  way: (method: string): string => resetWays[method] ?? 'a way that this version does not know',
  noWay: 'no way to reset it',
  powerNow: 'Power state',
  powerStates: 'Power states',
  d3cold: 'Power may be cut (D3cold)',
  wakes: 'Wakes from D3cold',
  keepsState: 'D3hot and back',
  keepsStateText: 'keeps its state: no reset',
  losesState: 'forgets its state',

  bar: (index: number): string => `BAR ${index}`,
  rom: 'Option ROM',
  barKinds: { memory: 'memory', io: 'I/O ports', rom: 'ROM' },
  at: (address: string): string => `at ${address}`,
  bits: (bits: number): string => `${bits} bits`,
  prefetchable: 'prefetchable',
  barOff: 'off',
  sizeUnknown: 'size not known',
  resizable: (index: number): string => `BAR ${index} can be`,
  upTo: (size: string): string => `up to ${size}`,
  romShadowed: 'the firmware’s copy stands for it',
  romBroken: 'no PC option ROM in it',
  romGood: 'a PC option ROM is in it',

  reservedNone: 'none: the firmware reserves nothing for it',
  reservedKernel: 'Kept by the kernel for its group',
  kinds: {
    direct: 'must stay mapped',
    'direct-relaxable': 'given up when it is handed over',
    msi: 'interrupts',
    reserved: 'not used for DMA',
  } as Readonly<Record<string, string>>,
  inMap: {
    reserved: 'reserved in the memory map',
    usable: 'the memory map calls it usable',
    'partly-usable': 'the memory map calls part of it usable',
    'not-reserved': 'the memory map does not reserve it',
  },

  msix: 'MSI-X',
  msi: 'MSI',
  vectors: (vectors: number, enabled: boolean): string => `${count(vectors, 'vector')}, ${enabled ? 'on' : 'off'}`,
  maskable: 'each can be masked',
  onlyPins: 'by a wire only (INTx)',

  ats: 'Address translation service',
  pri: 'Page requests',
  pasid: 'Process address spaces',
  pasidBits: (bits: number): string => `${bits} bits`,
  ari: 'More than 8 functions (ARI)',
  ariForwarding: 'Passes ARI on',
  acs: 'ACS',
  sriov: 'Virtual functions',
  vfs: (enabled: number, total: number): string => `${enabled} of ${total} on`,
  nothingShared: 'none of these',

  capability: (many: number): string => count(many, 'capability', 'capabilities'),
  configBytes: (bytes: number): string => `${bytes} bytes of config space read`,
} as const;
