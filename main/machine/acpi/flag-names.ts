/**
 * Names of flag bits, lowest first, as the VT-d specification (chapter 8) and AMD's IOMMU specification (chapter 5) call
 * them; ACPICA's include/actbl1.h and actbl2.h hold the same masks.
 */
export const flagNames = {
  dmar: ['INTR_REMAP', 'X2APIC_OPT_OUT', 'DMA_CTRL_PLATFORM_OPT_IN'],
  drhd: ['INCLUDE_PCI_ALL'],
  atsr: ['ALL_PORTS'],
  satc: ['ATC_REQUIRED'],
  ivhd: ['HtTunEn', 'PassPW', 'ResPassPW', 'Isoc', 'IotlbSup', 'Coherent', 'PreFSup', 'PPRSup'],
  ivmd: ['Unity', 'IR', 'IW', 'ExclusionRange'],
} as const;

/** The names of the set bits of a byte; `bitN` for one that has none. */
export function flagsOf(byte: number, names: readonly string[]): string[] {
  const flags: string[] = [];
  for (let bit = 0; bit < 8; bit++) if ((byte >>> bit) & 1) flags.push(names[bit] ?? `bit${bit}`);
  return flags;
}
