/** A `hostpciN` line of a Proxmox VM file, or an entry of its PCI mappings. */
export interface ProxmoxEntry {
  /** from 1 */
  readonly line: number;
  /** addresses as written, or empty */
  readonly hosts: string;
  /** name of the mapping that it uses or makes; null: none */
  readonly mapping: string | null;
  readonly ids: string[];
}

export interface ProxmoxVm {
  readonly name: string | null;
  readonly startsAtBoot: boolean;
  readonly entries: ProxmoxEntry[];
  /** line that hides KVM from the guest (`hidden=1`, `kvm=off`); null: none */
  readonly hidesKvm: number | null;
}

const most = 256;

/** qm.conf(5): `hostpciN: [host=]ADDRESS[;ADDRESS…]|mapping=NAME[,option=…]`; what follows a `[snapshot]` is the past. */
export function readProxmoxVm(text: string): ProxmoxVm {
  const entries: ProxmoxEntry[] = [];
  let name: string | null = null;
  let startsAtBoot = false;
  let hidesKvm: number | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line.startsWith('[')) break;
    const [, key = '', value = ''] = /^([a-z]+\d{0,2}):\s*(.*)$/.exec(line) ?? [];
    if (key === 'name') name = value;
    if (key === 'onboot') startsAtBoot = value === '1';
    if ((key === 'cpu' && /\bhidden=1\b/.test(value)) || (key === 'args' && /\bkvm=off\b/.test(value))) {
      hidesKvm ??= index + 1;
    }
    if (!/^hostpci\d+$/.test(key) || entries.length >= most) continue;
    const parts = value.split(',');
    const mapping = parts.find((part) => part.startsWith('mapping='))?.slice('mapping='.length) ?? null;
    const host = parts.find((part) => part.startsWith('host='))?.slice('host='.length);
    entries.push({
      line: index + 1,
      hosts: mapping === null ? (host ?? parts[0] ?? '').replaceAll(';', ' ') : '',
      mapping,
      ids: [],
    });
  }
  return { name, startsAtBoot, entries, hidesKvm };
}

/** /etc/pve/mapping/pci.cfg: `pci: NAME`, then indented `map id=VVVV:DDDD,…,path=ADDRESS[;…]` lines, one a node. */
export function readProxmoxMappings(text: string): ProxmoxEntry[] {
  const entries: ProxmoxEntry[] = [];
  let mapping: string | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    mapping = /^pci:\s*(\S{1,100})/.exec(line)?.[1] ?? mapping;
    const map = /^\s+map\s+(.*)$/.exec(line)?.[1];
    if (map === undefined || mapping === null || entries.length >= most) continue;
    const path = /(?:^|,)path=([^,]{1,2000})/.exec(map)?.[1] ?? '';
    const id = /(?:^|,)id=([0-9a-f]{4}:[0-9a-f]{4})/i.exec(map)?.[1]?.toLowerCase();
    entries.push({ line: index + 1, hosts: path.replaceAll(';', ' '), mapping, ids: id === undefined ? [] : [id] });
  }
  return entries;
}
