import type { PhysicalMemory } from '../memory/physical-memory.ts';

/** The registers or memory of a device, at byte addresses of the host that nothing else answers. */
export interface Window {
  readonly base: number;
  readonly bytes: Uint8Array;
}

/** What answers at a host physical address: memory, or the base address register of a device (peer-to-peer). */
export class Bus {
  readonly memory: PhysicalMemory;
  private readonly windows: readonly Window[];

  constructor(memory: PhysicalMemory, windows: readonly Window[] = []) {
    this.memory = memory;
    this.windows = windows;
  }

  private windowAt(address: number): Window | undefined {
    return this.windows.find(({ base, bytes }) => address >= base && address < base + bytes.length);
  }

  /** The byte, or 0xff where nobody claims the read. */
  read(hi: number, lo: number): number {
    const address = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
    const window = this.windowAt(address);
    return window === undefined ? this.memory.readByte(hi, lo) : (window.bytes[address - window.base] ?? 0xff);
  }

  write(hi: number, lo: number, value: number): void {
    const address = (hi >>> 0) * 2 ** 32 + (lo >>> 0);
    const window = this.windowAt(address);
    if (window === undefined) this.memory.writeByte(hi, lo, value);
    else window.bytes[address - window.base] = value;
  }
}
