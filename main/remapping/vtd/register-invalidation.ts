import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { Invalidation } from './invalidation.ts';
import { granularity } from './invalidation.ts';
import { global, register } from './registers.ts';

/** ICC and IVT, in the upper half. */
const command = 1 << 31;

/** Through the registers nothing may be invalidated while the queue is on: the request is ignored and says so with granularity 0. */
const queueIsOn = (registers: RegisterFile): boolean => (registers.read(register.GSTS) & global.queue) !== 0;

/** CCMD was written (VT-d 11.4.6.1): ICC 63, CIRG 62:61, CAIG 60:59, FM 33:32, SID 31:16, DID 15:0. */
export function contextCommandWritten(registers: RegisterFile, invalidation: Invalidation, watch: Watch | null): void {
  const upper = registers.read(register.CCMD + 4);
  if ((upper & command) === 0) return;
  const lower = registers.read(register.CCMD);
  const done = queueIsOn(registers)
    ? granularity.none
    : invalidation.contextCache((upper >>> 29) & 3, lower & 0xffff, lower >>> 16, upper & 3, watch);
  registers.set(register.CCMD + 4, (upper & ~(command | (3 << 27))) | (done << 27));
}

/** IOTLB was written (VT-d 11.4.6.3): IVT 63, IIRG 61:60, IAIG 58:57, DR 49, DW 48, DID 47:32; the page is in IVA, with IH in its bit 6. */
export function iotlbCommandWritten(
  registers: RegisterFile,
  capabilities: Capabilities,
  invalidation: Invalidation,
  watch: Watch | null,
): void {
  const at = capabilities.iotlbRegisters;
  const upper = registers.read(at + 12);
  if ((upper & command) === 0) return;
  const addressLo = registers.read(at);
  const done = queueIsOn(registers)
    ? granularity.none
    : invalidation.translations(
        (upper >>> 28) & 3,
        upper & 0xffff,
        registers.read(at + 4),
        addressLo & ~0xfff,
        addressLo & 0x3f,
        (addressLo & (1 << 6)) !== 0,
        watch,
      );
  registers.set(at + 12, (upper & ~(command | (3 << 25))) | (done << 25));
}
