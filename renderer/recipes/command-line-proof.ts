import type { Artefact } from '../../main/recipes/artefact.ts';

/**
 * What `grep` would print for a file whose verify asks the kernel's command line, judged on the line that was read:
 * true when it is what is expected, null when verify asks something else or the line is not known.
 */
export function commandLineProves({ command, expect }: Artefact['verify'], line: string | null): boolean | null {
  const asked = /^grep -(ow|c) (.+) \/proc\/cmdline$/.exec(command);
  if (asked === null || line === null) return null;
  const [, how, pattern = ''] = asked;
  const words = line.split(/\s+/);
  if (how === 'ow') return expect.split('\n').every((word) => words.includes(word));
  return (line.includes(pattern) ? '1' : '0') === expect;
}
