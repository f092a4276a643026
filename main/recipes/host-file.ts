import type { Plan } from '../passthrough/plan.ts';
import type { Artefact, RecipeTarget } from './artefact.ts';
import { remark, type Remark } from './codes.ts';
import { withoutOwnBlock } from './own-block.ts';

type Draft = Pick<Artefact, 'content' | 'verify'> & {
  readonly target: RecipeTarget;
  /** on the host, with its first slash; of our own making, never from a machine's text */
  readonly path: string;
  readonly mode: string;
  /** commands that make a change at `path` take effect */
  readonly refresh: readonly string[];
  readonly remarks: readonly Remark[];
};

const bare = (path: string): string => path.replace(/^\/+/, '');

/** What stands at a path of the host, as far as the plan tells; null: nothing there, or not told. */
export const fileNow = (plan: Plan, path: string): string | null =>
  plan.host.configFiles.find((file) => bare(file.path) === bare(path))?.content ?? null;

/** Files that nobody but Slotwise writes: they go when it goes, whatever version of them stands there. */
const isOwn = (path: string): boolean => /(^|[/-])slotwise[^/]*$/.test(path);

/** What is to stand at an artefact's path once it is taken back; null: nothing. */
export const textAfterUndo = ({ path, before }: Pick<Artefact, 'path' | 'before'>): string | null =>
  path === null || before === null || isOwn(path) ? null : withoutOwnBlock(before);

/**
 * A file to put on the host, with the commands for it. They are run as root in the folder of the recipe. A new file is
 * taken back by removing it, an old one by the copy of it below `before/`.
 */
export function hostFile(plan: Plan, { target, path, mode, content, refresh, verify, remarks }: Draft): Artefact {
  const before = fileNow(plan, path);
  const file = `${target}/${bare(path)}`;
  return {
    target,
    file,
    path,
    mode,
    content,
    before,
    apply: [`install -D -m ${mode} ${file} ${path}`, ...refresh],
    verify,
    undo: [
      textAfterUndo({ path, before }) === null ? `rm -f ${path}` : `install -m ${mode} before/${bare(path)} ${path}`,
      ...refresh,
    ],
    remarks: [...(before === content ? [remark('already-there')] : []), ...remarks],
  };
}
