import type { Plan } from '../passthrough/plan.ts';
import { commandLineWords } from '../passthrough/command-line.ts';
import type { LeftCode } from './codes.ts';
import { grubOptions } from './grub-options.ts';

interface Change {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** What has to change in the kernel's options as it was started; what stands there already is nobody's to take back. */
function changeOf(plan: Plan): Change {
  const { add, remove } = grubOptions(plan);
  const present = new Set(commandLineWords(plan.host.commandLine ?? ''));
  return { add: add.filter((word) => !present.has(word)), remove };
}

export function optionsChange(plan: Plan): boolean {
  const { add, remove } = changeOf(plan);
  return add.length > 0 || remove.length > 0;
}

const back = ({ add, remove }: Change): Change => ({ add: remove, remove: add });

/** grubby(8): a list in each option. */
const grubby = ({ add, remove }: Change): string =>
  [
    'grubby --update-kernel=ALL',
    ...(add.length > 0 ? [`--args="${add.join(' ')}"`] : []),
    ...(remove.length > 0 ? [`--remove-args="${remove.join(' ')}"`] : []),
  ].join(' ');

/** rpm-ostree(1), kargs: one option each; taken and given back without complaint where it is so already. */
const ostree = ({ add, remove }: Change): string =>
  [
    'rpm-ostree kargs',
    ...add.map((word) => `--append-if-missing=${word}`),
    ...remove.map((word) => `--delete-if-present=${word}`),
  ].join(' ');

const commands: Partial<Record<LeftCode, (change: Change) => string>> = {
  'boot-entries': grubby,
  'ostree-options': ostree,
};

const told: ReadonlySet<LeftCode> = new Set([
  'proxmox-boot-tool',
  'systemd-boot',
  'other-loader',
  'loader-unknown',
  'made-by-nixos',
  'made-by-unraid',
  'made-by-truenas',
  'made-of-image',
] satisfies LeftCode[]);

/** What the sentence of a left kernel command line names: a command and its way back, or the options themselves. */
export function optionValues(code: LeftCode, plan: Plan): Record<string, string> {
  const change = changeOf(plan);
  const command = commands[code];
  if (command !== undefined) return { command: command(change), back: command(back(change)) };
  return told.has(code) ? { add: change.add.join(' '), remove: change.remove.join(' ') } : {};
}
