import { create } from 'xmlbuilder2';
import { addressParts } from '../machine/address.ts';
import type { Seat } from './guest-slots.ts';
import type { GuestShape } from './guest-shape.ts';

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

const on = { '@state': 'on' };

/** The element tree that xmlbuilder2 serializes; `@` marks an attribute. */
type Tree = Record<string, unknown>;

const xml = (tree: Tree): string => `${create(tree).end({ prettyPrint: true, headless: true })}\n`;

/**
 * Text for xmlbuilder2, which takes text as half written XML: it resolves references on the way in
 * (readers/BaseReader.js, _decodeText) and leaves what looks like one alone on the way out (constants.js,
 * nonEntityAmpersandRegex). Only an ampersand that is written twice comes out as the one that was meant.
 */
const literal = (text: string): string => text.replaceAll('&', '&amp;amp;');

/** `managed`: libvirt takes the host's driver off at the start and gives it back at the end (formatdomain, hostdev). */
function hostdev({ given, function: number }: Seat, bus: number | null, several: boolean): Tree {
  const { domain, bus: hostBus, device, function: hostFunction } = addressParts(given.address);
  return {
    '@mode': 'subsystem',
    '@type': 'pci',
    '@managed': 'yes',
    source: {
      address: {
        '@domain': hex(domain, 4),
        '@bus': hex(hostBus, 2),
        '@slot': hex(device, 2),
        '@function': hex(hostFunction, 1),
      },
    },
    ...(bus === null
      ? {}
      : {
          address: {
            '@type': 'pci',
            '@domain': '0x0000',
            '@bus': hex(bus, 2),
            '@slot': '0x00',
            '@function': hex(number, 1),
            ...(several && number === 0 ? { '@multifunction': 'on' } : {}),
          },
        }),
  };
}

const hyperv = { '@mode': 'custom', relaxed: on, vapic: on, spinlocks: { ...on, '@retries': '8191' } };

const timers = (windows: boolean): Tree[] => [
  { '@name': 'rtc', '@tickpolicy': 'catchup' },
  { '@name': 'pit', '@tickpolicy': 'delay' },
  { '@name': 'hpet', '@present': 'no' },
  ...(windows ? [{ '@name': 'hypervclock', '@present': 'yes' }] : []),
];

const drives = (image: string, windows: boolean): Tree[] => [
  {
    '@type': 'file',
    '@device': 'disk',
    driver: { '@name': 'qemu', '@type': 'qcow2', '@discard': 'unmap' },
    source: { '@file': image },
    target: windows ? { '@dev': 'sda', '@bus': 'sata' } : { '@dev': 'vda', '@bus': 'virtio' },
    boot: { '@order': '1' },
  },
  {
    '@type': 'file',
    '@device': 'cdrom',
    driver: { '@name': 'qemu', '@type': 'raw' },
    target: { '@dev': 'sdb', '@bus': 'sata' },
    readonly: {},
    boot: { '@order': '2' },
  },
];

/**
 * A whole domain: q35 with UEFI that libvirt picks itself, the processor as it is, one root port a given card. Neither
 * KVM hiding nor a vendor id: NVIDIA's driver runs in guests since R465. No balloon: all memory is pinned for DMA.
 * `<ioapic driver='kvm'/>` keeps interrupts of given cards out of QEMU's slow path on q35.
 */
export function domainXml(name: string, image: string, shape: GuestShape, slots: readonly (readonly Seat[])[]): string {
  const { windows, memoryGigabytes, cpus } = shape;
  const ports = slots.map((_slot, index) => ({ '@type': 'pci', '@index': `${index + 1}`, '@model': 'pcie-root-port' }));
  return xml({
    domain: {
      '@type': 'kvm',
      name: literal(name),
      memory: { '@unit': 'GiB', '#': `${memoryGigabytes}` },
      vcpu: { '@placement': 'static', '#': `${cpus}` },
      os: { '@firmware': 'efi', type: { '@arch': 'x86_64', '@machine': 'q35', '#': 'hvm' } },
      features: { acpi: {}, apic: {}, ...(windows ? { hyperv } : {}), ioapic: { '@driver': 'kvm' } },
      cpu: {
        '@mode': 'host-passthrough',
        '@check': 'none',
        '@migratable': 'off',
        topology: { '@sockets': '1', '@dies': '1', '@cores': `${cpus}`, '@threads': '1' },
      },
      clock: { '@offset': windows ? 'localtime' : 'utc', timer: timers(windows) },
      on_poweroff: 'destroy',
      on_reboot: 'restart',
      on_crash: 'destroy',
      pm: { 'suspend-to-mem': { '@enabled': 'no' }, 'suspend-to-disk': { '@enabled': 'no' } },
      devices: {
        disk: drives(image, windows),
        controller: [
          { '@type': 'pci', '@index': '0', '@model': 'pcie-root' },
          ...ports,
          { '@type': 'usb', '@index': '0', '@model': 'qemu-xhci' },
        ],
        interface: {
          '@type': 'network',
          source: { '@network': 'default' },
          model: { '@type': windows ? 'e1000e' : 'virtio' },
        },
        input: { '@type': 'tablet', '@bus': 'usb' },
        graphics: { '@type': 'vnc', '@port': '-1', '@autoport': 'yes', '@listen': '127.0.0.1' },
        video: { model: { '@type': 'vga' } },
        hostdev: slots.flatMap((slot, index) => slot.map((seat) => hostdev(seat, index + 1, slot.length > 1))),
        memballoon: { '@model': 'none' },
      },
    },
  });
}

/** Guest buses from here on are rarely taken: virt-manager makes 14 root ports. libvirt adds the ports up to it. */
const firstFreeBus = 0x10;

/** One function for a domain that exists. A lone function goes where libvirt has room; functions of a card share a slot. */
export const hostdevXml = (seat: Seat, slot: readonly Seat[], slotIndex: number): string =>
  xml({ hostdev: hostdev(seat, slot.length > 1 ? firstFreeBus + slotIndex : null, slot.length > 1) });
