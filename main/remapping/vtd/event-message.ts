import type { RegisterFile } from '../registers/register-file.ts';
import { eventControl } from './registers.ts';

/** Where a unit's own interrupt messages go. False: the write failed. They are never remapped. */
export type MessageSink = (addressHi: number, addressLo: number, data: number) => boolean;

/**
 * One of the unit's event interrupts, of four registers: control (IM, IP), data, address, upper address (VT-d 5.1.6 and
 * 11.4.7.2). A masked event waits in IP and is sent when software unmasks it.
 */
export class EventMessage {
  /** messages whose write failed; hardware has nowhere to report that */
  lost = 0;
  sent = 0;
  private readonly registers: RegisterFile;
  private readonly control: number;
  private readonly sink: MessageSink;

  constructor(registers: RegisterFile, control: number, sink: MessageSink) {
    this.registers = registers;
    this.control = control;
    this.sink = sink;
  }

  /** True: sent; false: masked, and now pending. */
  raise(): boolean {
    if (this.registers.read(this.control) & eventControl.mask) {
      this.registers.raise(this.control, eventControl.pending);
      return false;
    }
    this.send();
    return true;
  }

  /** After software wrote the control register. */
  controlWritten(): void {
    const control = this.registers.read(this.control);
    if (control & eventControl.mask || !(control & eventControl.pending)) return;
    this.send();
  }

  /** The cause is gone before the message went out. */
  withdraw(): void {
    this.registers.clear(this.control, eventControl.pending);
  }

  private send(): void {
    this.registers.clear(this.control, eventControl.pending);
    const data = this.registers.read(this.control + 4);
    const delivered = this.sink(this.registers.read(this.control + 12), this.registers.read(this.control + 8), data);
    if (delivered) this.sent++;
    else this.lost++;
  }
}
