import { access } from '../access.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Command } from './commands.ts';
import type { DeviceTable } from './device-table.ts';
import { found } from './device-table.ts';
import type { EventLog } from './event-log.ts';
import { flag } from './events.ts';
import { control, register } from './registers.ts';
import type { RingLog } from './ring-log.ts';

/** A page that a device wants present (PCIe PRI). `pasid` -1: none. `bits`: see access.ts. `tag`: page group, 9 bits. */
export interface PageRequest {
  readonly source: number;
  readonly pasid: number;
  readonly hi: number;
  readonly lo: number;
  readonly bits: number;
  readonly tag: number;
}

/** What software answers, as the device gets it: 0 success, 1 not allowed, 15 failed (Linux PPR_SUCCESS, _INVALID, _FAILURE). */
export interface PageAnswer {
  readonly source: number;
  readonly pasid: number;
  readonly tag: number;
  readonly response: number;
}

/** Flags of a log entry, bits 59:48 (Linux PPR_FLAG_*). */
const pageFlag = { execute: 0x002, read: 0x004, write: 0x020, user: 0x040, guest: 0x100 } as const;
/** Type of a log entry, bits 63:60 (Linux PPR_REQ_FAULT). */
const pageFault = 1;
const invalid = 1;

/** Page requests of devices: the log in which software finds them, and its answers (AMD 48882 2.6; Linux ppr.c). */
export class PageRequests {
  /** the answer that a device got last */
  answer: PageAnswer | null = null;
  private readonly registers: RegisterFile;
  private readonly devices: DeviceTable;
  private readonly log: RingLog;
  private readonly events: EventLog;

  constructor(registers: RegisterFile, devices: DeviceTable, log: RingLog, events: EventLog) {
    this.registers = registers;
    this.devices = devices;
    this.log = log;
    this.events = events;
  }

  /** True where software will find the request; otherwise the unit has answered by itself. */
  receive(request: PageRequest, watch: Watch | null): boolean {
    const { source, pasid, bits } = request;
    // 1. The unit takes page requests, and the device's entry lets it send them (PPR).
    const on = (this.registers.read(register.CONTROL) & control.pageRequests) !== 0;
    const known = this.devices.find(source, watch) === found.entry && this.devices.valid;
    if (!on || !known || !this.devices.pageRequests) {
      this.events.reportPageRequest(
        {
          source,
          pasid,
          domain: 0,
          flags: pasid >= 0 ? flag.guest : 0,
          addressHi: request.hi,
          addressLo: request.lo & ~0xfff,
        },
        request.tag,
        watch,
      );
      this.refuse(request);
      return false;
    }
    // 2. The entry: device 15:0, PASID 31:16 and 45:42, tag 41:32, flags 59:48, type 63:60; the page.
    const flags =
      (bits & access.execute ? pageFlag.execute : 0) |
      (bits & access.read ? pageFlag.read : 0) |
      (bits & access.write ? pageFlag.write : 0) |
      (bits & access.privileged ? 0 : pageFlag.user) |
      (pasid >= 0 ? pageFlag.guest : 0);
    const space = Math.max(0, pasid);
    const appended = this.log.append([
      source | (space << 16),
      (request.tag & 0x3ff) | ((space >>> 16) << 10) | (flags << 16) | (pageFault << 28),
      request.lo & ~0xfff,
      request.hi,
    ]);
    // 3. No room: the device is told so at once [recall].
    if (appended !== 'written') this.refuse(request);
    return appended === 'written';
  }

  private refuse({ source, pasid, tag }: PageRequest): void {
    this.answer = { source, pasid, tag, response: invalid };
  }

  /** COMPLETE_PPR_REQUEST: tag in 104:96, status in 111:108 (Linux build_complete_ppr). */
  complete([w0, w1, w2, w3]: Command): void {
    const guest = (w2 & 4) !== 0;
    this.answer = {
      source: w0 & 0xffff,
      pasid: guest ? w1 & 0xfffff : -1,
      tag: w3 & 0x1ff,
      response: (w3 >>> 12) & 0xf,
    };
  }
}
