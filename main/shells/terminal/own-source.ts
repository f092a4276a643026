import { realpathSync } from 'node:fs';
import { terminalWords } from '../../words/terminal.ts';
import { WrongUse } from './outcome.ts';

const real = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
};

/** Refuses to write over the very file that is read: a slip of the hand would lose it. */
export function refuseOwnSource(source: string | undefined, output: string | undefined): void {
  if (source === undefined || output === undefined) return;
  const written = real(output);
  if (written !== null && written === real(source)) throw new WrongUse(terminalWords.ownSource(output));
}
