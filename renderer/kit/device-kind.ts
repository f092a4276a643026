import Bluetooth from '@lucide/svelte/icons/bluetooth';
import Cable from '@lucide/svelte/icons/cable';
import Cpu from '@lucide/svelte/icons/cpu';
import Gpu from '@lucide/svelte/icons/gpu';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import KeyRound from '@lucide/svelte/icons/key-round';
import MemoryStick from '@lucide/svelte/icons/memory-stick';
import Minus from '@lucide/svelte/icons/minus';
import Monitor from '@lucide/svelte/icons/monitor';
import Network from '@lucide/svelte/icons/network';
import Usb from '@lucide/svelte/icons/usb';
import Volume2 from '@lucide/svelte/icons/volume-2';
import Waypoints from '@lucide/svelte/icons/waypoints';
import Wifi from '@lucide/svelte/icons/wifi';
import type { IconOf } from './icon.ts';

/** What a person would call the function, for its icon only. */
export type DeviceKind =
  | 'graphics'
  | 'display'
  | 'audio'
  | 'disk'
  | 'network'
  | 'wireless'
  | 'bluetooth'
  | 'usb'
  | 'bridge'
  | 'unit'
  | 'memory'
  | 'crypto'
  | 'serial'
  | 'other';

export const deviceIcons = {
  graphics: Gpu,
  display: Monitor,
  audio: Volume2,
  disk: HardDrive,
  network: Network,
  wireless: Wifi,
  bluetooth: Bluetooth,
  usb: Usb,
  bridge: Waypoints,
  unit: Cpu,
  memory: MemoryStick,
  crypto: KeyRound,
  serial: Cable,
  other: Minus,
} satisfies Record<DeviceKind, IconOf>;

/** Base class, or base class and sub-class, to kind (pci.ids, class list); the longer key wins. */
const kindOfClass: Readonly<Record<string, DeviceKind>> = {
  '01': 'disk',
  '02': 'network',
  '0280': 'wireless',
  '03': 'graphics',
  '0401': 'audio',
  '0403': 'audio',
  '05': 'memory',
  '06': 'bridge',
  '07': 'serial',
  '0806': 'unit',
  '0805': 'disk',
  '0c03': 'usb',
  '0d': 'wireless',
  '0d11': 'bluetooth',
  '10': 'crypto',
  '12': 'graphics',
};

/** `classCode` is the 24-bit class code as in config space 09h–0Bh. */
export const deviceKindOf = (classCode: number | null): DeviceKind => {
  if (classCode === null) return 'other';
  const hex = classCode.toString(16).padStart(6, '0');
  return kindOfClass[hex.slice(0, 4)] ?? kindOfClass[hex.slice(0, 2)] ?? 'other';
};
