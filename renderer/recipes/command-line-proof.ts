import type { Artefact } from '../../main/recipes/artefact.ts';

/**
 * What `grep` would print for a file whose verify asks the kernel's command line, judged on the line that was read:
 * true when it is what is expected, null when verify asks something else or the line is not known.
 */
export function commandLineProves({ command, expect }: Artefact['verify'], line: string | null): boolean | null {
  const asked = /^grep (?:-owF((?: -e \S+)+)|-c (\S+)) \/proc\/cmdline$/.exec(command);
  if (asked === null || line === null) return null;
  const [, each, pattern = ''] = asked;
  if (each === undefined) return (line.includes(pattern) ? '1' : '0') === expect;
  const words = new Set(line.split(/\s+/));
  const wanted = expect.split('\n');
  return each
    .split(' -e ')
    .filter((word) => word !== '')
    .every((word) => words.has(word) === wanted.includes(word));
}
