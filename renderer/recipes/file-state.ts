import type { Verification } from '../../main/journey/verify-plan.ts';
import { valueOr } from '../../main/machine/fact.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { Artefact } from '../../main/recipes/artefact.ts';
import type { StageState } from '../kit/stage-state.ts';
import { commandLineProves } from './command-line-proof.ts';

/**
 * `verified`: the file stands there and what it asks for is in effect · `in-place`: it stands there, word for word ·
 * `said`: the person says so, and nothing can be seen · `waits`: what stood there still does · `changed`: something else
 * stands there than the plan knew · `unseen`: this source does not tell, or no source could.
 */
export type FileState = 'verified' | 'in-place' | 'said' | 'waits' | 'changed' | 'unseen';

export interface Seen {
  readonly machine: Pick<Machine, 'configFiles' | 'kernel'>;
  readonly verification: Verification | null;
  /** the person said that the files are in place */
  readonly said: boolean;
}

/** Sources without any configuration file (a pasted lspci) tell nothing about one that is missing. */
export const tellsFiles = ({ configFiles }: Pick<Machine, 'configFiles'>): boolean => configFiles.length > 0;

export const standingNow = (path: string, { configFiles }: Pick<Machine, 'configFiles'>): string | null =>
  configFiles.find((file) => file.path === path)?.content ?? null;

export function fileState(artefact: Artefact, seen: Seen): FileState {
  const { path, content, before } = artefact;
  if (path === null) return 'unseen';
  const now = standingNow(path, seen.machine);
  if (now === content) return inEffect(artefact, seen) === true ? 'verified' : 'in-place';
  if (!tellsFiles(seen.machine)) return seen.said ? 'said' : 'unseen';
  return now === before ? 'waits' : 'changed';
}

/**
 * Whether the machine shows what verify expects: null where it cannot, as nothing tells what an initramfs or a
 * hypervisor holds.
 */
function inEffect({ target, verify }: Artefact, { machine, verification }: Seen): boolean | null {
  switch (target) {
    case 'modprobe':
    case 'driver-override': {
      const bound = (verification?.steps ?? []).filter(({ code }) => code === 'driver-bound');
      if (bound.some(({ verdict }) => verdict === 'not-yet')) return false;
      return bound.length > 0 && bound.every(({ verdict }) => verdict === 'took-effect') ? true : null;
    }
    case 'grub':
      return commandLineProves(verify, valueOr(machine.kernel.commandLine, null));
    case 'initramfs-tools':
    case 'mkinitcpio':
    case 'dracut':
    case 'libvirt':
    case 'qemu':
    case 'proxmox':
      return null;
  }
}

export type VerifyState = 'verified' | 'as-expected' | 'after-restart' | 'not-yet' | 'unseen';

/** What is to be said of a file's verify. What is in effect already may be so without the file. */
export function verifyState(artefact: Artefact, seen: Seen): VerifyState {
  const state = fileState(artefact, seen);
  if (state === 'verified') return 'verified';
  const effect = inEffect(artefact, seen);
  if (effect === null) return 'unseen';
  if (effect) return 'as-expected';
  return state === 'in-place' || state === 'said' ? 'after-restart' : 'not-yet';
}

const isOver = (state: FileState): boolean => state === 'verified' || state === 'in-place' || state === 'said';

/** The marks of a list in the order of work: the first that is not over is the present one. */
export function fileMarks(states: readonly FileState[]): StageState[] {
  const now = states.findIndex((state) => !isOver(state));
  return states.map((state, at) => {
    if (state === 'changed') return 'blocked';
    return isOver(state) ? 'done' : at === now ? 'now' : 'to-come';
  });
}
