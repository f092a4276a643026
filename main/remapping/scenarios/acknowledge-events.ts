import type { PciAddress } from '../../machine/address.ts';
import { kernelLine } from '../amdvi/kernel-log.ts';
import { register, status } from '../amdvi/registers.ts';
import type { AmdUnit } from '../amdvi/unit.ts';

const entryBytes = 16;

/**
 * What Linux's amd_iommu_int_thread does: clear the interrupt's bit, print every entry between head and tail, move the head.
 * All of them are of one device; `driver`: what it is bound to (vfio-pci while it is given to a guest), null where there
 * is no such function.
 */
export function acknowledgeEvents(unit: AmdUnit, device: PciAddress, driver: string | null): readonly string[] {
  unit.writeRegister(register.STATUS, status.eventInterrupt | status.eventOverflow);
  const baseHi = unit.readRegister(register.EVT_BASE + 4) & 0xfffff;
  const base = (unit.readRegister(register.EVT_BASE) & ~0xfff) >>> 0;
  const bytes = entryBytes << ((unit.readRegister(register.EVT_BASE + 4) >>> 24) & 0xf);
  const tail = unit.readRegister(register.EVT_TAIL);
  const lines: string[] = [];
  let head = unit.readRegister(register.EVT_HEAD);
  for (; head !== tail; head = (head + entryBytes) % bytes) {
    const lo = base + head;
    const hi = baseHi + Math.floor(lo / 2 ** 32);
    unit.memory.readQuad(hi, lo | 0);
    const upper = unit.memory.outHi;
    unit.memory.readQuad(hi, (lo + 8) | 0);
    lines.push(
      kernelLine({
        code: upper >>> 28,
        source: device,
        space: upper & 0xffff,
        flags: (upper >>> 16) & 0xfff,
        addressHi: unit.memory.outHi,
        addressLo: unit.memory.outLo,
        driver,
      }),
    );
  }
  unit.writeRegister(register.EVT_HEAD, head);
  return lines;
}
