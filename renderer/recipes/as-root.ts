import type { Artefact } from '../../main/recipes/artefact.ts';
import { shellWord } from '../../main/recipes/shell-word.ts';

/** Commands of a recipe as a person runs them. */
export interface Where {
  /** where the files were saved; null: not yet */
  readonly folder: string | null;
  /** put `sudo` before what needs root; Proxmox VE has none, and its people are root */
  readonly sudo: boolean;
}

/** What stands between quotes, or is escaped, is no syntax: names of people and machines stand there. */
const quoted = /(\\.|'[^']*'|"[^"]*")/;

const outsideQuotes = (line: string, change: (text: string) => string): string =>
  line
    .split(quoted)
    .map((part, at) => (at % 2 === 1 ? part : change(part)))
    .join('');

const isCompound = (line: string): boolean =>
  outsideQuotes(line, (text) => text.replace(/\|\||&&/g, '\n')).includes('\n');

const withSudo = (line: string): string =>
  `sudo ${outsideQuotes(line, (text) => text.replace(/(\|\||&&)\s+/g, '$1 sudo '))}`;

/** All in one, ends at the first that fails. An `a || b` among them is one step. */
function chain(lines: readonly string[], { sudo }: Where): string {
  return lines
    .map((line) => {
      const run = sudo ? withSudo(line) : line;
      return isCompound(line) && lines.length > 1 ? `{ ${run}; }` : run;
    })
    .join(' && ');
}

/** Whether a command reads from the folder of the recipe. */
const readsFolder = (lines: readonly string[], { file }: Artefact): boolean =>
  lines.some((line) => line.includes(file) || /(^|\s)before\//.test(line));

const inFolder = (command: string, folder: string | null, needed: boolean): string =>
  folder === null || !needed ? command : `cd ${shellWord(folder)} && ${command}`;

export const applyCommand = (artefact: Artefact, where: Where): string =>
  inFolder(chain(artefact.apply, where), where.folder, readsFolder(artefact.apply, artefact));

/** Null: there is nothing to take back. */
export const undoCommand = (artefact: Artefact, where: Where): string | null =>
  artefact.undo.length === 0
    ? null
    : inFolder(chain(artefact.undo, where), where.folder, readsFolder(artefact.undo, artefact));

/** Reading below /sys and /proc needs no root; an initramfs and a hypervisor may. */
export const verifyCommand = ({ verify }: Artefact, { sudo }: Where): string =>
  sudo && !/^(?:ls|grep) /.test(verify.command) ? `sudo ${verify.command}` : verify.command;
