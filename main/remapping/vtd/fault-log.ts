import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { isQualified } from './fault-reasons.ts';
import type { EventMessage } from './event-message.ts';
import { faultStatus, register } from './registers.ts';

/** What the fault record says of a request beside its reason. */
export interface FaultedRequest {
  source: number;
  /** page address, or the interrupt index in bits 63:48 */
  infoHi: number;
  infoLo: number;
  read: boolean;
  pasid: number;
  execute: boolean;
  privileged: boolean;
  /** 0 untranslated, 1 translation request, 2 translated */
  addressType: number;
  /** T2: not a translation but a page request */
  pageRequest?: boolean;
}

const recorded = 1 << 31;
const errors =
  faultStatus.overflow |
  faultStatus.pending |
  faultStatus.queueError |
  faultStatus.completionError |
  faultStatus.timeOut |
  faultStatus.requestOverflow;

/** Primary fault logging: the fault recording registers, FSTS and the fault event (VT-d 7.2.1, 11.4.7.1, 11.4.7.6). */
export class FaultLog {
  private readonly registers: RegisterFile;
  private readonly first: number;
  private readonly count: number;
  private readonly event: EventMessage;
  /** register that takes the next fault */
  private next = 0;

  constructor(registers: RegisterFile, capabilities: Capabilities, event: EventMessage) {
    this.registers = registers;
    this.first = capabilities.faultRecords;
    this.count = capabilities.faultRecordCount;
    this.event = event;
  }

  /** Is this byte offset inside the fault recording registers? */
  covers(offset: number): boolean {
    return offset >= this.first && offset < this.first + 16 * this.count;
  }

  /** Translation goes from off to on: logging starts again at the first record. */
  restart(): void {
    this.next = 0;
  }

  /** Records a fault; true when this request set F in a record. */
  record(reason: number, request: FaultedRequest, processingDisabled: boolean, watch: Watch | null): boolean {
    // 1. A qualified fault whose entry says FPD=1 is not processed.
    if (processingDisabled && isQualified(reason)) {
      watch?.decided('fault-silenced', reason, 0, 0);
      return false;
    }
    // 2. While an overflow is pending, nothing more is recorded.
    if (this.registers.read(register.FSTS) & faultStatus.overflow) {
      watch?.decided('fault-dropped', reason, 0, 0);
      return false;
    }
    // 3. The same fault of the same requester, still pending, may be collapsed into its record.
    const words = encode(reason, request);
    if (this.isPending(words)) {
      watch?.decided('fault-collapsed', reason, 0, 0);
      return false;
    }
    // 4. The next register still holds a fault: overflow.
    const at = this.first + 16 * this.next;
    if (this.registers.read(at + 12) & recorded) {
      watch?.decided('fault-overflow', reason, this.next, 0);
      this.report(faultStatus.overflow, watch);
      return false;
    }
    // 5. Fill the register, F last.
    words.forEach((word, index) => this.registers.set(at + 4 * index, word));
    this.registers.raise(at + 12, recorded);
    watch?.decided('fault-recorded', reason, this.next, 0);
    // 6. The index goes round; PPF with the first pending record raises the event.
    const index = this.next;
    this.next = (this.next + 1) % this.count;
    if (this.registers.read(register.FSTS) & faultStatus.pending) {
      watch?.decided('fault-event-pending-already', reason, 0, 0);
      return true;
    }
    const status = this.registers.read(register.FSTS) & ~(0xff << faultStatus.indexShift);
    this.registers.set(register.FSTS, status | (index << faultStatus.indexShift));
    this.report(faultStatus.pending, watch);
    return true;
  }

  /** Sets a status bit of FSTS; the event is sent only where none was pending before (VT-d 7.3). */
  report(bit: number, watch: Watch | null): void {
    const before = this.registers.read(register.FSTS);
    this.registers.raise(register.FSTS, bit);
    if (before & errors) {
      watch?.decided('fault-event-pending-already', 0, 0, 0);
      return;
    }
    const sent = this.event.raise();
    watch?.decided(sent ? 'fault-event-sent' : 'fault-event-waits', 0, 0, 0);
  }

  /** Software cleared F bits or status bits: PPF follows the records, IP follows the status. */
  settle(): void {
    let pending = false;
    for (let record = 0; record < this.count; record++)
      if (this.registers.read(this.first + 16 * record + 12) & recorded) pending = true;
    if (!pending) this.registers.clear(register.FSTS, faultStatus.pending);
    if ((this.registers.read(register.FSTS) & errors) === 0) this.event.withdraw();
  }

  private isPending(words: readonly number[]): boolean {
    for (let record = 0; record < this.count; record++) {
      const at = this.first + 16 * record;
      if (!(this.registers.read(at + 12) & recorded)) continue;
      const same = words.every((word, index) => {
        const held = this.registers.read(at + 4 * index);
        return (index === 3 ? held & ~recorded : held) === word;
      });
      if (same) return true;
    }
    return false;
  }
}

/** The four words of a fault record without F (VT-d 11.4.7.6): FI 63:12, SID, PRIV, EXE, PP, FR, PV, AT, T1. */
function encode(reason: number, request: FaultedRequest): readonly number[] {
  const hasPasid = request.pasid >= 0;
  const low =
    request.source |
    (request.pageRequest === true ? 1 << 28 : 0) |
    (hasPasid ? (Number(request.privileged) << 29) | (Number(request.execute) << 30) | (1 << 31) : 0);
  const high =
    reason | (hasPasid ? request.pasid << 8 : 0) | (request.addressType << 28) | (request.read ? 1 << 30 : 0);
  return [request.infoLo, request.infoHi, low, high];
}
