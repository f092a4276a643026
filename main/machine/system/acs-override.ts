import { known, measured, unknown, valueOr, type Fact } from '../fact.ts';
import { textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';

/**
 * Kernels that are built with the out-of-tree ACS override patch, by their releases' endings: Proxmox VE (its kernel
 * repository, patches/kernel, "pci: Enable overrides for missing ACS capabilities"), linux-zen, Liquorix, CachyOS, Unraid and
 * TrueNAS (truenas/linux #170).
 */
const carriers = /-pve$|-zen\d*(?:-\d+)?(?:-zen)?$|-liquorix|-lqx|-cachyos|-Unraid$|\+truenas|-truenas/i;

/** What a kernel's release tells of the patch; a plain one tells nothing, since anybody may have built it. */
export const overridePatchOf = (release: string | null): Fact<boolean> =>
  release !== null && carriers.test(release)
    ? known(true, 'assumed', 'kernel release')
    : unknown('fuller-source', 'kernel log, PCIe ACS');

/** The patch says so itself when its option is used; a kernel without it calls the option unknown (init/main.c print_unknown_bootoptions). */
export function readAcsOverride(tree: HostTree, release: Fact<string>): Fact<boolean> {
  const log = textOf(tree, 'cmd/dmesg.txt') ?? '';
  if (/Warning: PCIe ACS overrides enabled/.test(log)) return measured(true, 'kernel log, PCIe ACS');
  if (/Unknown kernel command line parameters "[^"\n]*\bpcie_acs_override=/.test(log)) {
    return measured(false, 'kernel log, Unknown kernel command line parameters');
  }
  return overridePatchOf(valueOr(release, null));
}
