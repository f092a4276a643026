import type { SourceContent } from '../assistant/needs.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import { sourceProblem } from '../machine/source-problem.ts';
import { gatherHost } from './gather.ts';
import { readKernelLog } from './kernel-log.ts';

/**
 * This host. Reads files only, as whoever runs us, and starts no program; what root alone may read is marked so and stays
 * unknown. The kernel's log joins the tree where a capture keeps it.
 */
export async function openLive(now: string): Promise<SourceContent | SourceProblem> {
  if (process.platform !== 'linux') return sourceProblem('not-yet', process.platform, 'only Linux hosts can be read');
  const [tree, log] = await Promise.all([gatherHost('/', null), readKernelLog()]);
  // What /cmd holds on a live host, if anything, is somebody's folder and not a capture.
  for (const name of tree.list('cmd')) tree.remove(`cmd/${name}`);
  if (log === null) tree.addTrouble('cmd/dmesg.txt', 'EPERM');
  else tree.addFile('cmd/dmesg.txt', Buffer.from(log, 'utf8'));
  return {
    kind: 'files',
    tree,
    from: {
      kind: 'live',
      name: 'this computer',
      readAt: now,
      collectedAt: now,
      origin: null,
      partlyStaged: false,
    },
  };
}
