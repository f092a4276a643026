import type { BootLoader } from '../machine/machine.ts';
import type { Plan } from '../passthrough/plan.ts';
import type { Artefact, Recipe, RecipeTarget } from '../recipes/artefact.ts';
import type { RemarkCode, TargetCode } from '../recipes/codes.ts';
import { escapeOptions } from './escape.ts';
import { entryOf, fillIn, printable } from './fill-in.ts';
import { planUnknownWords } from './plan.ts';
import { forGoodWords, onceWords, rescueWords, type Piece } from './recipes-place.ts';

export const targetNames = {
  grub: 'GRUB command line',
  modprobe: 'Kept by ids (modprobe.d)',
  'driver-override': 'Kept by address (driver_override)',
  'initramfs-tools': 'initramfs-tools',
  mkinitcpio: 'mkinitcpio',
  dracut: 'dracut',
  libvirt: 'libvirt',
  qemu: 'QEMU',
  proxmox: 'Proxmox',
} as const satisfies Record<RecipeTarget, string>;

/** Remarks on a file, shown beside it. */
export const remarkSentences = {
  'already-there': 'This file stands there already, word for word.',
  'pins-iommu-on':
    'The IOMMU is on already. intel_iommu=on keeps it on with a kernel that has another default, and does no harm.',
  'switches-iommu-on': 'intel_iommu=on switches the IOMMU on at the next start.',
  'amd-needs-no-option':
    'No option is needed: the IOMMU of AMD is on wherever the firmware announces it, and amd_iommu=on does not exist.',
  'removes-options': 'Less, not more: {options} is taken out of the command line.',
  'option-by-hand': 'Take {options} out of the command line by hand: it cannot stand in a file as it is.',
  'menu-is-shown': 'The boot menu is shown for 5 seconds where it was hidden, so that the way back can be typed there.',
  'distribution-unknown': 'Written for Debian, Ubuntu and their kin. The source does not say which system this is.',
  'initramfs-unknown': 'Written for initramfs-tools. The source does not say what builds the initramfs here.',
  'initramfs-by-hand':
    'No command is known that builds the initramfs again here. Build it the way of this system, or the file comes too late.',
  'built-in-driver':
    'Where vfio-pci is built into the kernel this file is not read; then keep the devices by address instead.',
  'escape-option': 'For one start without it: add slotwise=off to the kernel’s options in the boot menu.',
  'escape-module': 'For one start without it: add module_blacklist=vfio_pci to the kernel’s options in the boot menu.',
  'bound-by-address':
    'Each device is found by its place and its ids, so that no twin is taken and no renumbered bus matters.',
  'place-unknown': 'The way to {addresses} is not known, so these are found by their address.',
  'after-initramfs': 'A driver that is loaded in the initramfs comes before this rule. Verify says whether it did.',
  'driver-before-rule':
    '{driver} stands in {list} of {path}, is loaded before this rule, and takes the device. Take it out there: udev loads it for the cards that stay.',
  'drivers-before-rule-untold':
    'A driver that {list} names in {path} is loaded before this rule and takes the device. The source does not hold that file: look there.',
  'preset-names-config':
    'mkinitcpio passes over /etc/mkinitcpio.conf.d, and so over this file, where a preset names a configuration. Comment out {lines}. If it names another file than /etc/mkinitcpio.conf, put the lines of this one there instead.',
  'presets-untold':
    'mkinitcpio passes over this file where a preset names a configuration. Look in /etc/mkinitcpio.d, and comment out a line such as ALL_config="/etc/mkinitcpio.conf".',
  'virtual-functions-later':
    '{addresses} are virtual functions, which come later; the hypervisor takes them when the guest starts.',
  'boot-display-framebuffer':
    'The firmware’s picture may hold this card’s memory. If the guest’s start says that a BAR cannot be reserved, that is why.',
  'disk-has-to-be-made': 'The guest’s disk is {image}. It is made with the commands below if it is not there.',
  'default-network':
    'The guest is on libvirt’s network called default. Where it does not run: virsh net-start default, and virsh net-autostart default.',
  'second-screen': 'The guest has a second screen over VNC on this host alone, for the first start. It can go later.',
  'windows-11-needs-tpm': 'The setup of Windows 11 asks for a TPM. Add one to the guest if swtpm is installed.',
  'for-a-machine-that-exists':
    'Instead of the whole guest: for {domain} if it is there already. It takes effect at its next start.',
  'bind-before-start': 'QEMU takes the devices from nobody: they have to be kept for vfio-pci before.',
  'takes-vm-number': 'Put the number of your virtual machine in the place of VMID.',
  'proxmox-display-stays': 'The screen of Proxmox stays beside the card, for the first start. Set vga to none later.',
  'name-was-changed': 'No hypervisor takes the name of this plan, so the guest is called {name}.',
  untold: '{sentence}',
} as const satisfies Record<RemarkCode, string>;

/** Why a target is not written, or not the first choice. */
export const targetSentences = {
  'boot-entries': 'This system keeps kernel options in its boot entries. Run: {command}. To take it back: {back}.',
  'boot-entries-nothing-needed':
    'This system keeps kernel options in its boot entries, and nothing has to change there.',
  'proxmox-boot-tool':
    'Proxmox keeps the kernel options of this host in one line, in /etc/kernel/cmdline; after a change run: proxmox-boot-tool refresh.',
  'systemd-boot':
    'Kernel options stand in the entry of systemd-boot below loader/entries here, or in what writes that entry (/etc/kernel/cmdline, kernelstub, sdbootutil).',
  'other-loader': 'This host starts with another boot loader than GRUB.',
  'loader-unknown': 'Which boot loader this host starts with is not known.',
  'options-nothing-needed': 'Kernel options are not kept in GRUB’s files here, and none of them has to change.',
  'ostree-options': 'Kernel options of this image belong to rpm-ostree. Run: {command}. To take it back: {back}.',
  'made-by-nixos':
    'NixOS makes this from its configuration, and a file put there by hand is not read or does not stay. Set boot.kernelParams, boot.initrd.kernelModules and boot.extraModprobeConfig, and run nixos-rebuild boot; the generation before is the way back.',
  'made-by-ostree':
    'The initramfs comes with the image here, so a file in /etc comes too late. Slotwise does not write for rpm-ostree and bootc yet.',
  'made-by-unraid':
    'Unraid’s system is in memory and forgets a file at the next start. Its own pages do this: Tools, System Devices for devices, the flash drive’s page for kernel options.',
  'made-by-truenas':
    'TrueNAS makes this from its own settings, and an update forgets a file. Devices are set aside in its web pages.',
  'made-of-image':
    'This system is an image that is changed with a tool of its own, for which Slotwise does not write yet.',
  'grub-file-unknown': 'The source does not hold /etc/default/grub, so no change to it can be shown.',
  'ids-not-unique': 'Another card that stays has the same ids, so the devices are kept by address instead.',
  'ids-unknown': 'The vendor and device ids are not known.',
  'other-initramfs': 'Another tool builds the initramfs here.',
  'nothing-to-bind': 'Virtual functions come after the start; the hypervisor takes them by itself.',
  'too-many-cards': 'Proxmox takes 16 cards for a virtual machine, and these are more.',
  'ids-are-unique': 'No other card has these ids, so one file by ids does it.',
  'initramfs-unknown': 'What builds the initramfs here is not known.',
  'proxmox-host': 'This host is run by Proxmox.',
  'no-proxmox': 'Proxmox is not installed here.',
  'proxmox-unknown': 'Whether Proxmox is installed here is not known.',
  'by-hand': 'For those who start QEMU themselves.',
} as const satisfies Record<TargetCode, string>;

/** One remark in words; what the source did not tell is said in the plan's words. */
export function remarkWords({ code, values }: Artefact['remarks'][number]): string {
  const sentence = entryOf<string>(remarkSentences, code) ?? code;
  return fillIn(sentence, { ...values, sentence: planUnknownWords({ code: values['what'] ?? '' }) });
}

/** Options that a person has to change by hand. */
const byHandWords = ({ add = '', remove = '' }: Readonly<Record<string, string>>): string =>
  [
    ...(add === '' ? [] : [` Kernel options to add: ${printable(add)}.`]),
    ...(remove === '' ? [] : [` Kernel options to take out: ${printable(remove)}.`]),
  ].join('');

export const leftWords = ({ code, values }: { code: string; values?: Readonly<Record<string, string>> }): string =>
  fillIn(entryOf<string>(targetSentences, code) ?? code, values ?? {}) + byHandWords(values ?? {});

/** Why targets are not written, each reason once with the names of all that it holds for, in the order of work. */
export function leftReasons(left: Recipe['left']): { names: string; reason: string }[] {
  const names = new Map<string, string[]>();
  for (const one of left) {
    const reason = leftWords(one);
    names.set(reason, [...(names.get(reason) ?? []), targetNames[one.target]]);
  }
  return [...names].map(([reason, targets]) => ({ names: targets.join(', '), reason }));
}

const plain = (piece: Piece): string => (typeof piece === 'string' ? piece : 'key' in piece ? piece.key : piece.code);

/** The way back: for one start where something is bound at the start, for good, and from a rescue system. */
function wayBackWords({ artefacts }: Pick<Recipe, 'artefacts'>, loader: BootLoader | null): string[] {
  const options = escapeOptions(artefacts);
  const files = artefacts.filter(({ path }) => path !== null).length;
  if (files === 0) return forGoodWords('', files).map(plain);
  return [
    ...(options === null ? [] : [`For one start: ${onceWords(options, loader).map(plain).join('')}`]),
    `For good: ${forGoodWords('sudo sh undo.sh', files).map(plain).join('')}`,
    `From a rescue system: ${rescueWords('sh undo.sh /mnt', files).map(plain).join('')}`,
  ];
}

const indent = (lines: readonly string[], by: string): string[] => lines.map((line) => `${by}${printable(line)}`);

function artefactLines({ target, file, path, mode, before, apply, verify, undo, remarks }: Artefact): string[] {
  const change = path === null ? '' : before === null ? ', new' : ', changed';
  const seen = new Set(remarks.map(remarkWords));
  return [
    `${targetNames[target]}: ${path ?? file} (${mode}${change})`,
    ...indent([...seen], '  '),
    '  Apply:',
    ...indent(apply, '    '),
    `  Verify: ${printable(verify.command)}`,
    ...indent(verify.expect.split('\n'), '    '),
    ...(undo.length === 0 ? [] : ['  Undo:', ...indent(undo, '    ')]),
    '',
  ];
}

/** A recipe for a terminal; `folder` is where it was written, null where it was only made. */
export function recipeText(recipe: Recipe, plan: Plan, folder: string | null): string {
  return [
    'The way back, before anything else',
    ...indent(wayBackWords(recipe, plan.host.bootLoader), '  '),
    '',
    ...recipe.artefacts.flatMap(artefactLines),
    ...leftReasons(recipe.left).map(({ names, reason }) => `${names}: not written. ${reason}`),
    ...(recipe.left.length > 0 ? [''] : []),
    recipe.artefacts.length === 0
      ? 'There is nothing to write, so nothing was written.'
      : folder === null
        ? `Nothing was written for ${printable(plan.vm.name)}. Say where with -o.`
        : `Written to ${printable(folder)}. Run the commands there as root; nothing is changed before.`,
    '',
  ].join('\n');
}
