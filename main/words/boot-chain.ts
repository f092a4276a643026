import type { Machine } from '../machine/machine.ts';

type ImageKind = NonNullable<Extract<Machine['image'], { known: true }>['value']>;

const images = {
  ostree: 'an image that rpm-ostree keeps; files of /usr are not edited',
  bootc: 'an image that bootc keeps; files of /usr are not edited',
  nixos: 'built from its configuration (NixOS)',
  transactional: 'changed in snapshots (transactional-update)',
  steamos: 'an image (SteamOS)',
  unraid: 'made anew at each start (Unraid)',
  truenas: 'an appliance (TrueNAS), changed by its own tools',
  other: 'an image; files of /usr are not edited',
} as const satisfies Record<ImageKind, string>;

/** How the host starts, step by step, and what its firmware's menus are set to. */
export const bootChainWords = {
  title: 'How this host starts',
  steps: {
    firmware: 'Firmware',
    secureBoot: 'Secure Boot',
    loader: 'Boot loader',
    initramfs: 'Initramfs',
    system: 'System',
    image: 'Kind of system',
    kernel: 'Kernel',
    commandLine: 'Command line',
    override: 'ACS override patch',
    options: 'Kernel options',
  },
  efi: (efi: boolean): string => (efi ? 'UEFI' : 'BIOS, or UEFI’s compatibility mode'),
  on: 'on',
  off: 'off',
  ordinary: 'ordinary: its files are its own',
  images,
  patched: 'in this kernel',
  notPatched: 'not in this kernel',
  options: (set: number, all: number): string => `${set} of ${all} that matter here are set`,
  showOptions: 'Show them',

  settingsTitle: 'What the firmware is set to, as this system reads it',
  settingsPending: 'A changed setting waits for the next start.',
  settingHidden: 'value for root only, or not told',
  settingChoices: (choices: readonly string[]): string => `can be ${choices.join(', ')}`,
  reports: (value: string): string => `now ${value}`,
  reportsHidden: 'its value is for root',
} as const;
