import { diffArrays, diffWordsWithSpace } from 'diff';
import type { DiffPart, DiffRow } from './diff-row.ts';

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');
const whole = (text: string): readonly DiffPart[] => (text === '' ? [] : [{ text, changed: false }]);

/** A line and the one that replaces it, cut into what changed and what did not. */
function partsOf(before: string, after: string): { removed: readonly DiffPart[]; added: readonly DiffPart[] } {
  const words = diffWordsWithSpace(before, after);
  const side = (other: 'added' | 'removed', own: 'added' | 'removed'): readonly DiffPart[] =>
    words.filter((word) => !word[other]).map((word) => ({ text: word.value, changed: word[own] }));
  return { removed: side('added', 'removed'), added: side('removed', 'added') };
}

/**
 * The lines of a change, for DiffView: unchanged lines further than `context` from a change fold into a gap (`Infinity`:
 * none do). `before` null: the file is new, all of it is added. A last newline is not shown as a line.
 */
export function lineDiff(before: string | null, after: string, context = 3): readonly DiffRow[] {
  if (before === null) {
    return linesOf(after).map((text, at) => ({ kind: 'added', after: at + 1, parts: [{ text, changed: false }] }));
  }
  const runs = diffArrays(linesOf(before), linesOf(after));
  const rows: DiffRow[] = [];
  let nextBefore = 1;
  let nextAfter = 1;

  const same = (lines: readonly string[], first: boolean, last: boolean): void => {
    const head = first && context !== Infinity ? 0 : context;
    const tail = last && context !== Infinity ? 0 : context;
    const folded = lines.length - head - tail;
    lines.forEach((text, at) => {
      if (folded > 1 && at === head) rows.push({ kind: 'gap', lines: folded });
      if (folded > 1 && at >= head && at < head + folded) return;
      rows.push({ kind: 'same', before: nextBefore + at, after: nextAfter + at, text });
    });
    nextBefore += lines.length;
    nextAfter += lines.length;
  };

  for (let at = 0; at < runs.length; at++) {
    const run = runs[at];
    if (run === undefined) break;
    if (!run.removed && !run.added) {
      same(run.value, at === 0, at === runs.length - 1);
      continue;
    }
    // A run of removed lines and the added ones beside it are one change; line by line they are compared by words.
    const next = runs[at + 1];
    const paired = next !== undefined && ((run.removed && next.added) || (run.added && next.removed));
    const removed = run.removed ? run.value : paired ? next.value : [];
    const added = run.added ? run.value : paired ? next.value : [];
    if (paired) at += 1;
    const pairs = removed.map((text, index) => {
      const other = added[index];
      return other === undefined ? null : partsOf(text, other);
    });
    removed.forEach((text, index) =>
      rows.push({ kind: 'removed', before: nextBefore + index, parts: pairs[index]?.removed ?? whole(text) }),
    );
    added.forEach((text, index) =>
      rows.push({ kind: 'added', after: nextAfter + index, parts: pairs[index]?.added ?? whole(text) }),
    );
    nextBefore += removed.length;
    nextAfter += added.length;
  }
  return rows;
}
