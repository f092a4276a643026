import { access, noPasid } from '../access.ts';
import type { VtdUnit } from '../vtd/unit.ts';
import type { Bus } from './bus.ts';

/** One MSI of a function, with its mask and pending bits (PCI 6.8.1.7 and 6.8.1.8). */
export interface MessageCapability {
  address: number;
  data: number;
  masked: boolean;
  pending: boolean;
}

export interface CopyResult {
  /** bytes that arrived */
  readonly moved: number;
  /** fault reason of the request that stopped it, 0 for none */
  readonly reason: number;
}

/** A function that copies memory by DMA through a unit, and tells by MSI: what `edu` is to QEMU. */
export class CopyDevice {
  readonly message: MessageCapability = { address: 0, data: 0, masked: false, pending: false };
  messagesSent = 0;
  private readonly unit: VtdUnit;
  private readonly bus: Bus;
  private readonly source: number;

  constructor(unit: VtdUnit, bus: Bus, source: number) {
    this.unit = unit;
    this.bus = bus;
    this.source = source;
  }

  /** Byte addresses below 2^52 as the device sees them. A request never crosses a page; the first that is refused ends it. */
  copy(from: number, to: number, bytes: number): CopyResult {
    let moved = 0;
    while (moved < bytes) {
      const left = Math.min(bytes - moved, 4096 - ((from + moved) % 4096), 4096 - ((to + moved) % 4096));
      const read = this.reach(from + moved, access.read);
      if (read !== 0) return { moved, reason: read };
      const sourceHi = this.unit.dma.outHi;
      const sourceLo = this.unit.dma.outLo;
      const write = this.reach(to + moved, access.write);
      if (write !== 0) return { moved, reason: write };
      const { outHi, outLo } = this.unit.dma;
      for (let byte = 0; byte < left; byte++)
        this.bus.write(outHi, outLo + byte, this.bus.read(sourceHi, sourceLo + byte));
      moved += left;
    }
    return { moved, reason: 0 };
  }

  private reach(address: number, bits: number): number {
    return this.unit.translate(this.source, noPasid, Math.floor(address / 2 ** 32) | 0, address | 0, bits);
  }

  /** Asks for an interrupt. While the message is masked the request waits here: the unit does not hear of it. */
  interrupt(): void {
    if (this.message.masked) this.message.pending = true;
    else this.send();
  }

  mask(masked: boolean): void {
    this.message.masked = masked;
    if (!masked && this.message.pending) this.send();
  }

  private send(): void {
    this.message.pending = false;
    this.messagesSent++;
    this.unit.interrupt(this.source, 0, this.message.address | 0, this.message.data);
  }
}
