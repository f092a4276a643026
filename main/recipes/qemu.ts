import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { bindingRemarks, verifyBound } from './bound-functions.ts';
import { remark } from './codes.ts';
import { guestShapes } from './guest-shape.ts';
import { guestSlots, type Seat } from './guest-slots.ts';
import { shellWord } from './shell-word.ts';
import { vmLabel } from './vm-label.ts';

/** QEMU's own option syntax: a comma ends a value, two stand for one (docs/system/invocation, `-name`). */
const optionValue = (text: string): string => text.replaceAll(',', ',,');

/** One root port a card, its functions on the slot below: the guest sees the card as the host did. */
function cardArguments(slot: readonly Seat[], index: number): string[] {
  const port = `card${index}`;
  return [
    `-device pcie-root-port,id=${port},bus=pcie.0,chassis=${index + 1},slot=${index + 1}`,
    ...slot.map(({ given, function: number }) => {
      const several = slot.length > 1 && number === 0 ? ',multifunction=on' : '';
      return `-device vfio-pci,host=${given.address},bus=${port},addr=00.${number}${several}`;
    }),
  ];
}

/**
 * A script that starts the guest with QEMU 7.2 or later, without libvirt. It starts nothing while a function is not bound to
 * vfio-pci (or a variant of it), since QEMU would stop with `group N is not viable`.
 */
export function qemu(plan: Plan): Artefact {
  const { name, slug, changed } = vmLabel(plan.vm.name);
  const shape = guestShapes[plan.vm.profile];
  const disk = shape.windows
    ? ['-device ide-hd,drive=disk0,bus=ide.0,bootindex=1', '-device e1000e,netdev=net0']
    : ['-device virtio-blk-pci,drive=disk0,bootindex=1', '-device virtio-net-pci,netdev=net0'];
  const lines = [
    '-nodefaults',
    `-name ${shellWord(`guest=${optionValue(name)}`)}`,
    '-machine q35,accel=kvm',
    '-cpu host',
    `-smp ${shape.cpus}`,
    `-m ${shape.memoryGigabytes}G`,
    ...(shape.windows ? ['-rtc base=localtime'] : []),
    '-drive if=pflash,format=raw,readonly=on,file="$code"',
    '-drive if=pflash,format=raw,file="$vars"',
    ...guestSlots(plan.give).flatMap(cardArguments),
    '-drive if=none,id=disk0,format=qcow2,file="$disk"',
    '-netdev user,id=net0',
    ...disk,
    '-device qemu-xhci,id=usb',
    '-device usb-tablet,bus=usb.0',
    '-device VGA',
    '-vnc 127.0.0.1:0',
    '"$@"',
  ];
  const content = `#!/bin/sh
# Slotwise: starts the virtual machine with QEMU 7.2 or later. Run it as root, or as a user who may open the devices
# below /dev/vfio and lock the guest's memory. More arguments for QEMU may follow the script's name.
set -eu

disk=${slug}.qcow2
vars=${slug}-vars.fd

for address in ${plan.give.map(({ address }) => address).join(' ')}; do
  driver=$(readlink "/sys/bus/pci/devices/$address/driver" || echo none)
  case \${driver##*/} in
  *vfio*) ;;
  *)
    echo "$address has the driver \${driver##*/}; it needs vfio-pci before the guest can start." >&2
    exit 1
    ;;
  esac
done

code=''
for pair in \\
  /usr/share/OVMF/OVMF_CODE_4M.fd:/usr/share/OVMF/OVMF_VARS_4M.fd \\
  /usr/share/OVMF/OVMF_CODE.fd:/usr/share/OVMF/OVMF_VARS.fd \\
  /usr/share/edk2/x64/OVMF_CODE.4m.fd:/usr/share/edk2/x64/OVMF_VARS.4m.fd \\
  /usr/share/edk2/ovmf/OVMF_CODE.fd:/usr/share/edk2/ovmf/OVMF_VARS.fd; do
  if [ -e "\${pair%:*}" ]; then
    code=\${pair%:*}
    [ -e "$vars" ] || cp "\${pair#*:}" "$vars"
    break
  fi
done
[ -n "$code" ] || { echo 'No UEFI firmware for guests was found; the package is called ovmf or edk2-ovmf.' >&2; exit 1; }
[ -e "$disk" ] || qemu-img create -f qcow2 "$disk" ${shape.diskGigabytes}G

# shellcheck disable=SC1003,SC2016 # the name stands in single quotes, and nothing in it is to be expanded
exec qemu-system-x86_64 \\
${lines.map((line) => `  ${line}`).join(' \\\n')}
`;
  const file = `qemu/${slug}.sh`;
  return {
    target: 'qemu',
    file,
    path: null,
    mode: '0755',
    content,
    before: null,
    apply: [`sh ${file}`],
    verify: verifyBound(plan.give),
    undo: [],
    remarks: [
      ...(changed ? [remark('name-was-changed', { name })] : []),
      remark('bind-before-start'),
      remark('second-screen'),
      ...bindingRemarks(plan),
    ],
  };
}
