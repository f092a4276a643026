import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { grubWay, remakeMenu } from './boot-family.ts';
import { remark, type LeftCode } from './codes.ts';
import { grubOptions, type GrubOptions } from './grub-options.ts';
import { fileNow, hostFile } from './host-file.ts';
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

const verifyOf = ({ add }: GrubOptions): Artefact['verify'] =>
  add.length > 0
    ? { command: `grep -ow ${add.join(' ')} /proc/cmdline`, expect: add.join('\n') }
    : { command: 'grep -c amd_iommu=on /proc/cmdline', expect: '0' };

/** The kernel command line and the menu's timeout for GRUB; a code where this host's options live elsewhere. */
export function grub(plan: Plan): Artefact | LeftCode {
  const options = grubOptions(plan);
  const way = grubWay(plan.host);
  const remarks = [...options.remarks, remark('menu-is-shown')];
  const shared = { target: 'grub', mode: '0644', verify: verifyOf(options) } as const;
  switch (way) {
    case 'boot-entries':
      return options.add.length > 0 ? 'boot-entries' : 'boot-entries-nothing-needed';
    case 'other-loader':
    case 'loader-unknown':
      return way;
    case 'drop-in':
      return hostFile(plan, {
        ...shared,
        path: '/etc/default/grub.d/50-slotwise.cfg',
        content: block(options),
        refresh: ['update-grub'],
        remarks: [...remarks, ...(plan.host.distribution === null ? [remark('distribution-unknown')] : [])],
      });
    case 'whole-file': {
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
  }
}
