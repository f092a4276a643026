import { known, unknown, valueOr, type Fact } from '../fact.ts';
import { exists } from '../files/read.ts';
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

/** The tool that builds this host's initramfs: the only one whose program is there; else, assumed, the only one configured or the distribution's own. */
export function readInitramfs(tree: HostTree, distribution: Fact<Distribution>): Fact<InitramfsTool> {
  const installed = tools.filter((tool) => marks[tool].programs.some((path) => exists(tree, path)));
  const [only] = installed;
  if (only !== undefined && installed.length === 1) return known(only, 'derived', `/${marks[only].programs[0]}`);

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
