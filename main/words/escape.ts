import type { Artefact } from '../recipes/artefact.ts';
import type { RemarkCode } from '../recipes/codes.ts';

/**
 * What the kernel is given for one start without a way of binding: the script and the rule of driver-override.ts read
 * `slotwise=off`; ids in modprobe.d bind nothing where the module is not let in (kernel-parameters.txt, module_blacklist).
 */
const escapes = [
  ['escape-option', 'slotwise=off'],
  ['escape-module', 'module_blacklist=vfio_pci'],
] as const satisfies readonly (readonly [RemarkCode, string])[];

/**
 * All that has to be typed in the boot menu so that nothing is bound; null: nothing is bound anyway. Neither option does
 * for the other's files: without the script the ids still bind, and without the module an overridden device has no
 * driver at all, so that its screen stays dark.
 */
export function escapeOptions(artefacts: readonly Pick<Artefact, 'remarks'>[]): string | null {
  const said = new Set(artefacts.flatMap(({ remarks }) => remarks.map(({ code }) => code)));
  const options = escapes.flatMap(([code, option]) => (said.has(code) ? [option] : []));
  return options.length === 0 ? null : options.join(' ');
}
