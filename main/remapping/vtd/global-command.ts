import type { Iotlb } from '../caches/iotlb.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { ContextTable } from './context-table.ts';
import type { FaultLog } from './fault-log.ts';
import type { InterruptRemapping } from './interrupt-remapping.ts';
import type { InvalidationQueue } from './invalidation-queue.ts';
import type { PagingStructures } from './paging-structures.ts';
import { global, register } from './registers.ts';
import type { ScalableMode } from './scalable-mode.ts';
import { tableMode } from './state.ts';
import type { LatchedState } from './state.ts';

/** What a global command touches. */
export interface CommandedUnit {
  readonly registers: RegisterFile;
  readonly capabilities: Capabilities;
  readonly state: LatchedState;
  readonly contexts: ContextTable;
  readonly iotlb: Iotlb;
  readonly structures: PagingStructures;
  readonly scalable: ScalableMode;
  readonly interrupts: InterruptRemapping;
  readonly faults: FaultLog;
  readonly queue: InvalidationQueue;
  readonly watch: Watch | null;
  softwareViolations: number;
}

const levels = global.translation | global.queue | global.interrupts | global.compatibility;
const oneShots = global.rootTable | global.interruptTable | global.faultLog | global.writeBuffer;

/**
 * GCMD was written (VT-d 11.4.4.1). Software writes the present status with exactly one bit changed; where several change,
 * the specification leaves the result open: tables are latched first, then queue, interrupts and translation follow.
 * SRTP, SIRTP, SFL and WBF act when written as 1; the others are levels.
 */
export function commandWritten(unit: CommandedUnit, value: number): void {
  const status = unit.registers.read(register.GSTS);
  const changed = ((value ^ status) & levels) | (value & oneShots);
  if ((changed & (changed - 1)) !== 0) unit.softwareViolations++;
  unit.contexts.cache.touch();
  if (value & global.rootTable) latchRootTable(unit);
  if (value & global.interruptTable && unit.capabilities.interruptRemapping) latchInterruptTable(unit);
  if (changed & global.queue && unit.capabilities.queuedInvalidation) switchQueue(unit, (value & global.queue) !== 0);
  if (changed & (global.interrupts | global.compatibility) && unit.capabilities.interruptRemapping)
    switchInterrupts(unit, value);
  if (changed & global.translation) switchTranslation(unit, (value & global.translation) !== 0);
}

function setStatus(unit: CommandedUnit, bit: number, on: boolean): void {
  if (on) unit.registers.raise(register.GSTS, bit);
  else unit.registers.clear(register.GSTS, bit);
}

/** SRTP: RTADDR takes effect now. With ESRTPS the unit also forgets what it cached. */
function latchRootTable(unit: CommandedUnit): void {
  const { registers, state } = unit;
  const low = registers.read(register.RTADDR);
  state.rootHi = registers.read(register.RTADDR + 4);
  state.rootLo = low & ~0xfff;
  const mode = (low >>> 10) & 3;
  const lacking =
    (mode === tableMode.scalable && !unit.capabilities.scalableMode) ||
    (mode === tableMode.abort && !unit.capabilities.abortMode);
  state.mode = lacking ? tableMode.reserved : mode;
  if (unit.capabilities.rootSwitchFlushes) {
    unit.contexts.cache.clear();
    unit.scalable.forget();
    unit.iotlb.clear();
    unit.structures.cache.clear();
  }
  setStatus(unit, global.rootTable, true);
}

/**
 * SIRTP: IRTA takes effect now, its size and mode too. Without ESIRTPS software must invalidate; the unit may forget at any
 * time, and does, since what a kept entry means depends on EIME.
 */
function latchInterruptTable(unit: CommandedUnit): void {
  const { registers, state } = unit;
  const low = registers.read(register.IRTA);
  state.interruptTableHi = registers.read(register.IRTA + 4);
  state.interruptTableLo = low & ~0xfff;
  state.interruptEntries = 2 ** ((low & 0xf) + 1);
  state.extendedInterrupts = (low & (1 << 11)) !== 0;
  unit.interrupts.cache.clear();
  setStatus(unit, global.interruptTable, true);
}

/** IQH is 0 while the queue is off (QEMU hw/i386/intel_iommu.c vtd_handle_gcmd_qie; VT-d 11.4.9.1 [recall the number]). */
function switchQueue(unit: CommandedUnit, on: boolean): void {
  unit.queue.rewind();
  setStatus(unit, global.queue, on);
  if (on) unit.queue.run(unit.watch);
}

function switchInterrupts(unit: CommandedUnit, value: number): void {
  unit.state.remappingInterrupts = (value & global.interrupts) !== 0;
  unit.state.compatibilityAllowed = (value & global.compatibility) !== 0;
  setStatus(unit, global.interrupts, unit.state.remappingInterrupts);
  setStatus(unit, global.compatibility, unit.state.compatibilityAllowed);
}

/** TE: on restarts the fault records at the first one. */
function switchTranslation(unit: CommandedUnit, on: boolean): void {
  unit.state.translating = on;
  if (on) unit.faults.restart();
  setStatus(unit, global.translation, on);
}
