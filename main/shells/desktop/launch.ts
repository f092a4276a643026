import { resolve } from 'node:path';

/**
 * The source in a command line of the desktop program: `--machine=SRC`, or a report that a file manager opens. Chromium's
 * own switches and the app's folder stand in the same list. A path is taken from the folder of whoever typed it, which is
 * not the folder of a program that already runs.
 */
export function sourceArgument(argv: readonly string[], folder: string): string | null {
  const named = argv.find((word) => word.startsWith('--machine='))?.slice('--machine='.length);
  const report = argv.slice(1).find((word) => !word.startsWith('-') && word.endsWith('.slotwise.json'));
  const source = named ?? report;
  if (source === undefined) return null;
  return source.startsWith('sample:') ? source : resolve(folder, source);
}
