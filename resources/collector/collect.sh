#!/bin/sh
# Slotwise collector. Copies what Slotwise reads of a Linux host (PCI devices, IOMMU groups, firmware tables, boot and
# passthrough configuration, the kernel's log) and writes it to standard output as one archive:
#
#   sh collect.sh > machine.tar.gz          as any user
#   sudo sh collect.sh > machine.tar.gz     with all of config space, the kernel's log and the firmware tables
#
# It changes nothing, starts no service, opens no connection, and writes only below a temporary folder that it removes.
# It needs a POSIX shell with cat, cp, date, dmesg, grep, head, id, mkdir, rm and tar; BusyBox has them. The archive holds
# the host's name, network addresses and file system UUIDs: `slotwise report --machine machine.tar.gz` writes a report
# without them.
#
# SLOTWISE_ROOT: a folder to look into instead of /.

set -u
LC_ALL=C
export LC_ALL
umask 077
PATH=${PATH:-/usr/bin:/bin}:/usr/sbin:/sbin

#LISTS#

say() {
  printf 'slotwise collect: %s\n' "$*" >&2
}

# The folder that a path is in, made in the copy.
folder_of() {
  [ -d "$copy/${1%/*}" ] || mkdir -p "$copy/${1%/*}"
}

# trouble PATH: what stands there and could not be read, with the reason as the last program told it.
trouble() {
  case $(cat "$temp/why") in
    *'No such'*) return 0 ;;
    *'not permitted'*) reason=EPERM ;;
    *'Permission denied'*) reason=EACCES ;;
    *'Invalid argument'*) reason=EINVAL ;;
    *'No data'*) reason=ENODATA ;;
    *) reason=EIO ;;
  esac
  printf '%s %s\n' "$reason" "$1" >>"$temp/troubles"
}

# file PATH: one file through links. One byte more than its kind has tells the reader that it was too long.
file() {
  [ -f "$root/$1" ] || return 0
  [ ! -e "$copy/$1" ] || return 0
  folder_of "$1"
  head -c "$(($(limit_of "$1") + 1))" "$root/$1" >"$copy/$1" 2>"$temp/why" && return 0
  rm -f "$copy/$1"
  trouble "$1"
}

# files_in FOLDER NAME...: small files of one folder, in one go.
files_in() {
  at=$1
  shift
  for name do
    shift
    if [ -f "$root/$at/$name" ] && [ ! -L "$root/$at/$name" ]; then set -- "$@" "$root/$at/$name"; fi
  done
  [ $# -gt 0 ] || return 0
  mkdir -p "$copy/$at"
  cp "$@" "$copy/$at/" 2>/dev/null
  # Some programs leave an empty file where a read failed, or where the kernel announced no size.
  for path do
    name=${path##*/}
    [ -s "$copy/$at/$name" ] && continue
    rm -f "$copy/$at/$name"
    file "$at/$name"
  done
}

# links_in FOLDER NAME...: links as they are.
links_in() {
  at=$1
  shift
  for name do
    shift
    if [ -L "$root/$at/$name" ] && [ ! -L "$copy/$at/$name" ]; then set -- "$@" "$root/$at/$name"; fi
  done
  [ $# -gt 0 ] || return 0
  mkdir -p "$copy/$at"
  cp -P "$@" "$copy/$at/" 2>/dev/null
}

# all_links FOLDER
all_links() {
  [ -d "$root/$1" ] || return 0
  mkdir -p "$copy/$1"
  set -- "$1" "$root/$1"/*
  folder=$1
  shift
  for path do
    shift
    set -- "$@" "${path##*/}"
  done
  links_in "$folder" "$@"
}

# mark PATH: that something stands there.
mark() {
  if [ ! -e "$root/$1" ] && [ ! -L "$root/$1" ]; then return 0; fi
  if [ -e "$copy/$1" ] || [ -L "$copy/$1" ]; then return 0; fi
  folder_of "$1"
  if [ -d "$root/$1" ]; then mkdir -p "$copy/$1"; else : >"$copy/$1"; fi
}

# names FOLDER: links as they are, of all else the name.
names() {
  [ -d "$root/$1" ] || return 0
  all_links "$1"
  for path in "$root/$1"/*; do
    [ -L "$path" ] || mark "$1/${path##*/}"
  done
}

# real_of PATH: where a folder really is, below the root; in $real.
real_of() {
  real=$(cd -P "$root/$1" 2>/dev/null && pwd -P) || return 1
  case $real in
    "$root"/*) real=${real#"$root"/} ;;
    *) return 1 ;;
  esac
}

# usb FOLDER: a device, its interfaces and the devices below it. In a shell of its own, because it calls itself.
usb() (
  here=$1
  # shellcheck disable=SC2086 # names without blanks
  files_in "$here" $usb_files
  for path in "$root/$here"/*; do
    if [ ! -d "$path" ] || [ -L "$path" ]; then continue; fi
    case ${path##*/} in
      net) mkdir -p "$copy/$here/net" ;;
      [0-9]*-[0-9]*) usb "$here/${path##*/}" ;;
    esac
  done
)

functions() {
  all_links sys/bus/pci/devices
  for entry in "$root"/sys/bus/pci/devices/*; do
    real_of "sys/bus/pci/devices/${entry##*/}" || continue
    device=$real
    # shellcheck disable=SC2086 # names without blanks
    files_in "$device" $function_files
    # shellcheck disable=SC2086
    links_in "$device" $function_links
    if [ -d "$root/$device/power" ]; then mkdir -p "$copy/$device/power"; fi
    for path in "$root/$device"/usb[0-9]*; do
      if [ -d "$path" ] && [ ! -L "$path" ]; then usb "$device/${path##*/}"; fi
    done
  done
}

groups() {
  for entry in "$root"/sys/kernel/iommu_groups/*; do
    [ -d "$entry" ] || continue
    group=sys/kernel/iommu_groups/${entry##*/}
    files_in "$group" type name reserved_regions
    all_links "$group/devices"
  done
  if [ -d "$root/sys/kernel/iommu_groups" ]; then mkdir -p "$copy/sys/kernel/iommu_groups"; fi
}

# class HOME FILES FOLDERS: a file's `device/` leads through a link, `.` is the device's own folder.
class() {
  home=$1
  [ -d "$root/$home" ] || return 0
  mkdir -p "$copy/$home"
  for entry in "$root/$home"/*; do
    if [ ! -L "$entry" ] && [ ! -d "$entry" ]; then continue; fi
    links_in "$home" "${entry##*/}"
    real_of "$home/${entry##*/}" || continue
    device=$real
    for path in $2; do
      case $path in
        device/*)
          links_in "$device" device
          if real_of "$device/device"; then file "$real/${path#*/}"; fi
          ;;
        *) file "$device/$path" ;;
      esac
    done
    for below in $3; do
      if [ "$below" = . ]; then names "$device"; else names "$device/$below"; fi
    done
  done
}

# Settings of the firmware's menu: reading one may call the firmware, so that only those that decide something are read.
settings() {
  home=sys/class/firmware-attributes
  for entry in "$root/$home"/*; do
    real_of "$home/${entry##*/}" || continue
    attributes=$real/attributes
    file "$attributes/pending_reboot"
    for path in "$root/$attributes"/*; do
      [ -d "$path" ] || continue
      printf '%s\n' "${path##*/}" | grep -Eiq "$settings_that_decide" || continue
      # shellcheck disable=SC2086 # names without blanks
      files_in "$attributes/${path##*/}" $setting_files
    done
  done
}

# udev's findings about block devices, without the serial numbers that stand beside them.
udev() {
  for entry in "$root"/sys/class/block/*; do
    number=
    if [ -r "$entry/dev" ]; then IFS= read -r number <"$entry/dev"; fi
    case $number in
      *[!0-9:]* | '') continue ;;
    esac
    [ -r "$root/run/udev/data/b$number" ] || continue
    mkdir -p "$copy/run/udev/data"
    head -c 65536 "$root/run/udev/data/b$number" | grep -E "^E:($udev_keys)=" >"$copy/run/udev/data/b$number"
  done
}

kernel_config() {
  release=
  if [ -r "$copy/proc/sys/kernel/osrelease" ]; then IFS= read -r release <"$copy/proc/sys/kernel/osrelease"; fi
  case $release in
    *[!A-Za-z0-9._+~-]* | '') return 0 ;;
  esac
  for path in $(kernel_configs "$release"); do
    file "$path"
    if [ -e "$copy/$path" ]; then return 0; fi
  done
}

# The kernel's log comes from dmesg, or, in a folder that stands for a host, from where a capture keeps it.
kernel_log() {
  mkdir -p "$copy/cmd"
  if [ -n "$root" ]; then
    file cmd/dmesg.txt
    return 0
  fi
  dmesg 2>"$temp/why" | head -c "$(limit_of cmd/dmesg.txt)" >"$copy/cmd/dmesg.txt"
  [ -s "$copy/cmd/dmesg.txt" ] && return 0
  rm -f "$copy/cmd/dmesg.txt"
  printf 'EPERM cmd/dmesg.txt\n' >>"$temp/troubles"
}

collect() {
  functions
  groups
  classes
  # A running kernel without this folder drives no screen; in a copy its absence would say that nobody looked.
  if [ -z "$root" ]; then mkdir -p "$copy/sys/class/drm"; fi
  all_links sys/bus/usb/devices
  for entry in "$root"/sys/fs/btrfs/*; do
    if [ -d "$entry/devices" ]; then names "sys/fs/btrfs/${entry##*/}/devices"; fi
  done
  for entry in "$root"/etc/default/grub*; do
    file "etc/default/${entry##*/}"
  done
  settings
  for path in $files; do
    case $path in
      # On a host itself, /cmd is somebody's folder.
      cmd/*) if [ -n "$root" ]; then file "$path"; fi ;;
      *) file "$path" ;;
    esac
  done
  for folder in $file_folders; do
    if [ -d "$root/$folder" ]; then mkdir -p "$copy/$folder"; fi
    for entry in "$root/$folder"/*; do
      file "$folder/${entry##*/}"
    done
  done
  for folder in $name_folders; do
    names "$folder"
  done
  for path in $marks; do
    mark "$path"
  done
  udev
  kernel_config
  kernel_log
}

main() {
  if [ -t 1 ]; then
    say 'the archive goes to standard output: sh collect.sh > machine.tar.gz'
    exit 2
  fi
  root=${SLOTWISE_ROOT:-}
  if [ -n "$root" ]; then
    root=$(cd -P "$root" 2>/dev/null && pwd -P) || {
      say "no folder: $SLOTWISE_ROOT"
      exit 2
    }
    if [ "$root" = / ]; then root=; fi
  fi

  temp=${TMPDIR:-/tmp}/slotwise.$$
  # mkdir claims the name: it fails where something stands there already.
  mkdir "$temp" || exit 1
  trap 'rm -rf "$temp"' EXIT
  trap 'exit 1' HUP INT TERM PIPE
  copy=$temp/machine
  mkdir "$copy"
  : >"$temp/troubles"
  : >"$temp/why"

  collect
  {
    printf 'slotwise-collector %s\n' "$format"
    date -u +'collected %Y-%m-%dT%H:%M:%SZ'
    while IFS= read -r line; do printf 'trouble %s\n' "$line"; done <"$temp/troubles"
  } >"$copy/cmd/collector.txt"
  if [ "$(id -u)" != 0 ]; then
    say 'without root: config space ends at 64 bytes, and the kernel log, memory map and firmware tables may be closed.'
  fi
  say 'the archive is not redacted: slotwise report --machine FILE writes a report that is.'

  cd "$copy" || exit 1
  if command -v gzip >/dev/null 2>&1; then tar -cf - -- * | gzip -c; else tar -cf - -- *; fi
}

# Nothing runs before the last line has arrived, and nothing in it reads the script itself when that comes by a pipe.
main </dev/null
