import type { Given, Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { initramfsOf } from './boot-family.ts';
import { bindingRemarks, boundAtStart, verifyBound } from './bound-functions.ts';
import { remark, type Remark } from './codes.ts';
import { driversBeforeRule } from './drivers-before-rule.ts';
import { hostFile } from './host-file.ts';
import { isDropInTool } from './initramfs-drop-in.ts';
import { placeOf, sysfsPatterns } from './place.ts';
import { refreshInitramfs } from './refresh-initramfs.ts';

const hex = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;

interface Ids {
  readonly vendor: string;
  readonly device: string;
  /** `0x1462:0x5104`, or `any` where the source did not tell */
  readonly subsystem: string;
}

function idsOf({ ids }: Given): Ids {
  if (ids === null) throw new TypeError('a function without ids is left out before');
  const { vendor, device, subsystemVendor, subsystemDevice } = ids;
  const told = subsystemVendor !== null && subsystemDevice !== null;
  return {
    vendor: hex(vendor),
    device: hex(device),
    subsystem: told ? `${hex(subsystemVendor)}:${hex(subsystemDevice)}` : 'any',
  };
}

/**
 * Runs as the initramfs starts, before udev loads any driver (initramfs-tools(7), init-top). A driver that is bound
 * already is left alone: taking a driver off this early can take the console with it.
 */
const script = (given: readonly Given[]): string => `#!/bin/sh
# Slotwise: keeps these devices for vfio-pci. Each is found by its place and its ids, so that a bus with a new number
# takes no other card. For one start without it: add slotwise=off in the boot menu, or choose recovery mode.

case \${1:-} in
prereqs)
  echo ''
  exit 0
  ;;
esac

read -r cmdline </proc/cmdline || exit 0
case " $cmdline " in
*' slotwise=off '* | *' single '* | *' recovery '* | *' rescue '* | *' emergency '*) exit 0 ;;
*' systemd.unit=rescue.target '* | *' systemd.unit=emergency.target '*) exit 0 ;;
esac

kept=''

say() {
  echo "slotwise: $*" >/dev/kmsg
}

# keep VENDOR DEVICE SUBSYSTEM PLACE...
keep() {
  wanted="$1 $2 $3"
  any=$3
  shift 3
  for place in "$@"; do
    [ -e "$place/driver_override" ] || continue
    read -r vendor <"$place/vendor" || continue
    read -r device <"$place/device" || continue
    subsystem=any
    if [ "$any" != any ]; then
      read -r subvendor <"$place/subsystem_vendor" || continue
      read -r subdevice <"$place/subsystem_device" || continue
      subsystem="$subvendor:$subdevice"
    fi
    if [ "$vendor $device $subsystem" != "$wanted" ]; then
      say "\${place##*/} is another device now, left alone"
    elif [ -e "$place/driver" ]; then
      say "\${place##*/} has a driver already, left alone"
    else
      echo vfio-pci >"$place/driver_override"
      kept="$kept \${place##*/}"
    fi
  done
}

${given
  .map((function_) => {
    const { vendor, device, subsystem } = idsOf(function_);
    return `keep ${vendor} ${device} ${subsystem} ${sysfsPatterns(function_).join(' ')}`;
  })
  .join('\n')}

[ -n "$kept" ] || exit 0
modprobe vfio-pci || say 'vfio-pci is not in this initramfs'
for address in $kept; do
  [ -e "/sys/bus/pci/devices/$address/driver" ] || echo "$address" >/sys/bus/pci/drivers_probe || true
done
exit 0
`;

/** The device's way from its root bus, each hop's bus left open (udev(7): `?` is any one character). */
const devicePath = (given: Given): string => {
  const place = placeOf(given);
  if (place === null) return `KERNEL=="${given.address}"`;
  const domain = place.root.slice(0, -3);
  return `DEVPATH=="*/pci${place.root}${place.hops.map((hop) => `/${domain}:??:${hop}`).join('')}"`;
};

/**
 * RUN is a list that is worked off in its order (udev(7)). vfio-pci is loaded here since its aliases are `vfio_pci:`, which
 * no device asks for (drivers/vfio/pci/vfio_pci.c, PCI_DRIVER_OVERRIDE_DEVICE_VFIO). A module that is loaded already, by
 * the initramfs or for the function before, probes nothing a second time, so the device is offered to the drivers by name;
 * one that has a driver is passed over (drivers/base/bus.c, bus_rescan_devices_helper). `$kernel` is that name, which the
 * kernel makes of hexadecimal digits, colons and a dot (drivers/pci/probe.c, pci_setup_device): nothing for a shell to read.
 * mkinitcpio's base hook brings busybox's /bin/sh (install/base), dracut's base module the system's [recall]. An image without
 * either has no shell; there the override stands, nobody else takes the device, and the rule of the system itself offers it
 * when everything is added once more (systemd-udev-trigger.service).
 */
const bind = `RUN{builtin}+="kmod load vfio-pci", RUN+="/bin/sh -c 'echo $kernel > /sys/bus/pci/drivers_probe'"`;

/**
 * ATTR assignments happen while the rules are read, what RUN lists after them (udev(7)), so the override stands before this
 * event loads a driver.
 */
const rule = (
  given: readonly Given[],
): string => `# Slotwise: keeps these devices for vfio-pci, each found by its place and its ids.
# For one start without it: add slotwise=off in the boot menu. For good: undo.sh.
ACTION!="add", GOTO="slotwise_end"
SUBSYSTEM!="pci", GOTO="slotwise_end"
IMPORT{cmdline}="slotwise"
ENV{slotwise}=="off", GOTO="slotwise_end"
${given
  .map((function_) => {
    const { vendor, device, subsystem } = idsOf(function_);
    const [subvendor = '', subdevice = ''] = subsystem.split(':');
    const board =
      subsystem === 'any' ? '' : `, ATTR{subsystem_vendor}=="${subvendor}", ATTR{subsystem_device}=="${subdevice}"`;
    return `${devicePath(function_)}, ATTR{vendor}=="${vendor}", ATTR{device}=="${device}"${board}, ATTR{driver_override}="vfio-pci", ${bind}`;
  })
  .join('\n')}
LABEL="slotwise_end"
`;

/**
 * Keeps single functions for vfio-pci by driver_override (sysfs-bus-pci), whatever other cards have the same ids: a script
 * of the initramfs where initramfs-tools builds it, else a udev rule, which initramfs-drop-in.ts brings into the image of
 * mkinitcpio and dracut; there it comes after the drivers that the person has loaded before udev, elsewhere after all that an
 * initramfs loads.
 */
export function driverOverride(plan: Plan): Artefact {
  const given = boundAtStart(plan);
  const tool = initramfsOf(plan.host);
  const inInitramfs = tool === 'initramfs-tools';
  const lost = given.filter((function_) => placeOf(function_) === null).map(({ address }) => address);
  const remarks: Remark[] = [
    remark('bound-by-address'),
    remark('escape-option'),
    ...(inInitramfs && plan.host.initramfs === null ? [remark('initramfs-unknown')] : []),
    ...(isDropInTool(tool) ? driversBeforeRule(plan, tool) : inInitramfs ? [] : [remark('after-initramfs')]),
    ...(lost.length > 0 ? [remark('place-unknown', { addresses: lost.join(' ') })] : []),
    ...bindingRemarks(plan),
  ];
  const shared = { target: 'driver-override', verify: verifyBound(given), remarks } as const;
  return inInitramfs
    ? hostFile(plan, {
        ...shared,
        path: '/etc/initramfs-tools/scripts/init-top/slotwise-bind',
        mode: '0755',
        content: script(given),
        refresh: refreshInitramfs(plan),
      })
    : hostFile(plan, {
        ...shared,
        path: '/etc/udev/rules.d/10-slotwise.rules',
        mode: '0644',
        content: rule(given),
        // The drop-in of these tools takes a copy of the rule into the image.
        refresh: ['udevadm control --reload', ...(isDropInTool(tool) ? refreshInitramfs(plan) : [])],
      });
}
