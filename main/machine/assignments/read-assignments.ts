import type { PciAddress } from '../address.ts';
import { measured, unknown, valueOr, type Fact } from '../fact.ts';
import { exists, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import { readLibvirtDomain } from './libvirt-domain.ts';
import { namedDevices } from './named-devices.ts';
import { readProxmoxMappings, readProxmoxVm } from './proxmox-vm.ts';
import type { Assignment } from './shape.ts';

const libvirt = 'etc/libvirt/qemu';
const proxmox = 'etc/pve/qemu-server';
const mappings = 'etc/pve/mapping/pci.cfg';
const unraid = 'boot/config/vfio-pci.cfg';

/** Folders whose files bind devices by script or rule; each line that says vfio counts. */
const bindings = [
  'etc/udev/rules.d',
  'etc/initramfs-tools/scripts/init-top',
  'etc/initramfs-tools/hooks',
  'etc/modprobe.d',
] as const;

/** A host has a handful; a forged archive could hold thousands. */
const most = 1000;
const sizeLimit = 256 * 1024;

/**
 * What this host is configured to give away already, running or not. Only the devices, the virtual machine's name and the
 * line are kept of each file: the rest is its owner's.
 */
export function readAssignments(
  tree: HostTree,
  commandLine: Fact<string>,
  here: readonly PciAddress[],
): Fact<Assignment[]> {
  const found = [
    ...ofCommandLine(commandLine, here),
    ...ofModprobe(tree),
    ...ofBindings(tree, here),
    ...ofDriverctl(tree, here),
    ...ofUnraid(tree, here),
    ...ofLibvirt(tree),
    ...ofProxmox(tree, here),
  ].slice(0, most);
  const looked = found.length > 0 || commandLine.known || tree.list('etc').length > 0;
  return looked ? measured(found, '/etc') : unknown('fuller-source', '/etc');
}

const small = (tree: HostTree, path: string): string => {
  const text = textOf(tree, path) ?? '';
  return text.length > sizeLimit ? '' : text;
};

const entry = (kind: Assignment['kind'], where: string, facts: Partial<Assignment>): Assignment => ({
  kind,
  where,
  devices: [],
  ids: [],
  vm: null,
  startsAtBoot: null,
  habits: [],
  ...facts,
});

const idsIn = (list: string): string[] =>
  list.split(',').flatMap((each) => /^[0-9a-f]{4}:[0-9a-f]{4}/i.exec(each)?.[0].toLowerCase() ?? []);

function ofCommandLine(commandLine: Fact<string>, here: readonly PciAddress[]): Assignment[] {
  return valueOr(commandLine, '')
    .split(/\s+/)
    .flatMap((word) => {
      const ids = /^vfio[-_]pci\.ids=(\S+)$/.exec(word)?.[1];
      if (ids !== undefined) return [entry('driver-ids', commandLine.where, { ids: idsIn(ids) })];
      const hidden = /^(?:xen[-_])?pciback\.hide=(\S+)$/.exec(word)?.[1];
      if (hidden === undefined) return [];
      return [entry('xen-hide', commandLine.where, { devices: namedDevices(hidden.replace(/[()]/g, ' '), here) })];
    });
}

function* linesOfFolder(tree: HostTree, folder: string): Generator<{ where: string; line: string }> {
  for (const name of tree.list(folder)) {
    for (const [index, line] of small(tree, `${folder}/${name}`).split('\n').entries()) {
      if (!/^\s*(?:#|$)/.test(line)) yield { where: `/${folder}/${name}:${index + 1}`, line };
    }
  }
}

function ofModprobe(tree: HostTree): Assignment[] {
  return [...linesOfFolder(tree, 'etc/modprobe.d')].flatMap(({ where, line }) => {
    const ids = /^\s*options\s+vfio[-_]pci\s(?:.*\s)?ids=(\S+)/.exec(line)?.[1];
    return ids === undefined ? [] : [entry('driver-ids', where, { ids: idsIn(ids) })];
  });
}

function ofBindings(tree: HostTree, here: readonly PciAddress[]): Assignment[] {
  return bindings.flatMap((folder) => {
    const lines = [...linesOfFolder(tree, folder)];
    const aboutVfio = new Set(
      lines.filter(({ line }) => /vfio/.test(line)).map(({ where }) => where.slice(0, where.lastIndexOf(':'))),
    );
    return lines.flatMap(({ where, line }) => {
      if (!aboutVfio.has(where.slice(0, where.lastIndexOf(':')))) return [];
      const devices = namedDevices(line, here).filter(() => /[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]/i.test(line));
      return devices.length === 0 ? [] : [entry('driver-override', where, { devices })];
    });
  });
}

/** driverctl(8) keeps `pci-0000:01:00.0` files with the driver's name. */
function ofDriverctl(tree: HostTree, here: readonly PciAddress[]): Assignment[] {
  return tree.list('etc/driverctl.d').flatMap((name) => {
    const path = `etc/driverctl.d/${name}`;
    const gives = /vfio|pci-stub/.test(small(tree, path));
    return name.startsWith('pci-') && gives
      ? [entry('driver-override', `/${path}`, { devices: namedDevices(name.slice('pci-'.length), here) })]
      : [];
  });
}

/** `BIND=0000:03:00.0|8086:1533 …` (Unraid webgui, sbin/vfio-pci-bind.sh). */
function ofUnraid(tree: HostTree, here: readonly PciAddress[]): Assignment[] {
  return small(tree, unraid)
    .split('\n')
    .flatMap((line, index) => {
      const list = /^BIND=(.+)$/.exec(line.trim())?.[1];
      if (list === undefined) return [];
      const words = list.split(/\s+/).map((word) => word.split('|'));
      return [
        entry('unraid-list', `/${unraid}:${index + 1}`, {
          devices: words.flatMap(([address = '']) => namedDevices(address, here)),
          ids: words.flatMap(([, id = '']) => idsIn(id)),
        }),
      ];
    });
}

const hiding = (hidden: boolean): Assignment['habits'] => (hidden ? ['hides-kvm'] : []);

function ofLibvirt(tree: HostTree): Assignment[] {
  const autostart = new Set(tree.list(`${libvirt}/autostart`));
  return tree.list(libvirt).flatMap((name) => {
    if (!name.endsWith('.xml')) return [];
    const domain = readLibvirtDomain(small(tree, `${libvirt}/${name}`));
    return domain.devices.map(({ address, line }) =>
      entry('libvirt', `/${libvirt}/${name}:${line}`, {
        devices: [address],
        vm: domain.name ?? name.replace(/\.xml$/, ''),
        startsAtBoot: exists(tree, `${libvirt}/autostart`) ? autostart.has(name) : null,
        habits: hiding(domain.hidesKvm !== null),
      }),
    );
  });
}

function ofProxmox(tree: HostTree, here: readonly PciAddress[]): Assignment[] {
  const mapped = readProxmoxMappings(small(tree, mappings));
  const vms = tree.list(proxmox).flatMap((file) => {
    if (!/^\d{1,9}\.conf$/.test(file)) return [];
    const vm = readProxmoxVm(small(tree, `${proxmox}/${file}`));
    return vm.entries.map(({ line, hosts, mapping }) => {
      const by = mapping === null ? [] : mapped.filter((each) => each.mapping === mapping);
      return entry('proxmox', `/${proxmox}/${file}:${line}`, {
        devices: namedDevices([hosts, ...by.map((each) => each.hosts)].join(' '), here),
        ids: by.flatMap((each) => each.ids),
        vm: [file.replace('.conf', ''), vm.name ?? ''].join(' ').trim(),
        startsAtBoot: vm.startsAtBoot,
        habits: hiding(vm.hidesKvm !== null),
      });
    });
  });
  return [
    ...vms,
    ...mapped.map(({ line, hosts, ids }) =>
      entry('proxmox-mapping', `/${mappings}:${line}`, { devices: namedDevices(hosts, here), ids }),
    ),
  ];
}
