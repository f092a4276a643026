import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import { exists, linesOf, needOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Distribution } from '../machine.ts';

const places = ['etc/os-release', 'usr/lib/os-release'] as const;

/** os-release(5): shell-like assignments; the name falls back to `Linux`, the id to `linux`, as that page says. */
export function readDistribution(tree: HostTree): Fact<Distribution> {
  for (const path of places) {
    const text = textOf(tree, path);
    if (text === null || text.trim() === '') continue;
    const fields = assignments(text);
    const variant = fields.get('VARIANT_ID');
    return measured(
      {
        id: fields.get('ID') ?? 'linux',
        idLike: (fields.get('ID_LIKE') ?? '').split(/\s+/).filter((id) => id !== ''),
        version: fields.get('VERSION_ID') ?? fields.get('BUILD_ID') ?? null,
        name: fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? 'Linux',
        ...(variant === undefined ? {} : { variant }),
      },
      `/${path}`,
    );
  }
  return unknown(needOf(tree, places[0]), `/${places[0]}`);
}

/** `KEY=value` lines of shell fragments, quotes taken off, the last assignment winning. */
export function assignments(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of linesOf(text)) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line);
    if (!match) continue;
    const raw = match[2] ?? '';
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    const value = quoted ? (quoted[2] ?? '') : raw;
    fields.set(match[1] ?? '', quoted?.[1] === '"' ? value.replace(/\\(["$`\\])/g, '$1') : value);
  }
  return fields;
}

/**
 * Proxmox VE's os-release is Debian's own, so that its other marks decide: the cluster file system's folder, its boot
 * tool's list, or its kernel's name.
 */
export function readProxmox(tree: HostTree, release: Fact<string>): Fact<boolean> {
  for (const path of ['etc/pve', 'etc/kernel/proxmox-boot-uuids']) {
    if (exists(tree, path)) return measured(true, `/${path}`);
  }
  if (/-pve\b/.test(valueOr(release, ''))) return known(true, 'derived', 'kernel release');
  // A source that took only a few files of etc/ cannot deny; one that holds the distribution's name can.
  return places.some((path) => textOf(tree, path) !== null)
    ? known(false, 'derived', '/etc/pve')
    : unknown('fuller-source', '/etc/pve');
}
