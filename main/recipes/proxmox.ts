import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { bindingRemarks } from './bound-functions.ts';
import { remark, type LeftCode } from './codes.ts';
import { bySlot, placeOf } from './place.ts';
import { vmLabel } from './vm-label.ts';

/** qemu-server's PCI.pm: $MAX_HOSTPCI_DEVICES. */
const mostCards = 16;

/** `0000:01:00`, which Proxmox reads as every function of the slot in one guest slot; one function keeps its number. */
function hostOf(card: Plan['give']): string {
  const [first] = card;
  if (first === undefined) return '';
  const whole = !first.virtual && (placeOf(first)?.hops.length ?? 1) > 1;
  return whole ? first.address.slice(0, -2) : first.address;
}

/**
 * `qm set` lines as a script, since the VM's number is the person's to say. `pcie=1` needs q35. No `x-vga`: with UEFI the
 * card works without, and Proxmox's own screen stays for the first start (pve-docs, qm-pci-passthrough).
 */
export function proxmox(plan: Plan): Artefact | LeftCode {
  const { slug } = vmLabel(plan.vm.name);
  const cards = bySlot(plan.give).map(hostOf);
  if (cards.length > mostCards) return 'too-many-cards';
  const keys = cards.map((_card, index) => `hostpci${index}`);
  const content = `#!/bin/sh
# Slotwise: gives the devices to a Proxmox virtual machine. Run it with the machine's number: sh ${slug}.sh 100
set -eu

vmid=\${1:-}
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

${cards.map((card, index) => `qm set "$vmid" -hostpci${index} ${card},pcie=1`).join('\n')}
`;
  const file = `proxmox/${slug}.sh`;
  return {
    target: 'proxmox',
    file,
    path: null,
    mode: '0755',
    content,
    before: null,
    apply: [`sh ${file} VMID`],
    verify: { command: 'qm config VMID | grep -c ^hostpci', expect: `${cards.length}` },
    undo: [`qm set VMID -delete ${keys.join(',')}`],
    remarks: [remark('takes-vm-number'), remark('proxmox-display-stays'), ...bindingRemarks(plan)],
  };
}
