import { commandLineWords, offSwitches, remappingOffSwitches } from '../passthrough/command-line.ts';
import type { Plan } from '../passthrough/plan.ts';
import { remark, type Remark } from './codes.ts';

/** What a host's kernel command line needs, and why. */
export interface GrubOptions {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly remarks: readonly Remark[];
}

/** Words of a command line that can stand in a shell file as they are. */
const isPlain = (word: string): boolean => /^[A-Za-z0-9_.,:=@-]+$/.test(word);

/**
 * Intel: `intel_iommu=on` (Documentation/admin-guide/kernel-parameters.txt), since kernels differ in their default and
 * Debian's leaves the integrated graphics out (CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF). AMD: nothing, its IOMMU is on
 * where the firmware announces it and `amd_iommu=on` is no option. Words that switch it off go, and so does that no-op.
 */
export function grubOptions({ host }: Plan): GrubOptions {
  const line = host.commandLine ?? '';
  const words = commandLineWords(line);
  const off = [...offSwitches(line, host.iommuVendor), ...remappingOffSwitches(line)];
  const idle = words.filter((word) => word === 'amd_iommu=on');
  const unwanted = [...new Set([...off, ...idle])];
  const remove = unwanted.filter(isPlain);
  const byHand = unwanted.filter((word) => !isPlain(word));
  const intel = host.iommuVendor === 'intel';
  const missing = intel && !words.includes('intel_iommu=on');
  const why = host.iommuOn === true ? remark('pins-iommu-on') : remark('switches-iommu-on');
  return {
    add: intel ? ['intel_iommu=on'] : [],
    remove,
    remarks: [
      ...(missing ? [why] : []),
      ...(host.iommuVendor === 'amd' ? [remark('amd-needs-no-option')] : []),
      ...(remove.length > 0 ? [remark('removes-options', { options: remove.join(' ') })] : []),
      ...(byHand.length > 0 ? [remark('option-by-hand', { options: byHand.join(' ') })] : []),
    ],
  };
}
