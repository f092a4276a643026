import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';

/** The first line of the kernel log that matches; null where none does or the log is closed. */
export const logLine = (machine: Machine, pattern: RegExp): string | null =>
  valueOr(machine.kernel.log, []).find((line) => pattern.test(line)) ?? null;
