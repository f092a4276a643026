import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import { event } from './events.ts';
import type { Features } from './features.ts';
import { hardwareEvent, register } from './registers.ts';
import type { RingLog } from './ring-log.ts';

/** What an event says beside its code (AMD 48882 2.5; Linux iommu_print_event). */
export interface Reported {
  source: number;
  /** address space of the request, -1 for none: then the domain stands in its place */
  pasid: number;
  domain: number;
  flags: number;
  addressHi: number;
  addressLo: number;
}

const hardware: readonly number[] = [event.deviceTableError, event.pageTableError, event.commandError];

/** The event log, and the hardware error registers beside it. Keeps the last event for whoever asked. */
export class EventLog {
  code = 0;
  flags = 0;
  addressHi = 0;
  addressLo = 0;
  /** the last event is in the log in memory */
  recorded = false;
  private readonly ring: RingLog;
  private readonly registers: RegisterFile;
  private readonly features: Features;

  constructor(ring: RingLog, registers: RegisterFile, features: Features) {
    this.ring = ring;
    this.registers = registers;
    this.features = features;
  }

  /** `quiet`: the entry that was asked says not to log it; the request is blocked all the same. */
  report(code: number, reported: Reported, quiet: boolean, watch: Watch | null): void {
    this.code = code;
    this.flags = reported.flags;
    this.addressHi = reported.addressHi;
    this.addressLo = reported.addressLo;
    this.recorded = false;
    if (quiet) {
      watch?.decided('amd-event-suppressed', code, reported.flags, 0);
      return;
    }
    const space = reported.pasid < 0 ? reported.domain : reported.pasid & 0xffff;
    const upper = reported.pasid < 0 ? 0 : (reported.pasid >>> 16) << 16;
    this.write(
      [reported.source | upper, space | (reported.flags << 16) | (code << 28), reported.addressLo, reported.addressHi],
      watch,
    );
  }

  /** An event of the command buffer: it names no device. */
  reportCommand(code: number, flags: number, hi: number, lo: number, watch: Watch | null): void {
    this.report(code, { source: 0, pasid: -1, domain: 0, flags, addressHi: hi, addressLo: lo }, false, watch);
  }

  /** INVALID_PPR_REQUEST keeps the tag, and its address space elsewhere: 31:16 and 45:42 (Linux PPR_PASID). */
  reportPageRequest(reported: Reported, tag: number, watch: Watch | null): void {
    this.code = event.pageRequest;
    this.flags = reported.flags;
    this.addressHi = reported.addressHi;
    this.addressLo = reported.addressLo;
    const pasid = Math.max(0, reported.pasid);
    this.write(
      [
        reported.source | (pasid << 16),
        (tag & 0x3ff) | ((pasid >>> 16) << 10) | (reported.flags << 16) | (event.pageRequest << 28),
        reported.addressLo,
        reported.addressHi,
      ],
      watch,
    );
  }

  private write(words: readonly number[], watch: Watch | null): void {
    if (hardware.includes(this.code)) this.keepHardwareError(words);
    const appended = this.ring.put(words);
    this.recorded = appended === 'written';
    if (appended === 'written') watch?.decided('amd-event-logged', this.code, this.flags, 0);
    else watch?.decided(appended === 'full' ? 'amd-event-log-full' : 'amd-event-log-off', this.code, this.flags, 0);
    this.ring.announce(appended);
  }

  private keepHardwareError([w0 = 0, w1 = 0, w2 = 0, w3 = 0]: readonly number[]): void {
    const { registers } = this;
    if (!this.features.hardwareErrors) return;
    if (registers.read(register.HW_EVENT_STATUS) & hardwareEvent.held)
      registers.raise(register.HW_EVENT_STATUS, hardwareEvent.overflow);
    registers.raise(register.HW_EVENT_STATUS, hardwareEvent.held);
    registers.set(register.HW_EVENT_HI, w0);
    registers.set(register.HW_EVENT_HI + 4, w1);
    registers.set(register.HW_EVENT_LO, w2);
    registers.set(register.HW_EVENT_LO + 4, w3);
  }
}
