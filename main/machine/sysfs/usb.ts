import { measured, unknown, type Fact } from '../fact.ts';
import { exists, hexOf, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { UsbDevice } from '../host-use.ts';
import type { HostTree } from '../host-tree.ts';
import { functionBehind } from './device-path.ts';
import type { FunctionFolder } from './function-folders.ts';

const home = 'sys/bus/usb/devices';

/** `usb1` is a root hub, `1-4.2` the device at port 2 of the hub at port 4 of bus 1 (Documentation/ABI/testing/sysfs-bus-usb). */
const devicePattern = /^(?:usb\d+|\d+-\d+(?:\.\d+)*)$/;
const interfacePattern = /^\d+-[\d.]+:\d+\.\d+$/;

/** USB devices with the controller's function behind which they hang; from the bus's links, else from below the functions. */
export function readUsb(tree: HostTree, functions: readonly FunctionFolder[]): Fact<UsbDevice[]> {
  const folders = new Map<string, string>();
  for (const { folder } of functions) collect(tree, folder, folders);
  for (const name of tree.list(home)) {
    const folder = devicePattern.test(name) ? realPath(tree, `${home}/${name}`) : null;
    if (folder !== null) folders.set(name, folder);
  }
  // Folders of functions are copied whole: where drivers left marks, missing USB folders mean that there are none.
  const complete = functions.some(({ folder }) => exists(tree, `${folder}/power`));
  if (folders.size === 0 && !exists(tree, home) && !complete) return unknown('fuller-source', `/${home}`);
  const devices = [...folders].map(([name, folder]): UsbDevice => {
    const product = wordOf(tree, `${folder}/product`);
    return { name, product, behind: functionBehind(folder), kind: kindOf(tree, folder) };
  });
  return measured(
    devices.sort((a, b) => (a.name < b.name ? -1 : 1)),
    `/${home}`,
  );
}

/** USB folders nest as their hubs do. */
function collect(tree: HostTree, folder: string, into: Map<string, string>): void {
  const ahead = [folder];
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    for (const name of tree.list(at)) {
      if (!devicePattern.test(name) || tree.link(`${at}/${name}`) !== null) continue;
      into.set(name, `${at}/${name}`);
      ahead.push(`${at}/${name}`);
    }
  }
}

/** USB-IF class codes: 01 audio, 02 and E0 communication and wireless, 03 HID (boot protocol 1 keyboard, 2 mouse), 08 storage, 09 hub. */
function kindOf(tree: HostTree, folder: string): UsbDevice['kind'] {
  const kinds = new Set<UsbDevice['kind']>();
  if (hexOf(tree, `${folder}/bDeviceClass`) === 0x09) kinds.add('hub');
  for (const name of tree.list(folder)) {
    if (!interfacePattern.test(name)) continue;
    const at = `${folder}/${name}`;
    const base = hexOf(tree, `${at}/bInterfaceClass`);
    const protocol = hexOf(tree, `${at}/bInterfaceProtocol`);
    if (base === 0x03 && protocol === 1) kinds.add('keyboard');
    if (base === 0x03 && protocol === 2) kinds.add('mouse');
    if (base === 0x08) kinds.add('storage');
    if (base === 0x01) kinds.add('audio');
    if (base === 0x02 || exists(tree, `${at}/net`)) kinds.add('network');
    if (base === 0x09) kinds.add('hub');
  }
  return order.find((kind) => kinds.has(kind)) ?? 'other';
}

/** Of a device with several interfaces, what its loss hurts most; gaming mice show a keyboard interface as well and are named a keyboard here. */
const order = ['keyboard', 'mouse', 'storage', 'network', 'audio', 'hub'] as const satisfies UsbDevice['kind'][];
