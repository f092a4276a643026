import type { HostTree } from '../host-tree.ts';

/** As many links as the kernel follows (include/linux/namei.h MAXSYMLINKS). */
const linkLimit = 40;

/**
 * Follows all links in a path. The target need not be in the tree: in sysfs the text of a link alone already tells the
 * device. Null when the links go in circles. `..` at the top stays at the top, as in a file system's root.
 */
export function realPath(tree: HostTree, path: string): string | null {
  const ahead = path.split('/').reverse();
  const done: string[] = [];
  let links = 0;
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    if (step === '' || step === '.') continue;
    if (step === '..') {
      done.pop();
      continue;
    }
    done.push(step);
    const target = tree.link(done.join('/'));
    if (target === null) continue;
    if (++links > linkLimit) return null;
    if (target.startsWith('/')) done.length = 0;
    else done.pop();
    ahead.push(...target.split('/').reverse());
  }
  return done.join('/');
}
