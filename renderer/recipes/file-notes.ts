import type { Artefact } from '../../main/recipes/artefact.ts';
import { remarkWords } from '../../main/words/recipes.ts';
import type { Piece } from '../../main/words/recipes-place.ts';

/** Said elsewhere on the page: in the way back, and among what cannot be known. */
const elsewhere = new Set(['escape-option', 'escape-module', 'untold']);

/** Options, paths and module names inside a sentence, to be set as what they are. */
const typed = /((?:[a-z][\w.-]*=[\w.,:-]*[\w])|(?:--[a-z-]+)|(?:(?:\/[\w.-]+)+\/[\w.-]*\w)|\bvfio-pci\b)/;

export const piecesOf = (sentence: string): Piece[] =>
  sentence
    .split(typed)
    .map((text, at): Piece => (at % 2 === 1 ? { code: text } : text))
    .filter((piece) => piece !== '');

/** The remarks on a file, each once, what is typed set apart. */
export const fileNotes = ({ remarks }: Pick<Artefact, 'remarks'>): readonly (readonly Piece[])[] =>
  [...new Set(remarks.filter(({ code }) => !elsewhere.has(code)).map(remarkWords))].map(piecesOf);
