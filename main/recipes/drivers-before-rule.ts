import type { Plan } from '../passthrough/plan.ts';
import { boundAtStart } from './bound-functions.ts';
import { remark, type Remark } from './codes.ts';
import { modulesFor } from './host-modules.ts';
import type { DropInTool } from './initramfs-drop-in.ts';

interface Setting {
  /** what the tool loads before udev, in its words */
  readonly list: string;
  readonly path: string;
  readonly folder: string;
  /** the list, as one text, in whichever group matches */
  readonly value: RegExp;
}

/** mkinitcpio.conf(5), MODULES, an array or a text; dracut.conf(5), force_drivers. */
const settings = {
  mkinitcpio: {
    list: 'MODULES',
    path: '/etc/mkinitcpio.conf',
    folder: '/etc/mkinitcpio.conf.d/',
    value: /^[ \t]*MODULES\+?=(?:\(([^)]*)|["']?([^"'\n]*))/gm,
  },
  dracut: {
    list: 'force_drivers',
    path: '/etc/dracut.conf',
    folder: '/etc/dracut.conf.d/',
    value: /^[ \t]*force_drivers\+?=["']?([^"'\n]*)/gm,
  },
} as const satisfies Record<DropInTool, Setting>;

/** The kernel takes either sign for the other in a module's name (kmod, modprobe(8)). */
const moduleName = (word: string): string => word.replaceAll('-', '_').replace(/\?$/, '');

function modulesIn(text: string, { value }: Setting): ReadonlySet<string> {
  const bare = text.replace(/(^|[ \t])#.*$/gm, '');
  const words = [...bare.matchAll(value)].flatMap(([, ...lists]) => lists.join(' ').split(/[\s"']+/));
  return new Set(words.map(moduleName));
}

/** The files of a tool's settings that the plan holds, our own left out, by paths that can be shown. */
function filesOf({ host }: Plan, { path, folder }: Setting): { path: string; content: string }[] {
  return host.configFiles.flatMap(({ path: told, content }) => {
    const full = `/${told.replace(/^\/+/, '')}`;
    const name = full.startsWith(folder) ? full.slice(folder.length) : null;
    const read = full === path || (name !== null && /^[\w.+-]{1,100}\.conf$/.test(name) && name !== 'slotwise.conf');
    return read ? [{ path: full, content }] : [];
  });
}

/**
 * Drivers that the person's own settings have loaded before udev, and so before the rule of driver-override.ts, which takes
 * no device from a driver. What the kms hook brings in is loaded by udev, after the rule.
 */
export function driversBeforeRule(plan: Plan, tool: DropInTool): Remark[] {
  const setting = settings[tool];
  const { list, path } = setting;
  const files = filesOf(plan, setting);
  if (files.length === 0) return [remark('drivers-before-rule-untold', { list, path })];
  const drivers = [...new Set(boundAtStart(plan).flatMap(modulesFor))];
  return files.flatMap((file) => {
    const early = modulesIn(file.content, setting);
    return drivers
      .filter((driver) => early.has(moduleName(driver)))
      .map((driver) => remark('driver-before-rule', { driver, list, path: file.path }));
  });
}
