import { addressShape, type PciAddress } from '../../main/machine/address.ts';
import type { Disk, Display, NetworkInterface, UsbDevice } from '../../main/machine/host-use.ts';
import type { BootLoader, Distribution, InitramfsTool } from '../../main/machine/machine.ts';
import { parse } from 'valibot';

/** What no dump tells and a machine to look around on needs: made up, plausible for the devices that are there. */
export interface Staging {
  /** `sample:NAME` */
  readonly name: string;
  readonly title: string;
  /** the dump of the corpus whose facts it holds */
  readonly dump: string;
  readonly distribution: Distribution;
  readonly bootLoader: BootLoader;
  readonly initramfs: InitramfsTool;
  readonly efi: boolean;
  readonly commandLine: string;
  /** null: the host is reached over the network, and no card is its display */
  readonly bootDisplay: PciAddress | null;
  readonly disks: readonly Disk[];
  readonly interfaces: readonly NetworkInterface[];
  readonly displays: readonly Display[];
  readonly usb: readonly UsbDevice[];
}

const at = (address: string): PciAddress => parse(addressShape, address);

const disk = (name: string, behind: string, mounts: Disk['mounts']): Disk => ({
  name,
  model: null,
  bytes: null,
  behind: at(behind),
  mounts,
});
const mount = (target: string, device: string, fileSystem: string): Disk['mounts'][number] => ({
  target,
  device,
  fileSystem,
});
/** Addresses are of 192.0.2.0/24, which belongs to documentation (RFC 5737). */
const network = (name: string, behind: string, more: Partial<NetworkInterface> = {}): NetworkInterface => ({
  name,
  behind: at(behind),
  addresses: [],
  defaultRoute: false,
  up: false,
  master: null,
  wireless: false,
  ...more,
});
const screen = (connector: string, behind: string, connected = false): Display => ({
  connector,
  behind: at(behind),
  connected,
});
const input = (name: string, behind: string, kind: UsbDevice['kind']): UsbDevice => ({
  name,
  product: null,
  behind: at(behind),
  kind,
});

export const stagings: readonly Staging[] = [
  {
    name: 'intel-desktop',
    title: 'Intel desktop with one GPU',
    dump: 'ecs-h310-coffeelake-coreboot-port',
    distribution: { id: 'debian', idLike: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
    bootLoader: 'grub',
    initramfs: 'initramfs-tools',
    efi: false,
    commandLine: 'BOOT_IMAGE=/boot/vmlinuz root=/dev/sda1 ro quiet',
    // coreboot without a video BIOS talks over the serial port; so the one card may be given without the host going blind.
    bootDisplay: null,
    disks: [disk('sda', '0000:00:17.0', [mount('/', 'sda1', 'ext4'), mount('[SWAP]', 'sda2', 'swap')])],
    interfaces: [network('enp2s0', '0000:02:00.0', { addresses: ['192.0.2.10/24'], defaultRoute: true, up: true })],
    displays: [screen('HDMI-A-1', '0000:01:00.0'), screen('DVI-I-1', '0000:01:00.0')],
    usb: [input('1-1', '0000:00:14.0', 'keyboard'), input('1-2', '0000:00:14.0', 'mouse')],
  },
  {
    name: 'amd-workstation',
    title: 'AMD workstation with two identical GPUs',
    dump: 'asus-wrx80e-tr-pro-5955wx-rtx4090',
    distribution: { id: 'ubuntu', idLike: ['debian'], version: '22.04', name: 'Ubuntu 22.04.3 LTS' },
    bootLoader: 'grub',
    initramfs: 'initramfs-tools',
    efi: true,
    commandLine: 'BOOT_IMAGE=/boot/vmlinuz-6.2.0-34-generic root=/dev/nvme0n1p2 ro quiet splash',
    bootDisplay: at('0000:2b:00.0'),
    disks: [
      disk('nvme0n1', '0000:23:00.0', [mount('/', 'nvme0n1p2', 'ext4'), mount('/boot/efi', 'nvme0n1p1', 'vfat')]),
    ],
    interfaces: [
      network('enp37s0f0', '0000:25:00.0', { addresses: ['192.0.2.20/24'], defaultRoute: true, up: true }),
      network('enp37s0f1', '0000:25:00.1'),
      network('wlp39s0', '0000:27:00.0', { wireless: true }),
    ],
    displays: [
      screen('VGA-1', '0000:2b:00.0', true),
      screen('DP-1', '0000:41:00.0'),
      screen('DP-2', '0000:61:00.0'),
      screen('HDMI-A-1', '0000:62:00.0'),
    ],
    usb: [input('7-1', '0000:2e:00.3', 'keyboard'), input('7-2', '0000:2e:00.3', 'mouse')],
  },
  {
    name: 'dual-socket-server',
    title: 'Dual-socket server',
    dump: 'asus-z9pe-d16-dual-xeon-e5v2-170dev',
    // The dump's kernel is Proxmox VE 8's.
    distribution: { id: 'debian', idLike: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
    bootLoader: 'grub',
    initramfs: 'initramfs-tools',
    efi: false,
    commandLine: 'BOOT_IMAGE=/boot/vmlinuz-6.5.13-5-pve root=/dev/mapper/pve-root ro quiet intel_iommu=on',
    bootDisplay: at('0000:0a:00.0'),
    disks: [
      disk('sda', '0000:04:00.0', [mount('/', 'dm-1', 'ext4'), mount('[SWAP]', 'dm-0', 'swap')]),
      disk('sdb', '0000:00:1f.2', []),
    ],
    interfaces: [
      network('enp7s0f0', '0000:07:00.0', {
        addresses: ['192.0.2.30/24'],
        defaultRoute: true,
        up: true,
        master: 'vmbr0',
      }),
      network('enp7s0f1', '0000:07:00.1'),
    ],
    displays: [screen('VGA-1', '0000:0a:00.0', true)],
    usb: [input('1-1.1', '0000:00:1a.0', 'keyboard')],
  },
];
