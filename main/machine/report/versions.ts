import { reportV1Shape, type ReportV1 } from './v1/report-shape.ts';

/** What a report is today. */
export const reportShape = reportV1Shape;
export type Report = ReportV1;
export const reportVersion = 1;

/** One step of the way to today: makes a report of version `from` one of version `from + 1`. */
export interface Migration {
  readonly from: number;
  readonly upgrade: (report: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

/** Steps from older versions, oldest first. Version 1 is the first there was. */
export const migrations: readonly Migration[] = [];

/** Carries a report up to version `to`, one step after the other; null where no step leads on. */
export function migrate(
  report: Readonly<Record<string, unknown>>,
  version: number,
  steps: readonly Migration[],
  to: number,
): Readonly<Record<string, unknown>> | null {
  let current = report;
  for (let at = version; at < to; at++) {
    const step = steps.find(({ from }) => from === at);
    if (!step) return null;
    current = { ...step.upgrade(current), version: at + 1 };
  }
  return current;
}
