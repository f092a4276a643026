import { frameWords } from '../../main/words/frame.ts';

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

const millisecondsOfDay = 86_400_000;
/** After this many days, what was read may no longer be so. */
const daysUntilOld = 3;

const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

/** `today at 14:02`, `12 Nov`, `12 Nov 2025`; null for what is no date. `iso` is ISO 8601. */
export function whenWords(iso: string | null, now: Date): string | null {
  const then = iso === null ? null : new Date(iso);
  if (then === null || Number.isNaN(then.getTime())) return null;
  if (sameDay(then, now)) return frameWords.today(time.format(then));
  return then.getFullYear() === now.getFullYear() ? day.format(then) : dayOfYear.format(then);
}

/** `14:02`; null for what is no date. */
export function timeWords(iso: string | null): string | null {
  const then = iso === null ? null : new Date(iso);
  return then === null || Number.isNaN(then.getTime()) ? null : time.format(then);
}

/** `today`, `12 Nov`, `12 Nov 2025`: the day alone. */
export function dayWords(iso: string | null, now: Date): string | null {
  const then = iso === null ? null : new Date(iso);
  return then !== null && sameDay(then, now) ? frameWords.thisDay : whenWords(iso, now);
}

/** `3 days` once a reading is too old to rely on, else null. */
export function ageWords(iso: string | null, now: Date): string | null {
  const then = iso === null ? NaN : new Date(iso).getTime();
  const days = Math.floor((now.getTime() - then) / millisecondsOfDay);
  return days >= daysUntilOld ? frameWords.days(days) : null;
}
