import * as v from 'valibot';

/** What recipes can be written for; later targets join this list. */
export const recipeTargets = [
  'grub',
  'modprobe',
  'driver-override',
  'initramfs-tools',
  'mkinitcpio',
  'dracut',
  'libvirt',
  'qemu',
  'proxmox',
] as const;
export type RecipeTarget = (typeof recipeTargets)[number];

export const artefactShape = v.object({
  target: v.picklist(recipeTargets),
  /** path below the output folder: `grub/etc/default/grub.d/50-slotwise.cfg` */
  file: v.string(),
  /** path on the host; null for what is no file there (a domain to define, arguments to paste) */
  path: v.nullable(v.string()),
  /** `0644` */
  mode: v.string(),
  content: v.string(),
  /** what stands at `path` now; null: nothing, or the source does not tell */
  before: v.nullable(v.string()),
  /** shell commands, in order, for the person to run as root */
  apply: v.array(v.string()),
  /** a command and what it has to print or how it has to end */
  verify: v.object({ command: v.string(), expect: v.string() }),
  undo: v.array(v.string()),
  /** remarks by code, for words/recipes.ts */
  remarks: v.array(v.object({ code: v.string(), values: v.record(v.string(), v.string()) })),
});
export type Artefact = v.InferOutput<typeof artefactShape>;

export const recipeShape = v.object({
  /** in the order of work */
  artefacts: v.array(artefactShape),
  /** the whole way back as one POSIX shell script */
  undo: v.string(),
  /** targets that this plan cannot have, and why */
  left: v.array(
    v.object({ target: v.picklist(recipeTargets), code: v.string(), values: v.record(v.string(), v.string()) }),
  ),
});
export type Recipe = v.InferOutput<typeof recipeShape>;
