/**
 * The stamps that stand before a kernel message: seconds since boot with an optional caller (`CONFIG_PRINTK_CALLER`), the
 * wall clock of `dmesg -T`, a priority, and what syslog, journald and tools write. Each is anchored and short, so a line costs
 * one look at its beginning.
 */
const stamps = [
  /^<\d{1,3}>/,
  // `journalctl -o short-monotonic` has the host's name and `kernel` behind the brackets.
  /^\[\s{0,16}\d{1,10}\.\d{1,9}\]:? ?(?:[\w.-]{1,64} kernel(?:\[\d{1,8}\])?: ?)?/,
  /^\[\s{0,8}[TC]\d{1,8}\]:? ?/,
  // In any language: `[Mon Nov 22 11:18:23 2026]`, `[Po jan 19 11:18:23 2026]`.
  /^\[\S{1,5} \S{1,5} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d{1,9})? \d{4}\] ?/,
  // syslog, and journalctl in its short forms; months in any language: `Nov`, `Mär`, `nov.`, `11月`.
  /^\S{3,6} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S{1,255} kernel(?:\[\d{1,8}\])?: ?/,
  // `journalctl -o short-full` and `short-unix`
  /^\S{2,5} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [A-Z+\-\d]{1,6} \S{1,255} kernel(?:\[\d{1,8}\])?: ?/,
  /^\d{9,11}\.\d{6} \S{1,255} kernel(?:\[\d{1,8}\])?: ?/,
  // `dmesg --time-format=iso`, which rsyslog writes with the host's name, and `dmesg -x`
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,]\d{1,9}(?:Z|[+-]\d\d:?\d\d) (?:[\w.-]{1,64} kernel(?:\[\d{1,8}\])?: ?)?/,
  /^(?:kern|user|daemon|syslog) {0,4}:[a-z]{3,6} {0,3}: ?/,
  // `grep -n`, and grep over several files
  /^(?:\d{1,7}[:-]|[\w./-]{1,120}(?:log|dmesg|messages|txt)[\w.-]{0,16}:)(?=\[[ \d]{0,16}\.?\d|<\d|\S{3,6} [ \d]\d \d\d:\d\d:)/,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)? \S{1,255} kernel(?:\[\d{1,8}\])?: ?/,
  // `journalctl -o cat` beside a name
  /^kernel: /,
  // amd-debug-tools keeps the kernel log in its own.
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]{4,8}: ?/,
] as const;

export interface LogLine {
  readonly message: string;
  /** a stamp stood before it, so this is a line of a log for certain */
  readonly stamped: boolean;
}

/** A line without its stamps. */
export function logLine(line: string): LogLine {
  const message = withoutStamp(line.trim());
  return message === null
    ? { message: line.trim(), stamped: false }
    : { message: withoutStamps(message), stamped: true };
}

function withoutStamp(text: string): string | null {
  if (!/^[[</\p{L}\d]/u.test(text)) return null;
  for (const stamp of stamps) {
    const match = stamp.exec(text);
    if (match) return text.slice(match[0].length).trim();
  }
  return null;
}

/** syslog keeps the kernel's own stamp behind its, and grep writes before both: at most four stand in a row. */
function withoutStamps(text: string): string {
  let plain = text;
  for (let more = 0; more < 3; more++) plain = withoutStamp(plain) ?? plain;
  return plain;
}

/** Messages that tell a kernel log without a stamp (`dmesg -t`, or a paste that lost them). */
const unmistakable =
  /^(?:Linux version \d|(?:Kernel )?[Cc]ommand line: |DMI: |DMAR(?:-IR)?: |AMD-Vi: |ACPI: |smpboot: |iommu: |vfio-pci [0-9a-f]{4,}:|pci(?:eport|_bus)? [0-9a-f]{4,8}:[0-9a-f]{2})/;
const groupAdded = / (?:Adding|Removing|Adding device) .{0,24}(?:to|from) (?:iommu )?group \d/;

/** Whether a line without a stamp is a kernel message all the same. */
export const looksLikeLog = (message: string): boolean => unmistakable.test(message) || groupAdded.test(message);
