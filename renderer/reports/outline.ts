/**
 * Where a key of the machine stands in a report's text, by its keys from the outside in; null where it does not. The
 * text is written with one blank a level (main/machine/report/report-text.ts), so that a key's indent says whose it is.
 */
export function offsetOf(text: string, path: readonly string[]): number | null {
  let at = 0;
  for (const [depth, key] of ['machine', ...path].entries()) {
    const found = text.indexOf(`\n${' '.repeat(depth + 1)}${JSON.stringify(key)}:`, at);
    if (found === -1) return null;
    at = found + 1;
  }
  return at;
}
