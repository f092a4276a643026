import { measured, unknown, type Fact } from '../fact.ts';
import { needOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';

const path = 'proc/interrupts';

/** What the drivers say once remapping is on (drivers/iommu/intel/irq_remapping.c, drivers/iommu/amd/init.c). */
const enabled = /DMAR-IR: Enabled IRQ remapping|AMD-Vi: (?:Interrupt remapping enabled|Virtual APIC enabled)/;

/**
 * Interrupt remapping in force: remapped chips carry `IR-` in proc/interrupts (arch/x86/kernel/apic/vector.c and the
 * drivers' irq_chip names); I/O-APIC or PCI-MSI chips without any `IR-` beside them say that it is off. Arm's ITS
 * isolates messages by itself (IRQ_DOMAIN_FLAG_ISOLATED_MSI in irq-gic-v3-its). Else the kernel log may say so.
 */
export function readInterruptRemapping(tree: HostTree): Fact<boolean> {
  const text = textOf(tree, path) ?? '';
  if (/\s(?:IR-(?:IO-APIC|PCI-MSIX?|PCI|HPET|DMAR)|ITS-)/.test(text)) return measured(true, `/${path}`);
  if (/\s(?:IO-APIC|PCI-MSIX?)[-\s]/.test(text)) return measured(false, `/${path}`);
  if (enabled.test(textOf(tree, 'cmd/dmesg.txt') ?? '')) return measured(true, 'kernel log');
  return unknown(needOf(tree, path), `/${path}`);
}
