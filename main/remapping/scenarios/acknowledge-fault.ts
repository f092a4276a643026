import type { PciAddress } from '../../machine/address.ts';
import { kernelLines } from '../vtd/kernel-log.ts';
import { faultStatus, register } from '../vtd/registers.ts';
import type { VtdUnit } from '../vtd/unit.ts';

const read = 1 << 30;
const recorded = 1 << 31;

/** What Linux's dmar_fault does with a recorded fault: print it, clear its record, clear the overflow. */
export function acknowledgeFault(unit: VtdUnit, source: PciAddress, reason: number): readonly string[] {
  const status = unit.readRegister(register.FSTS);
  const { faultRecords, faultRecordCount } = unit.capabilities;
  const at = faultRecords + 16 * ((status >>> faultStatus.indexShift) & 0xff);
  const lines = kernelLines({
    reason,
    source,
    infoHi: unit.readRegister(at + 4),
    infoLo: unit.readRegister(at),
    read: (unit.readRegister(at + 12) & read) !== 0,
    pasid: null,
    faultStatus: status,
  });
  for (let record = 0; record < faultRecordCount; record++)
    unit.writeRegister(faultRecords + 16 * record + 12, recorded);
  unit.writeRegister(register.FSTS, faultStatus.overflow);
  return lines;
}
