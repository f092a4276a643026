/** A stretch of a row: what is searched for, the hit that one stands on, a name that stands for a secret, or the rest. */
export interface Piece {
  readonly text: string;
  readonly look: 'plain' | 'name' | 'hit' | 'here';
}

export interface Marked {
  /** where hits begin, in order, and how long each is */
  readonly hits: readonly number[];
  readonly length: number;
  /** the hit that one stands on, by its place; -1: none */
  readonly here: number;
  /** names that stand for secrets */
  readonly names: ReadonlySet<string>;
}

const namePattern = /\b[a-z]+\d?-\d{1,6}\b/g;

/** The first of sorted numbers that is not below `least`, by its place. */
function firstFrom(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The pieces of a row that begins at `start` in the whole text. A hit that runs over the row's end is marked in both rows. */
export function piecesOf(row: string, start: number, { hits, length, here, names }: Marked): readonly Piece[] {
  const looks: { from: number; to: number; look: Piece['look'] }[] = [];
  for (let at = firstFrom(hits, start - length + 1); at < hits.length; at++) {
    const from = (hits[at] ?? 0) - start;
    if (from >= row.length) break;
    looks.push({
      from: Math.max(0, from),
      to: Math.min(row.length, from + length),
      look: at === here ? 'here' : 'hit',
    });
  }
  for (const { 0: word, index } of names.size === 0 ? [] : row.matchAll(namePattern)) {
    const to = index + word.length;
    if (names.has(word) && !looks.some((one) => one.from < to && index < one.to)) {
      looks.push({ from: index, to, look: 'name' });
    }
  }
  looks.sort((a, b) => a.from - b.from);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (to: number, look: Piece['look']): void => {
    if (to > at) pieces.push({ text: row.slice(at, to), look });
    at = Math.max(at, to);
  };
  for (const { from, to, look } of looks) {
    add(from, 'plain');
    add(to, look);
  }
  add(row.length, 'plain');
  return pieces;
}
