/** Bits of a redirection table entry’s low word (82093AA data sheet 3.2.4). */
export const redirection = {
  vector: 0xff,
  /** the hardware’s: a level interrupt was sent and not ended */
  remoteIrr: 1 << 14,
  level: 1 << 15,
  mask: 1 << 16,
  /** index bit 15 of the remappable format (VT-d 5.1.5.1) */
  indexHigh: 1 << 11,
} as const;
/** In the high word: the remappable format, with index bits 14:0 above it. */
export const remappableFormat = 1 << 16;

const messageBase = 0xfee00000 | 0;
const remappable = 1 << 4;

/** Where its messages go: a write to FEEx_xxxx by this requester. False: it was refused. */
export type InterruptPort = (source: number, addressLo: number, data: number) => boolean;

/**
 * An I/O APIC: pins to messages by a redirection table. It has a requester id of its own, which the DMAR table gives it
 * and which interrupt entries are checked against. Entries are two words, low half first.
 */
export class IoApic {
  readonly source: number;
  readonly entries: Int32Array;
  /** messages that went out */
  sent = 0;
  private readonly asserted: boolean[];
  private readonly port: InterruptPort;

  constructor(source: number, port: InterruptPort, pins = 24) {
    this.source = source;
    this.port = port;
    this.entries = new Int32Array(pins * 2);
    this.asserted = new Array<boolean>(pins).fill(false);
    for (let pin = 0; pin < pins; pin++) this.entries[pin * 2] = redirection.mask;
  }

  private low(pin: number): number {
    return this.entries[pin * 2] ?? redirection.mask;
  }

  /** Software writes an entry; remote IRR is not its to write. An asserted level pin that is unmasked fires now. */
  write(pin: number, low: number, high: number): void {
    this.entries[pin * 2] = (low & ~redirection.remoteIrr) | (this.low(pin) & redirection.remoteIrr);
    this.entries[pin * 2 + 1] = high;
    if ((low & redirection.level) === 0) this.entries[pin * 2] = this.low(pin) & ~redirection.remoteIrr;
    if ((low & redirection.level) !== 0) this.fire(pin);
  }

  /** The wire of a pin changes. An edge pin fires when it rises, a level pin while it is up and nothing is outstanding. */
  set(pin: number, up: boolean): void {
    const rises = up && this.asserted[pin] === false;
    this.asserted[pin] = up;
    if (up && ((this.low(pin) & redirection.level) !== 0 || rises)) this.fire(pin);
  }

  /** A processor ended a level interrupt of this vector: every entry with it may fire again. */
  endOfInterrupt(vector: number): void {
    for (let pin = 0; pin < this.asserted.length; pin++) {
      const low = this.low(pin);
      if ((low & redirection.level) === 0 || (low & redirection.vector) !== vector) continue;
      this.entries[pin * 2] = low & ~redirection.remoteIrr;
      this.fire(pin);
    }
  }

  private fire(pin: number): void {
    const low = this.low(pin);
    const level = (low & redirection.level) !== 0;
    if (this.asserted[pin] !== true || (low & redirection.mask) !== 0) return;
    if (level && (low & redirection.remoteIrr) !== 0) return;
    const high = this.entries[pin * 2 + 1] ?? 0;
    // Remappable: the handle is the index, and data names vector and trigger for who looks at it. Otherwise 63:56 is the
    // destination of a message of compatibility format.
    const index = ((high >>> 17) & 0x7fff) | (low & redirection.indexHigh ? 0x8000 : 0);
    const address =
      high & remappableFormat
        ? messageBase | remappable | ((index & 0x7fff) << 5) | ((index >>> 15) << 2)
        : messageBase | ((high >>> 24) << 12) | (((low >>> 11) & 1) << 2);
    const data = (low & 0x7ff) | (level ? (1 << 15) | (1 << 14) : 0);
    this.sent++;
    const accepted = this.port(this.source, address, data);
    if (level && accepted) this.entries[pin * 2] = this.low(pin) | redirection.remoteIrr;
  }
}
