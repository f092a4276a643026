import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import { exists, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Distribution, InitramfsTool } from '../machine.ts';

/** A tool is there when its program is; failing that, when its configuration is (which outlives a removed package). */
const marks = {
  'initramfs-tools': {
    programs: ['usr/sbin/mkinitramfs'],
    configuration: ['etc/initramfs-tools/initramfs.conf', 'etc/initramfs-tools'],
  },
  dracut: { programs: ['usr/bin/dracut', 'usr/sbin/dracut'], configuration: ['etc/dracut.conf', 'etc/dracut.conf.d'] },
  mkinitcpio: { programs: ['usr/bin/mkinitcpio'], configuration: ['etc/mkinitcpio.conf'] },
  booster: { programs: ['usr/bin/booster'], configuration: ['etc/booster.yaml'] },
} as const satisfies Record<Exclude<InitramfsTool, 'other'>, { programs: string[]; configuration: string[] }>;

type Tool = keyof typeof marks;
const tools = Object.keys(marks) as Tool[];

/** What each distribution installs by default, for when several tools have left their marks. */
const defaults: Readonly<Record<string, Tool>> = {
  debian: 'initramfs-tools',
  ubuntu: 'initramfs-tools',
  proxmox: 'initramfs-tools',
  fedora: 'dracut',
  rhel: 'dracut',
  centos: 'dracut',
  suse: 'dracut',
  opensuse: 'dracut',
  gentoo: 'dracut',
  void: 'dracut',
  arch: 'mkinitcpio',
  manjaro: 'mkinitcpio',
};

/** Units and messages of dracut's own modules, which the kernel log of a boot through its initramfs holds. */
const dracutRan = /\bdracut(?:-(?:cmdline|initqueue|mount|pre-[a-z]+|shutdown|\d{2,3}))?(?:\.service|:| hook)/;

/** Which of several tools made the initramfs of this boot: dracut says so in the log, booster's images carry its name (systemd-boot passes `initrd=\booster-linux.img`). */
function toolOfThisBoot(tree: HostTree, commandLine: string): Fact<InitramfsTool> | null {
  if (dracutRan.test(textOf(tree, 'cmd/dmesg.txt') ?? '')) return measured('dracut', 'kernel log, dracut');
  if (/(?:^|\s)initrd=\S*\bbooster-/.test(commandLine)) return known('booster', 'derived', '/proc/cmdline');
  return null;
}

/**
 * The tool that builds this host's initramfs: the only one whose program is there; of several the one that made the
 * initramfs of this boot; else, assumed, the only one configured or the distribution's own.
 */
export function readInitramfs(
  tree: HostTree,
  distribution: Fact<Distribution>,
  commandLine: Fact<string>,
): Fact<InitramfsTool> {
  const installed = tools.filter((tool) => marks[tool].programs.some((path) => exists(tree, path)));
  const [only] = installed;
  if (only !== undefined && installed.length === 1) return known(only, 'derived', `/${marks[only].programs[0]}`);

  const running = toolOfThisBoot(tree, valueOr(commandLine, ''));
  if (running) return running;

  const configured = tools.filter((tool) => marks[tool].configuration.some((path) => exists(tree, path)));
  const candidates = installed.length > 0 ? installed : configured;
  const [first] = candidates;
  if (first !== undefined && candidates.length === 1) {
    return known(first, 'assumed', `/${marks[first].configuration[0]}`);
  }
  const usual = usualTool(distribution);
  if (usual !== null && (candidates.length === 0 || candidates.includes(usual))) {
    return known(usual, 'assumed', '/etc/os-release');
  }
  return unknown('fuller-source', '/usr/sbin');
}

function usualTool(distribution: Fact<Distribution>): Tool | null {
  const value = valueOr(distribution, null);
  for (const id of value ? [value.id, ...value.idLike] : []) {
    const tool = defaults[id];
    if (tool) return tool;
  }
  return null;
}
