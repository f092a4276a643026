/** Remarks on an artefact, by code: words/recipes.ts. */
export const remarkCodes = [
  'already-there',
  'pins-iommu-on',
  'switches-iommu-on',
  'amd-needs-no-option',
  'removes-options',
  'option-by-hand',
  'menu-is-shown',
  'distribution-unknown',
  'initramfs-unknown',
  'initramfs-by-hand',
  'built-in-driver',
  'escape-option',
  'escape-module',
  'bound-by-address',
  'place-unknown',
  'after-initramfs',
  'driver-before-rule',
  'drivers-before-rule-untold',
  'preset-names-config',
  'presets-untold',
  'virtual-functions-later',
  'boot-display-framebuffer',
  'disk-has-to-be-made',
  'default-network',
  'second-screen',
  'windows-11-needs-tpm',
  'for-a-machine-that-exists',
  'bind-before-start',
  'takes-vm-number',
  'proxmox-display-stays',
  'name-was-changed',
  'untold',
] as const;
export type RemarkCode = (typeof remarkCodes)[number];

/** Why a target cannot be written for a plan: words/recipes.ts. */
export const leftCodes = [
  'boot-entries',
  'boot-entries-nothing-needed',
  'proxmox-boot-tool',
  'systemd-boot',
  'other-loader',
  'loader-unknown',
  'options-nothing-needed',
  'ostree-options',
  'made-by-nixos',
  'made-by-ostree',
  'made-by-unraid',
  'made-by-truenas',
  'made-of-image',
  'grub-file-unknown',
  'ids-not-unique',
  'ids-unknown',
  'other-initramfs',
  'initramfs-unknown',
  'nothing-to-bind',
  'too-many-cards',
] as const;
export type LeftCode = (typeof leftCodes)[number];

/** Why a target is not the first choice on this host: words/recipes.ts. */
export const targetCodes = [
  ...leftCodes,
  'ids-are-unique',
  'proxmox-host',
  'no-proxmox',
  'proxmox-unknown',
  'by-hand',
] as const;
export type TargetCode = (typeof targetCodes)[number];

export interface Remark {
  readonly code: RemarkCode;
  readonly values: Record<string, string>;
}

export const remark = (code: RemarkCode, values: Record<string, string> = {}): Remark => ({ code, values });
