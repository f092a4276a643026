/** QEMU's edu device: DMA both ways from a buffer of 4 KiB, and one MSI. Commands of the qtest protocol. */
export interface Edu {
  readonly requester: number;
  /** address of its registers */
  readonly bar: number;
}

/** Three functions: two below and above devfn 80h on the root bus, one behind a root port. */
export const devices: readonly Edu[] = [
  { requester: 0x0020, bar: 0xfe000000 },
  { requester: 0x0080, bar: 0xfe200000 },
  { requester: 0x0100, bar: 0xfe400000 },
];

export const deviceArguments: readonly string[] = [
  ...['-device', 'edu,addr=04.0,dma_mask=0xffffffffffffffff'],
  ...['-device', 'edu,addr=10.0,dma_mask=0xffffffffffffffff'],
  ...['-device', 'pcie-root-port,id=slot1,addr=02.0,chassis=1,slot=1'],
  ...['-device', 'edu,bus=slot1,addr=00.0,dma_mask=0xffffffffffffffff'],
];

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const configAddress = (requester: number, register: number): string =>
  hex((0x80000000 | (requester << 8) | (register & 0xfc)) >>> 0);

const configWrite = (requester: number, register: number, value: number, size: 'l' | 'w' = 'l'): string[] => [
  `outl 0xcf8 ${configAddress(requester, register)}`,
  `out${size} ${hex(0xcfc + (register & 2))} ${hex(value >>> 0)}`,
];

const rootPort = 0x0010;
/** edu has one capability, at 40h: MSI with 64-bit addresses. */
const msi = 0x40;

/** Gives the bridge its bus and window, and each device its registers, bus mastering and MSI. */
export function deviceSetup(): string[] {
  const bridge = [
    ...configWrite(rootPort, 0x18, 0x00010100),
    ...configWrite(rootPort, 0x20, 0xfe40fe40),
    ...configWrite(rootPort, 0x04, 6, 'w'),
  ];
  return [
    ...bridge,
    ...devices.flatMap(({ requester, bar }) => [
      ...configWrite(requester, 0x10, bar),
      ...configWrite(requester, 0x04, 6, 'w'),
      ...configWrite(requester, msi + 2, 0x81, 'w'),
    ]),
  ];
}

const bufferStart = 0x40000;

/** The timer of edu fires 100 ms after its command; stepping the clock past it makes DMA happen before the next answer. */
export function dma(edu: Edu, write: boolean, address: bigint, slot: number, bytes: number): string[] {
  const inside = BigInt(bufferStart + slot * 4);
  const [from, to] = write ? [inside, address] : [address, inside];
  return [
    `writeq ${hex(edu.bar + 0x80)} ${hex(from)}`,
    `writeq ${hex(edu.bar + 0x88)} ${hex(to)}`,
    `writeq ${hex(edu.bar + 0x90)} ${hex(bytes)}`,
    `writeq ${hex(edu.bar + 0x98)} ${write ? '0x3' : '0x1'}`,
    'clock_step 100000001',
  ];
}

/** Sends one MSI with this address below 4 GiB and these 16 bits of data. */
export function message(edu: Edu, address: number, data: number): string[] {
  return [
    ...configWrite(edu.requester, msi + 4, address),
    ...configWrite(edu.requester, msi + 12, data, 'w'),
    `writel ${hex(edu.bar + 0x60)} 0x1`,
    `writel ${hex(edu.bar + 0x64)} 0x1`,
  ];
}
