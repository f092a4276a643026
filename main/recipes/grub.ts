import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { grubWay, remakeMenu } from './boot-family.ts';
import { remark, type LeftCode } from './codes.ts';
import { grubOptions, type GrubOptions } from './grub-options.ts';
import { fileNow, hostFile } from './host-file.ts';
import { imageTrouble } from './image-host.ts';
import { optionsChange } from './option-commands.ts';
import { ownBlock, withOwnBlock } from './own-block.ts';

/** A word as a sed pattern: of what grub-options.ts lets through, only the dot means more than itself. */
const pattern = (word: string): string => word.replaceAll('.', '\\.');

const without = (name: string, words: readonly string[]): string => {
  // A label each: one word may stand there twice in a row, and s///g would skip the second.
  const edits = words.map((word, index) => `-e :a${index} -e 's/ ${pattern(word)} / /' -e ta${index}`).join(' ');
  return `${name}=$(printf '%s\\n' " \${${name}:-} " | sed ${edits} -e 's/^ //' -e 's/ $//')`;
};

/** Shell that grub-mkconfig sources after the person's own settings: it edits what they chose and sets nothing anew. */
function block({ add, remove }: GrubOptions): string {
  const names = ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT'];
  return ownBlock([
    ...(remove.length > 0 ? names.map((name) => without(name, remove)) : []),
    ...add.map(
      (word) => `case " \${GRUB_CMDLINE_LINUX:-} \${GRUB_CMDLINE_LINUX_DEFAULT:-} " in
*' ${word} '*) ;;
*) GRUB_CMDLINE_LINUX_DEFAULT="\${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }${word}" ;;
esac`,
    ),
    '# A way back that is typed in the boot menu needs a menu that can be seen.',
    `if [ "\${GRUB_TIMEOUT_STYLE:-menu}" != menu ] || [ "\${GRUB_TIMEOUT:-5}" = 0 ]; then
  GRUB_TIMEOUT_STYLE=menu
  GRUB_TIMEOUT=5
fi`,
  ]);
}

/** Prints what was added, and nothing of what was taken out; where neither was, what never was an option stays away. */
function verifyOf({ add, remove }: GrubOptions): Artefact['verify'] {
  const words = [...add, ...remove];
  return words.length > 0
    ? { command: `grep -owF ${words.map((word) => `-e ${word}`).join(' ')} /proc/cmdline`, expect: add.join('\n') }
    : { command: 'grep -c amd_iommu=on /proc/cmdline', expect: '0' };
}

/** Where this host's kernel options live instead, or that none of them has to change; null: in GRUB's files. */
export function grubTrouble(plan: Plan): LeftCode | null {
  const way = grubWay(plan.host);
  const image = imageTrouble(plan);
  if (image === null && (way === 'drop-in' || way === 'whole-file')) return null;
  if (image === null && way === 'loader-unknown') return way;
  if (!optionsChange(plan)) return way === 'boot-entries' ? 'boot-entries-nothing-needed' : 'options-nothing-needed';
  if (image !== null) return image === 'made-by-ostree' ? 'ostree-options' : image;
  return way === 'drop-in' || way === 'whole-file' ? null : way;
}

/** The kernel command line and the menu's timeout for GRUB; a code where this host's options live elsewhere. */
export function grub(plan: Plan): Artefact | LeftCode {
  const trouble = grubTrouble(plan);
  if (trouble !== null) return trouble;
  const options = grubOptions(plan);
  const remarks = [...options.remarks, remark('menu-is-shown')];
  const shared = { target: 'grub', mode: '0644', verify: verifyOf(options) } as const;
  if (grubWay(plan.host) === 'drop-in') {
    return hostFile(plan, {
      ...shared,
      path: '/etc/default/grub.d/50-slotwise.cfg',
      content: block(options),
      refresh: ['update-grub'],
      remarks: [...remarks, ...(plan.host.distribution === null ? [remark('distribution-unknown')] : [])],
    });
  }
  const path = '/etc/default/grub';
  const now = fileNow(plan, path);
  if (now === null) return 'grub-file-unknown';
  return hostFile(plan, {
    ...shared,
    path,
    content: withOwnBlock(now, block(options)),
    refresh: [remakeMenu(plan.host)],
    remarks,
  });
}
