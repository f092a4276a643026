import type { BootLoader } from '../../main/machine/machine.ts';
import type { Recipe } from '../../main/recipes/artefact.ts';
import { escapeOptions } from '../../main/words/escape.ts';
import { shellWord } from '../../main/recipes/shell-word.ts';
import { forGoodWords, onceWords, rescueWords, type Piece } from '../../main/words/recipes-place.ts';
import type { Where } from './as-root.ts';

export interface WayBack {
  readonly once: readonly Piece[];
  readonly forGood: readonly Piece[];
  readonly rescue: readonly Piece[];
  /** every command by hand, last file first */
  readonly byHand: readonly string[];
}

export function wayBack({ artefacts }: Recipe, loader: BootLoader | null, { folder, sudo }: Where): WayBack {
  const files = artefacts.filter(({ path }) => path !== null);
  const script = folder === null ? 'undo.sh' : `${folder}/undo.sh`;
  const mounted = folder === null ? 'undo.sh' : `/mnt${folder}/undo.sh`;
  const takenBack = [...files].reverse();
  return {
    once: onceWords(escapeOptions(artefacts), loader),
    forGood: forGoodWords(`${sudo ? 'sudo ' : ''}sh ${shellWord(script)}`, files.length),
    rescue: rescueWords(`sh ${shellWord(mounted)} /mnt`, files.length),
    byHand: [
      ...takenBack.flatMap(({ undo }) => undo.slice(0, 1)),
      ...new Set(takenBack.flatMap(({ undo }) => undo.slice(1))),
    ],
  };
}
