/** The same within the column: what does not fit is left to the tooltip. */
export function shortRunsOf(numbers: readonly number[]): string {
  const text = runsOf(numbers);
  if (text.length <= 7) return text;
  const space = text.lastIndexOf(' ', 6);
  return `${space > 0 ? text.slice(0, space) : Math.min(...numbers)} …`;
}

/** `0 3–7 9`: numbers sorted, runs of three and more joined by a dash. */
export function runsOf(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let at = 0; at < sorted.length;) {
    const start = sorted[at] ?? 0;
    let end = at;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end++;
    const length = end - at;
    if (length >= 2) runs.push(`${start}–${sorted[end] ?? start}`);
    else for (let each = at; each <= end; each++) runs.push(String(sorted[each] ?? start));
    at = end + 1;
  }
  return runs.join(' ');
}
