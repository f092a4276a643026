import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { remark } from './codes.ts';
import { hostFile } from './host-file.ts';
import { refreshInitramfs } from './refresh-initramfs.ts';

const content = `#!/bin/sh
# Slotwise: puts vfio-pci into the initramfs and loads it there, before the drivers of the given devices.
set -e

case \${1:-} in
prereqs)
  echo ''
  exit 0
  ;;
esac

# shellcheck source=/dev/null
. /usr/share/initramfs-tools/hook-functions

force_load vfio_pci
`;

/**
 * A hook instead of a line in /etc/initramfs-tools/modules: that file belongs to the package and to the person, and a file
 * of our own goes away without a trace (initramfs-tools(7), force_load). vfio_pci draws in the rest of vfio by itself;
 * vfio_virqfd is no module any more since 6.2.
 */
export const initramfsTools = (plan: Plan): Artefact =>
  hostFile(plan, {
    target: 'initramfs-tools',
    path: '/etc/initramfs-tools/hooks/slotwise',
    mode: '0755',
    content,
    refresh: refreshInitramfs(plan),
    verify: {
      command: `lsinitramfs /boot/initrd.img-"$(uname -r)" | grep -m 1 -o 'vfio-pci\\.ko'`,
      expect: 'vfio-pci.ko',
    },
    remarks: plan.host.initramfs === null ? [remark('initramfs-unknown')] : [],
  });
