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

take_back /etc/default/grub 0644 'GRUB_TIMEOUT=5
GRUB_CMDLINE_LINUX_DEFAULT="loglevel=3 quiet"
# Slotwise begins: taken back by undo.sh, or by removing these lines and building the menu again.
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
' 'GRUB_TIMEOUT=5
GRUB_CMDLINE_LINUX_DEFAULT="loglevel=3 quiet"
'
take_back /etc/mkinitcpio.conf.d/slotwise.conf 0644 '# Slotwise: vfio-pci is in the initramfs and loaded first there, with what says which devices it keeps.
# shellcheck shell=bash disable=SC2034,SC2206
MODULES=(vfio_pci ${MODULES[@]})
for kept in /etc/modprobe.d/slotwise.conf /etc/udev/rules.d/10-slotwise.rules; do
  if [ -e "$kept" ]; then
    FILES+=("$kept")
  fi
done
unset kept
'
take_back /etc/udev/rules.d/10-slotwise.rules 0644 '# Slotwise: keeps these devices for vfio-pci, each found by its place and its ids.
# For one start without it: add slotwise=off in the boot menu. For good: undo.sh.
ACTION!="add", GOTO="slotwise_end"
SUBSYSTEM!="pci", GOTO="slotwise_end"
IMPORT{cmdline}="slotwise"
ENV{slotwise}=="off", GOTO="slotwise_end"
DEVPATH=="*/pci0000:00/0000:??:01.0/0000:??:00.0", ATTR{vendor}=="0x10de", ATTR{device}=="0x2684", ATTR{subsystem_vendor}=="0x1462", ATTR{subsystem_device}=="0x5104", ATTR{driver_override}="vfio-pci", RUN{builtin}+="kmod load vfio-pci", RUN+="/bin/sh -c '\''echo $kernel > /sys/bus/pci/drivers_probe'\''"
DEVPATH=="*/pci0000:00/0000:??:01.0/0000:??:00.1", ATTR{vendor}=="0x10de", ATTR{device}=="0x22ba", ATTR{subsystem_vendor}=="0x1462", ATTR{subsystem_device}=="0x5104", ATTR{driver_override}="vfio-pci", RUN{builtin}+="kmod load vfio-pci", RUN+="/bin/sh -c '\''echo $kernel > /sys/bus/pci/drivers_probe'\''"
LABEL="slotwise_end"
'

if [ "$touched" = yes ]; then
  refresh grub-mkconfig -o /boot/grub/grub.cfg
  refresh mkinitcpio -P
  refresh udevadm control --reload
fi
exit "$status"
