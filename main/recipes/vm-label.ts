import { vmNameTrouble } from '../passthrough/vm-name.ts';

/** A VM's name as its hypervisor can hold it, and as a file can be called. */
export interface VmLabel {
  readonly name: string;
  /** letters, digits, `.`, `_` and `-` only */
  readonly slug: string;
  /** a plan written by hand had a name that no hypervisor takes */
  readonly changed: boolean;
}

/** Safe whatever stands in the plan file: plans travel as files, so the checks of plan.make are not taken for granted. */
export function vmLabel(raw: string): VmLabel {
  const trouble = vmNameTrouble(raw);
  const cleaned =
    trouble === null
      ? raw
      : raw
          .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '_')
          .replaceAll('/', '-')
          .slice(0, 200);
  const name = vmNameTrouble(cleaned) === null ? cleaned : 'slotwise-vm';
  const slug = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 64);
  return { name, slug: slug === '' ? 'vm' : slug, changed: name !== raw };
}
