/** The three that ELI measured. */
export const eliModes = ['host', 'delivery-only', 'exitless'] as const;
export type EliMode = (typeof eliModes)[number];

/** What one second of a workload brings to a processor, and what was measured of it. */
export interface EliRow {
  /** interrupts of the assigned network card */
  readonly interrupts: number;
  /** of these, how many arrived while the host had the processor or had to be injected */
  readonly inHost: number;
  readonly exits: number;
  /** of the time, from 0 to 1, rounded to hundredths in the paper */
  readonly guestTime: number;
}

/**
 * Gordon and others, ELI: Bare-Metal Performance for I/O Virtualization, ASPLOS 2012, Table 1. All [recall]: from memory of the table; of the numbers, only that the rate of interrupts exceeds 150 000 a second was
 * read (in the paper's introduction, as a public page has it). `interrupts` and `inHost` go in: the workloads are as fast
 * as they are served, so each mode has its own rate. `exits` and `guestTime` are what must come out.
 */
export const eliWorkloads = {
  netperf: {
    host: { interrupts: 48_802, inHost: 48_802, exits: 102_222, guestTime: 0.69 },
    'delivery-only': { interrupts: 42_600, inHost: 678, exits: 43_832, guestTime: 0.94 },
    exitless: { interrupts: 48_746, inHost: 103, exits: 764, guestTime: 0.99 },
  },
  apache: {
    host: { interrupts: 36_418, inHost: 36_418, exits: 90_506, guestTime: 0.67 },
    'delivery-only': { interrupts: 61_499, inHost: 1107, exits: 64_187, guestTime: 0.89 },
    exitless: { interrupts: 66_546, inHost: 195, exits: 1118, guestTime: 0.98 },
  },
  memcached: {
    host: { interrupts: 59_394, inHost: 59_394, exits: 123_134, guestTime: 0.6 },
    'delivery-only': { interrupts: 120_526, inHost: 2319, exits: 123_402, guestTime: 0.83 },
    exitless: { interrupts: 154_512, inHost: 207, exits: 1001, guestTime: 0.98 },
  },
} as const satisfies Record<string, Record<EliMode, EliRow>>;
export type EliWorkload = keyof typeof eliWorkloads;

/**
 * Timer ticks of guest and host a second (a kernel with HZ=250, assumed), and how many of the interrupts that the host
 * takes find the guest with interrupts off: 8060 of 48 802 in netperf's baseline [recall], which all rows then use.
 */
export const eliBackground = { ticks: 250, windowShare: 8060 / 48_802 } as const;

/** UDP round trip of one byte in µs [recall]: bare metal goes in, the guest's must come out. */
export const eliRoundTrip = {
  bare: 27.93,
  host: 36.14,
  'delivery-only': 30.1,
  exitless: 28.51,
} as const satisfies Record<EliMode | 'bare', number>;
