#!/bin/sh
# Slotwise: gives the devices to a Proxmox virtual machine. Run it with the machine's number: sh win11.sh 100
set -eu

vmid=${1:-}
case $vmid in
'' | *[!0-9]*)
  echo 'Say the number of the virtual machine, for example: 100' >&2
  exit 2
  ;;
esac

config=$(qm config "$vmid")
case $config in
*'machine: '*q35*) ;;
*)
  echo "Machine $vmid is not of the type q35, which PCI Express needs: qm set $vmid -machine q35" >&2
  exit 1
  ;;
esac
case $config in
*hostpci*)
  echo "Machine $vmid has hostpci lines already; take them out first, so that none is replaced." >&2
  exit 1
  ;;
esac

qm set "$vmid" -hostpci0 0000:01:00,pcie=1
