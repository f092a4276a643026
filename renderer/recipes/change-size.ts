import type { Artefact } from '../../main/recipes/artefact.ts';
import { lineDiff } from '../kit/line-diff.ts';

export interface ChangeSize {
  readonly added: number;
  readonly removed: number;
  /** lines that stand there now */
  readonly of: number;
}

/** Lines that a file adds and takes away. */
export function changeSize({ before, content }: Pick<Artefact, 'before' | 'content'>): ChangeSize {
  const rows = lineDiff(before, content, Infinity);
  const count = (kind: 'added' | 'removed'): number => rows.filter((row) => row.kind === kind).length;
  const removed = count('removed');
  return { added: count('added'), removed, of: removed + rows.filter(({ kind }) => kind === 'same').length };
}
