import type { PciAddress } from '../../main/machine/address.ts';
import type { Machine } from '../../main/machine/machine.ts';

/** What the host does with a function just now, as far as the source tells. */
export type Duty =
  /** holds `/` or `/boot`: the host cannot run without it */
  | { readonly kind: 'system-disk'; readonly mount: string; readonly device: string; readonly disk: string }
  | { readonly kind: 'mount'; readonly mount: string; readonly device: string; readonly disk: string }
  /** carries the default route */
  | { readonly kind: 'network'; readonly name: string }
  | { readonly kind: 'boot-display' }
  | { readonly kind: 'keyboard'; readonly name: string };

/** Mount points without which the host does not start (the same ones that a plan refuses to give). */
const systemMounts: ReadonlySet<string> = new Set(['/', '/boot', '/boot/efi', '/efi']);

/** What people look for first; a card shows the first two. */
const order = [
  'system-disk',
  'network',
  'boot-display',
  'keyboard',
  'mount',
] as const satisfies readonly Duty['kind'][];

/** The jobs behind each function, the gravest first. */
export function dutiesOf(machine: Machine): ReadonlyMap<PciAddress, readonly Duty[]> {
  const duties = new Map<PciAddress, Duty[]>();
  const add = (address: PciAddress | null, duty: Duty): void => {
    if (address === null) return;
    const list = duties.get(address);
    if (list) list.push(duty);
    else duties.set(address, [duty]);
  };
  for (const disk of machine.disks.known ? machine.disks.value : []) {
    for (const { target, device } of disk.mounts) {
      const kind = systemMounts.has(target) ? 'system-disk' : 'mount';
      add(disk.behind, { kind, mount: target, device, disk: disk.name });
    }
  }
  for (const each of machine.interfaces.known ? machine.interfaces.value : []) {
    if (each.defaultRoute === true) add(each.behind, { kind: 'network', name: each.name });
  }
  for (const device of machine.usb.known ? machine.usb.value : []) {
    if (device.kind === 'keyboard') add(device.behind, { kind: 'keyboard', name: device.product ?? device.name });
  }
  for (const fn of machine.functions) {
    if (fn.bootVga.known && fn.bootVga.value) add(fn.address, { kind: 'boot-display' });
  }
  for (const list of duties.values()) {
    list.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || weight(a) - weight(b));
  }
  return duties;
}

/** `/` before `/boot`: the shorter path is the one that everything hangs on. */
const weight = (duty: Duty): number => ('mount' in duty ? duty.mount.length : 0);

/** The host stops without it. */
export const isGrave = (duty: Duty): boolean => duty.kind === 'system-disk';
