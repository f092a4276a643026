/**
 * The source in a command line of the desktop program: `--machine=SRC`, or a report that a file manager opens. Chromium's
 * own switches and the app's folder stand in the same list.
 */
export function sourceArgument(argv: readonly string[]): string | null {
  const named = argv.find((word) => word.startsWith('--machine='));
  if (named !== undefined) return named.slice('--machine='.length);
  return argv.slice(1).find((word) => !word.startsWith('-') && word.endsWith('.slotwise.json')) ?? null;
}
