/** The words of a kernel command line; quotes keep blanks together (lib/cmdline.c, next_arg). */
export const commandLineWords = (line: string): string[] => line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];

/**
 * Options that keep the kernel's IOMMU off: Intel's `off` (drivers/iommu/intel/iommu.c, intel_iommu_setup), AMD's `off`
 * (drivers/iommu/amd/init.c, parse_amd_iommu_options), x86's `iommu=off` (arch/x86/kernel/pci-dma.c, iommu_setup).
 */
const iommuOff = {
  intel: /^(intel_iommu=(.*,)?off(,.*)?|iommu=(.*,)?off(,.*)?)$/,
  amd: /^(amd_iommu=(.*,)?off(,.*)?|iommu=(.*,)?off(,.*)?)$/,
} as const;

/** Options that switch interrupt remapping off (drivers/iommu/irq_remapping.c, setup_irqremap and setup_nointremap). */
const remappingOff = /^(intremap=(.*,)?off(,.*)?|nointremap)$/;

/** Words of this command line that switch the IOMMU of this vendor off, in their order. */
export function offSwitches(line: string, vendor: 'intel' | 'amd' | 'other' | null): string[] {
  const patterns = vendor === 'intel' || vendor === 'amd' ? [iommuOff[vendor]] : [iommuOff.intel, iommuOff.amd];
  const words = commandLineWords(line);
  return words.filter((word) => patterns.some((pattern) => pattern.test(word)) && !isUndone(word, words));
}

/** `intel_iommu=` is read word by word and the last one stands; the other options have no way back. */
function isUndone(word: string, words: readonly string[]): boolean {
  if (!word.startsWith('intel_iommu=')) return false;
  const after = words.slice(words.lastIndexOf(word) + 1);
  return after.some((later) => /^intel_iommu=(.*,)?on(,.*)?$/.test(later));
}

/** Words of this command line that switch interrupt remapping off. */
export const remappingOffSwitches = (line: string): string[] =>
  commandLineWords(line).filter((word) => remappingOff.test(word));
