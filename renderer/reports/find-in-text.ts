/** A search that finds more says so; nobody steps through ten thousand places. */
export const mostHits = 10_000;

/** A name that stands for a secret (`uuid-1`) is looked for whole: `uuid-12` is another. */
const isName = (wanted: string): boolean => /^[a-z]+\d?-\d+$/.test(wanted);

/** Where a text holds what was typed, case left aside, in order; at most `mostHits`. Nothing typed is found nowhere. */
export function findInText(text: string, wanted: string): readonly number[] {
  if (wanted === '') return [];
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const pattern = new RegExp(isName(wanted) ? `\\b${escaped}(?!\\d)` : escaped, 'gi');
  const hits: number[] = [];
  for (let found = pattern.exec(text); found !== null && hits.length < mostHits; found = pattern.exec(text)) {
    hits.push(found.index);
  }
  return hits;
}

/** The first hit at or after an offset, by its place among the hits; after the last one the first. -1 where there is none. */
export function hitFrom(hits: readonly number[], offset: number): number {
  if (hits.length === 0) return -1;
  const at = hits.findIndex((hit) => hit >= offset);
  return at === -1 ? 0 : at;
}
