import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';
import type { DiffPart, DiffRow } from './diff-row.ts';

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Cuts [from, to) of one line into changed and unchanged parts; `changes` are offsets in the same document. */
function partsOf(
  line: { from: number; text: string },
  changes: readonly { from: number; to: number }[],
): readonly DiffPart[] {
  const parts: DiffPart[] = [];
  let at = 0;
  const take = (to: number, changed: boolean): void => {
    const end = Math.min(Math.max(to, at), line.text.length);
    if (end > at) parts.push({ text: line.text.slice(at, end), changed });
    at = end;
  };
  for (const change of changes) {
    if (change.to <= line.from || change.from >= line.from + line.text.length) continue;
    take(change.from - line.from, false);
    take(change.to - line.from, true);
  }
  take(line.text.length, false);
  return parts;
}

/**
 * The lines of a change, for DiffView: unchanged lines further than `context` from a change fold into a gap (`Infinity`:
 * none do). `before` null: the file is new, all of it is added. A last newline is not shown as a line.
 */
export function lineDiff(before: string | null, after: string, context = 3): readonly DiffRow[] {
  if (before === null) {
    return linesOf(after).map((text, at) => ({ kind: 'added', after: at + 1, parts: [{ text, changed: false }] }));
  }
  // An empty line ends both, so that what is added after the last line does not change that line.
  const a = Text.of([...linesOf(before), '']);
  const b = Text.of([...linesOf(after), '']);
  const rows: DiffRow[] = [];
  let nextA = 1;
  let nextB = 1;

  const same = (count: number, first: boolean, last: boolean): void => {
    const head = first && context !== Infinity ? 0 : context;
    const tail = last && context !== Infinity ? 0 : context;
    const folded = count - head - tail;
    for (let at = 0; at < count; at++) {
      if (folded > 1 && at === head) {
        rows.push({ kind: 'gap', lines: folded });
        at += folded - 1;
      } else {
        rows.push({ kind: 'same', before: nextA + at, after: nextB + at, text: a.line(nextA + at).text });
      }
    }
    nextA += count;
    nextB += count;
  };

  const chunks = Chunk.build(a, b);
  for (const chunk of chunks) {
    const startA = a.lineAt(Math.min(chunk.fromA, a.length)).number;
    const atEndA = chunk.fromA > a.length;
    same((atEndA ? a.lines + 1 : startA) - nextA, nextA === 1, false);
    while (nextA < a.lines && a.line(nextA).from < chunk.toA) {
      const changes = chunk.changes.map((c) => ({ from: c.fromA + chunk.fromA, to: c.toA + chunk.fromA }));
      rows.push({ kind: 'removed', before: nextA, parts: partsOf(a.line(nextA), changes) });
      nextA++;
    }
    while (nextB < b.lines && b.line(nextB).from < chunk.toB) {
      const changes = chunk.changes.map((c) => ({ from: c.fromB + chunk.fromB, to: c.toB + chunk.fromB }));
      rows.push({ kind: 'added', after: nextB, parts: partsOf(b.line(nextB), changes) });
      nextB++;
    }
  }
  same(a.lines - nextA, nextA === 1, true);
  return rows;
}
