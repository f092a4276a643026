#!/bin/sh
# Slotwise: starts the virtual machine with QEMU 7.2 or later. Run it as root, or as a user who may open the devices
# below /dev/vfio and lock the guest's memory. More arguments for QEMU may follow the script's name.
set -eu

disk=win11.qcow2
vars=win11-vars.fd

for address in 0000:01:00.0 0000:01:00.1; do
  driver=$(readlink "/sys/bus/pci/devices/$address/driver" || echo none)
  case ${driver##*/} in
  *vfio*) ;;
  *)
    echo "$address has the driver ${driver##*/}; it needs vfio-pci before the guest can start." >&2
    exit 1
    ;;
  esac
done

code=''
for pair in \
  /usr/share/OVMF/OVMF_CODE_4M.fd:/usr/share/OVMF/OVMF_VARS_4M.fd \
  /usr/share/OVMF/OVMF_CODE.fd:/usr/share/OVMF/OVMF_VARS.fd \
  /usr/share/edk2/x64/OVMF_CODE.4m.fd:/usr/share/edk2/x64/OVMF_VARS.4m.fd \
  /usr/share/edk2/ovmf/OVMF_CODE.fd:/usr/share/edk2/ovmf/OVMF_VARS.fd; do
  if [ -e "${pair%:*}" ]; then
    code=${pair%:*}
    [ -e "$vars" ] || cp "${pair#*:}" "$vars"
    break
  fi
done
[ -n "$code" ] || { echo 'No UEFI firmware for guests was found; the package is called ovmf or edk2-ovmf.' >&2; exit 1; }
[ -e "$disk" ] || qemu-img create -f qcow2 "$disk" 128G

# shellcheck disable=SC1003,SC2016 # the name stands in single quotes, and nothing in it is to be expanded
exec qemu-system-x86_64 \
  -nodefaults \
  -name guest=win11 \
  -machine q35,accel=kvm \
  -cpu host \
  -smp 8 \
  -m 16G \
  -rtc base=localtime \
  -drive if=pflash,format=raw,readonly=on,file="$code" \
  -drive if=pflash,format=raw,file="$vars" \
  -device pcie-root-port,id=card0,bus=pcie.0,chassis=1,slot=1 \
  -device vfio-pci,host=0000:01:00.0,bus=card0,addr=00.0,multifunction=on \
  -device vfio-pci,host=0000:01:00.1,bus=card0,addr=00.1 \
  -drive if=none,id=disk0,format=qcow2,file="$disk" \
  -netdev user,id=net0 \
  -device ide-hd,drive=disk0,bus=ide.0,bootindex=1 \
  -device e1000e,netdev=net0 \
  -device qemu-xhci,id=usb \
  -device usb-tablet,bus=usb.0 \
  -device VGA \
  -vnc 127.0.0.1:0 \
  "$@"
