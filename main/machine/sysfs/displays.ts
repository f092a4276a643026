import { measured, unknown, type Fact } from '../fact.ts';
import { exists, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { Display } from '../host-use.ts';
import type { HostTree } from '../host-tree.ts';
import { functionBehind } from './device-path.ts';

const home = 'sys/class/drm';

/**
 * Connectors by the name that desktops show (`HDMI-A-1`, without `card0-`): the kernel counts each type across all cards
 * (drivers/gpu/drm/drm_connector.c), so that the name is unique.
 */
export function readDisplays(tree: HostTree, live: boolean): Fact<Display[]> {
  // A live kernel without the folder drives no screen; a copy without it was not asked.
  if (!live && !exists(tree, home)) return unknown('fuller-source', `/${home}`);
  const displays = tree.list(home).flatMap((name): Display[] => {
    const connector = /^card\d+-(.+)$/.exec(name)?.[1];
    // Write-back connectors show nothing on a screen.
    if (connector === undefined || connector.startsWith('Writeback')) return [];
    const folder = realPath(tree, `${home}/${name}`) ?? `${home}/${name}`;
    const status = wordOf(tree, `${folder}/status`);
    const connected = status === 'connected' ? true : status === 'disconnected' ? false : null;
    return [{ connector, behind: functionBehind(folder), connected }];
  });
  return measured(displays, `/${home}`);
}
