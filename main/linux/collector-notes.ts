import { textOf } from '../machine/files/read.ts';
import type { MachineSource } from '../machine/machine.ts';
import type { MemoryTree } from '../machine/memory-tree.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';

/** Counts up when an archive of the collector means something else than before. */
export const collectorFormat = 1;

const notes = 'cmd/collector.txt';

/** One step of an older archive's way to today: changes the tree of format `from` to what `from + 1` would have held. */
export interface TreeMigration {
  readonly from: number;
  readonly upgrade: (tree: MemoryTree) => void;
}

/** Oldest first. Archives without notes, made by hand, are format 0 and hold the same files. */
export const treeMigrations: readonly TreeMigration[] = [{ from: 0, upgrade: () => undefined }];

/** errno names only; what stands in an archive may be anybody's. */
const troubleLine = /^trouble (E[A-Z]{2,12}) ([^/].*)$/gm;
const mostTroubles = 10_000;

/**
 * Understands what the collector says of itself: its format, when it looked, and what it could not read, which joins the
 * tree where the live reading would have put it.
 */
export function applyNotes(
  tree: MemoryTree,
  from: MachineSource,
  format: number = collectorFormat,
  steps: readonly TreeMigration[] = treeMigrations,
): MachineSource | SourceProblem {
  const text = textOf(tree, notes) ?? '';
  const made = Number(/^slotwise-collector (\d{1,6})$/m.exec(text)?.[1] ?? '0');
  if (made > format) {
    return sourceProblem(
      'source-not-understood',
      `${from.name}, ${notes}`,
      `archive format ${made}; this program reads formats up to ${format}`,
    );
  }
  for (let at = made; at < format; at++) steps.find((step) => step.from === at)?.upgrade(tree);
  let count = 0;
  for (const [, code = '', path = ''] of text.matchAll(troubleLine)) {
    if (++count > mostTroubles || path.includes('..')) break;
    tree.remove(path);
    tree.addTrouble(path, code);
  }
  const collectedAt = /^collected (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/m.exec(text)?.[1] ?? null;
  return { ...from, collectedAt };
}
