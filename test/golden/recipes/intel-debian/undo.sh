#!/bin/sh
# Slotwise: the way back. It takes back each file that is still as Slotwise wrote it, puts back what stood there before,
# and leaves alone whatever was changed since. It may run twice. From a rescue system: sh undo.sh /mnt, with the folder
# where the system is mounted.
# shellcheck disable=SC1003,SC2016 # texts and names stand in single quotes, and nothing in them is to be expanded
set -u

root=${1:-}
root=${root%/}
status=0
touched=no

# take_back PATH MODE NEW [OLD]
take_back() {
  path=$root$1
  if [ ! -e "$path" ]; then
    echo "$path: not there, nothing to take back"
  elif ! printf '%s' "$3" | cmp -s - "$path"; then
    if [ "$#" -gt 3 ] && printf '%s' "$4" | cmp -s - "$path"; then
      echo "$path: is as it was before"
    else
      echo "$path: changed since, left alone" >&2
      status=1
    fi
  elif [ "$#" -gt 3 ]; then
    touched=yes
    printf '%s' "$4" >"$path" && chmod "$2" "$path" && echo "$path: as before" || status=1
  else
    touched=yes
    rm -- "$path" && echo "$path: removed" || status=1
  fi
}

# refresh COMMAND ARGUMENT...
refresh() {
  if [ -n "$root" ]; then
    set -- chroot "$root" "$@"
  fi
  if ! "$@"; then
    echo "Did not work, run it by hand: $*" >&2
    status=1
  fi
}

take_back /etc/default/grub.d/50-slotwise.cfg 0644 '# Slotwise begins: taken back by undo.sh, or by removing these lines and building the menu again.
case " ${GRUB_CMDLINE_LINUX:-} ${GRUB_CMDLINE_LINUX_DEFAULT:-} " in
*'\'' intel_iommu=on '\''*) ;;
*) GRUB_CMDLINE_LINUX_DEFAULT="${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }intel_iommu=on" ;;
esac
# A way back that is typed in the boot menu needs a menu that can be seen.
if [ "${GRUB_TIMEOUT_STYLE:-menu}" != menu ] || [ "${GRUB_TIMEOUT:-5}" = 0 ]; then
  GRUB_TIMEOUT_STYLE=menu
  GRUB_TIMEOUT=5
fi
# Slotwise ends.
'
take_back /etc/initramfs-tools/hooks/slotwise 0755 '#!/bin/sh
# Slotwise: puts vfio-pci into the initramfs and loads it there, before the drivers of the given devices.
set -e

case ${1:-} in
prereqs)
  echo '\'''\''
  exit 0
  ;;
esac

# shellcheck source=/dev/null
. /usr/share/initramfs-tools/hook-functions

force_load vfio_pci
'
take_back /etc/initramfs-tools/scripts/init-top/slotwise-bind 0755 '#!/bin/sh
# Slotwise: keeps these devices for vfio-pci. Each is found by its place and its ids, so that a bus with a new number
# takes no other card. For one start without it: add slotwise=off in the boot menu, or choose recovery mode.

case ${1:-} in
prereqs)
  echo '\'''\''
  exit 0
  ;;
esac

read -r cmdline </proc/cmdline || exit 0
case " $cmdline " in
*'\'' slotwise=off '\''* | *'\'' single '\''* | *'\'' recovery '\''* | *'\'' rescue '\''* | *'\'' emergency '\''*) exit 0 ;;
*'\'' systemd.unit=rescue.target '\''* | *'\'' systemd.unit=emergency.target '\''*) exit 0 ;;
esac

kept='\'''\''

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
      say "${place##*/} is another device now, left alone"
    elif [ -e "$place/driver" ]; then
      say "${place##*/} has a driver already, left alone"
    else
      echo vfio-pci >"$place/driver_override"
      kept="$kept ${place##*/}"
    fi
  done
}

keep 0x10de 0x2684 0x1462:0x5104 /sys/devices/pci0000:00/*:01.0/*:00.0
keep 0x10de 0x22ba 0x1462:0x5104 /sys/devices/pci0000:00/*:01.0/*:00.1

[ -n "$kept" ] || exit 0
modprobe vfio-pci || say '\''vfio-pci is not in this initramfs'\''
for address in $kept; do
  [ -e "/sys/bus/pci/devices/$address/driver" ] || echo "$address" >/sys/bus/pci/drivers_probe || true
done
exit 0
'
take_back /etc/modprobe.d/slotwise.conf 0644 '# Slotwise: these devices are kept for vfio-pci, by their vendor and device ids.
# For one start without it: add module_blacklist=vfio_pci in the boot menu. For good: undo.sh.
options vfio-pci ids=10de:2684,10de:22ba
# vfio-pci comes before the drivers that would take them; other cards keep these drivers.
softdep nouveau pre: vfio-pci
softdep nvidia pre: vfio-pci
softdep snd_hda_intel pre: vfio-pci
'

if [ "$touched" = yes ]; then
  refresh update-grub
  refresh update-initramfs -u -k all
fi
printf '%s\n' 'Not touched: what was made of libvirt/win11.xml. To take it back:'
printf '%s\n' '  virsh undefine --domain=win11 --nvram'
printf '%s\n' 'Not touched: what was made of proxmox/win11.sh. To take it back:'
printf '%s\n' '  qm set VMID -delete hostpci0'
exit "$status"
