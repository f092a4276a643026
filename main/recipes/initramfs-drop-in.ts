import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { hostFile } from './host-file.ts';
import { presetRemarks } from './mkinitcpio-presets.ts';
import { refreshInitramfs } from './refresh-initramfs.ts';

/** Both tools read their settings with bash, so that a file that was taken back is no error of the next build. */
const taken = (
  list: (file: string) => string,
): string => `for kept in /etc/modprobe.d/slotwise.conf /etc/udev/rules.d/10-slotwise.rules; do
  if [ -e "$kept" ]; then
    ${list('$kept')}
  fi
done
unset kept
`;

const head =
  '# Slotwise: vfio-pci is in the initramfs and loaded first there, with what says which devices it keeps.\n';

interface DropIn {
  readonly path: string;
  readonly content: string;
  /** prints `vfio-pci.ko` for an image that holds it, whatever it is packed with; one command, so that sudo may stand before it */
  readonly listing: string;
}

const dropIns = {
  /**
   * mkinitcpio.conf(5). A soft dependency in modprobe.d brings no module into the image: mkinitcpio asks modinfo, which
   * knows those of the module itself (functions, add_module), while its kms hook takes the graphics drivers in. First in
   * the list, since MODULES are loaded in their order, before udev: the rule of driver-override.ts finds vfio-pci loaded.
   */
  mkinitcpio: {
    path: '/etc/mkinitcpio.conf.d/slotwise.conf',
    content: `${head}# shellcheck shell=bash disable=SC2034,SC2206\nMODULES=(vfio_pci \${MODULES[@]})\n${taken((file) => `FILES+=("${file}")`)}`,
    listing: `sh -c 'for image in /boot/initramfs-*.img; do lsinitcpio "$image"; done'`,
  },
  /**
   * dracut.conf(5): force_drivers are loaded before udev, here too. dracut takes modprobe.d along only when it builds for one host, and
   * rules.d not at all.
   */
  dracut: {
    path: '/etc/dracut.conf.d/slotwise.conf',
    content: `${head}# shellcheck shell=bash disable=SC2034\nforce_drivers+=" vfio_pci "\n${taken((file) => `install_items+=" ${file} "`)}`,
    listing: 'lsinitrd',
  },
} as const satisfies Record<string, DropIn>;

export type DropInTool = keyof typeof dropIns;

export const isDropInTool = (tool: string | null): tool is DropInTool => tool !== null && Object.hasOwn(dropIns, tool);

/** The initramfs of mkinitcpio or dracut with vfio-pci in it: a file of our own in their folder of settings. */
export function initramfsDropIn(plan: Plan, tool: DropInTool): Artefact {
  const { path, content, listing } = dropIns[tool];
  return hostFile(plan, {
    target: tool,
    path,
    mode: '0644',
    content,
    refresh: refreshInitramfs(plan),
    verify: { command: `${listing} | grep -m 1 -o 'vfio-pci\\.ko'`, expect: 'vfio-pci.ko' },
    remarks: tool === 'mkinitcpio' ? presetRemarks(plan) : [],
  });
}
