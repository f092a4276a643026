/**
 * The stamps that stand before a kernel message: seconds since boot with an optional caller (`CONFIG_PRINTK_CALLER`), the
 * wall clock of `dmesg -T`, a priority, and what syslog, journald and tools write. Each is anchored and short, so a line costs
 * one look at its beginning.
 */
const stamps = [
  /^<\d{1,3}>/,
  /^\[\s{0,16}\d{1,10}\.\d{1,9}\]:? ?/,
  /^\[\s{0,8}[TC]\d{1,8}\]:? ?/,
  // In any language: `[Mon Nov 22 11:18:23 2026]`, `[Po jan 19 11:18:23 2026]`.
  /^\[\S{1,5} \S{1,5} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d{1,9})? \d{4}\] ?/,
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S{1,255} kernel(?:\[\d{1,8}\])?: ?/,
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
  // Every stamp begins with one of these; most lines of a dump do not.
  if (!/^[[<A-Z\dk]/.test(text)) return null;
  for (const stamp of stamps) {
    const match = stamp.exec(text);
    if (match) return text.slice(match[0].length).trim();
  }
  return null;
}

/** syslog keeps the kernel's own stamp behind its: at most three stand in a row. */
function withoutStamps(text: string): string {
  const second = withoutStamp(text);
  return second === null ? text : (withoutStamp(second) ?? second);
}

/** Messages that tell a kernel log without a stamp (`dmesg -t`, or a paste that lost them). */
const unmistakable =
  /^(?:Linux version \d|(?:Kernel )?[Cc]ommand line: |DMI: |DMAR(?:-IR)?: |AMD-Vi: |ACPI: |smpboot: |iommu: |vfio-pci [0-9a-f]{4,}:|pci(?:eport|_bus)? [0-9a-f]{4,8}:[0-9a-f]{2})/;
const groupAdded = / (?:Adding|Removing|Adding device) .{0,24}(?:to|from) (?:iommu )?group \d/;

/** Whether a line without a stamp is a kernel message all the same. */
export const looksLikeLog = (message: string): boolean => unmistakable.test(message) || groupAdded.test(message);
