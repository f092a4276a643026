import { measured, unknown, type Fact } from '../fact.ts';
import type { Display, UsbDevice } from '../host-use.ts';
import type { DeviceTree } from './device-tree.ts';
import type { Inventory, Row } from './inventory.ts';

type Node = Row<'nodes'>;

/** Setup classes (learn.microsoft.com, System-Defined Device Setup Classes) as what their loss means. */
const kinds: Readonly<Record<string, UsbDevice['kind']>> = {
  KEYBOARD: 'keyboard',
  MOUSE: 'mouse',
  DISKDRIVE: 'storage',
  NET: 'network',
  MEDIA: 'audio',
};

/** Of a device of several kinds, what its loss hurts most. */
const order: readonly UsbDevice['kind'][] = ['keyboard', 'mouse', 'storage', 'network', 'audio', 'other'];

const keyOf = (instance: string | null): string => (instance ?? '').toUpperCase();

/** `USB\VID_046D&PID_C31C\…`; with `&MI_00` it is one function of such a device, and a root hub has no VID_ in its place. */
const isUsbDevice = ({ instance }: Node): boolean => /^USB\\VID_[0-9A-F]{4}&PID_[0-9A-F]{4}\\/.test(keyOf(instance));

/**
 * What is plugged into USB. Windows gives a keyboard a device of class Keyboard below its USB device, so that the class of
 * what hangs below decides. Names only: the instance ids hold serial numbers.
 */
export function usbOf({ sections }: Inventory, tree: DeviceTree): Fact<UsbDevice[]> {
  const { nodes } = sections;
  if (nodes === null) return unknown('fuller-source', 'Get-PnpDevice');
  const byKey = new Map(nodes.map((node) => [keyOf(node.instance), node]));
  const found = new Map<Node, UsbDevice['kind']>();
  for (const node of nodes) if (isUsbDevice(node)) found.set(node, 'other');
  for (const node of nodes) {
    const device = ownerOf(node, byKey);
    const before = device === null ? undefined : found.get(device);
    if (device === null || before === undefined) continue;
    const kind = kinds[(node.class ?? '').toUpperCase()] ?? 'other';
    if (order.indexOf(kind) < order.indexOf(before)) found.set(device, kind);
  }
  // Only a hub has USB devices right below it.
  for (const device of [...found.keys()]) {
    const above = byKey.get(keyOf(device.parent));
    if (above !== undefined && found.has(above)) found.set(above, 'hub');
  }
  return measured(
    [...found].map(([device, kind], at) => ({
      name: `usb-${at + 1}`,
      product: device.name,
      behind: tree.behind(device.instance),
      kind,
    })),
    'Get-PnpDevice',
  );
}

/** The USB device that a node is, or is a part of; a keyboard hangs two or three below. */
function ownerOf(node: Node, byKey: ReadonlyMap<string, Node>): Node | null {
  let at: Node | undefined = node;
  for (let hops = 0; at !== undefined && hops < 8; hops++) {
    if (isUsbDevice(at)) return at;
    at = byKey.get(keyOf(at.parent));
  }
  return null;
}

/** Screens, by the card that Windows hangs them below; their connectors it does not name, so that they are counted. */
export function displaysOf({ sections }: Inventory, tree: DeviceTree): Fact<Display[]> {
  if (sections.nodes === null) return unknown('fuller-source', 'Get-PnpDevice');
  return measured(
    sections.nodes
      .filter(({ instance }) => keyOf(instance).startsWith('DISPLAY\\'))
      .map(({ instance }, at) => ({ connector: `screen-${at + 1}`, behind: tree.behind(instance), connected: true })),
    'Get-PnpDevice',
  );
}
