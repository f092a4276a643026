import * as v from 'valibot';
import { valueOr } from '../machine/fact.ts';
import { compareIdentities, type IdentityDifference } from '../machine/identity.ts';
import type { Machine } from '../machine/machine.ts';
import type { Values } from '../passthrough/finding.ts';
import type { Plan } from '../passthrough/plan.ts';
import { placePlan } from './plan-fit.ts';
import { groupCount, remappingTable } from './remapping-state.ts';
import type { ChangeCode } from './situations.ts';
import { checkpointShape, type Checkpoint, type Journey, type Saw } from './state.ts';

/** Remembers a plan for this machine, nothing written yet; `savedAt` is ISO 8601. */
export const makeCheckpoint = (
  machine: Machine,
  { plan, savedAt }: { plan: Plan | null; savedAt: string },
): Checkpoint => ({
  slotwise: 'journey',
  version: 1,
  machine: machine.identity,
  bootId: valueOr(machine.kernel.bootId, null),
  savedAt,
  chosen: plan === null ? [] : plan.give.filter(({ reason }) => reason === 'chosen').map(({ address }) => address),
  plan,
  writtenInBoot: null,
  written: false,
  saw: sawOf(machine),
});

/** The person says that the files are in place (true) or taken back (false). */
export const withWritten = (
  checkpoint: Checkpoint,
  machine: Machine,
  written: boolean,
  savedAt: string,
): Checkpoint => ({
  ...makeCheckpoint(machine, { plan: checkpoint.plan, savedAt }),
  written,
  writtenInBoot: written ? valueOr(machine.kernel.bootId, null) : null,
});

const sawOf = (machine: Machine): Saw => ({
  table: remappingTable(machine),
  groups: groupCount(machine),
  kernelRelease: valueOr(machine.kernel.release, null),
});

/** `newer`: a later Slotwise wrote it; it is left alone. `corrupt`: not what any version wrote. */
export type CheckpointCode = 'fine' | 'none' | 'newer' | 'corrupt';

/** Reads what was kept; a checkpoint that cannot be used is null, and the code says why. */
export function readCheckpoint(kept: unknown): { checkpoint: Checkpoint | null; code: CheckpointCode } {
  if (kept === null || kept === undefined) return { checkpoint: null, code: 'none' };
  const parsed = v.safeParse(checkpointShape, kept);
  if (parsed.success) return { checkpoint: parsed.output, code: 'fine' };
  const header = v.safeParse(v.object({ slotwise: v.literal('journey'), version: v.number() }), kept);
  return { checkpoint: null, code: header.success && header.output.version > 1 ? 'newer' : 'corrupt' };
}

/** What was kept, or null where it cannot be used. */
export const parseCheckpoint = (kept: unknown): Checkpoint | null => readCheckpoint(kept).checkpoint;

export type Resumed = Journey['resumed'];
export type Change = Journey['changes'][number];

/** What happened since the checkpoint was saved. */
export function welcomeBack(checkpoint: Checkpoint | null, machine: Machine): { resumed: Resumed; changes: Change[] } {
  if (!checkpoint) return { resumed: 'fresh', changes: [] };
  const difference = compareIdentities(checkpoint.machine, machine.identity);
  if (difference.sameness === 'other')
    return { resumed: 'other-machine', changes: [otherMachine(checkpoint, machine)] };
  const bootId = valueOr(machine.kernel.bootId, null);
  const restarted = checkpoint.bootId !== null && bootId !== null && checkpoint.bootId !== bootId;
  return {
    resumed: restarted ? 'after-reboot' : 'same-boot',
    changes: [
      ...tableChange(checkpoint.saw, machine),
      ...groupsChange(checkpoint.saw, machine),
      ...kernelChange(checkpoint.saw, machine),
      ...functionChanges(difference),
      ...renumberedChange(checkpoint, machine),
    ],
  };
}

const change = (code: ChangeCode, values: Values): Change => ({ code, values });

const nameOf = ({ board, product }: Checkpoint['machine']): string => board ?? product ?? '';

const otherMachine = (checkpoint: Checkpoint, machine: Machine): Change =>
  change('other-machine', { was: nameOf(checkpoint.machine), is: nameOf(machine.identity) });

function tableChange(saw: Saw, machine: Machine): Change[] {
  const table = remappingTable(machine);
  if (saw.table === null || table === null || saw.table === table) return [];
  return table === 'none' ? [change('table-gone', { table: saw.table })] : [change('table-appeared', { table })];
}

function groupsChange(saw: Saw, machine: Machine): Change[] {
  const groups = groupCount(machine);
  if (saw.groups === null || groups === null || saw.groups === groups) return [];
  if (saw.groups === 0) return [change('groups-appeared', { groups })];
  return groups === 0 ? [change('groups-gone', {})] : [change('groups-changed', { was: saw.groups, groups })];
}

function kernelChange(saw: Saw, machine: Machine): Change[] {
  const release = valueOr(machine.kernel.release, null);
  if (saw.kernelRelease === null || release === null || saw.kernelRelease === release) return [];
  return [change('kernel-changed', { was: saw.kernelRelease, is: release })];
}

/** A card that left one slot and came up in another is moved, not added and removed. */
function functionChanges({ added, removed }: IdentityDifference): Change[] {
  const left = [...added];
  const moved: string[] = [];
  const gone = removed.filter((line) => {
    const at = left.findIndex((other) => idsIn(other) === idsIn(line));
    if (at < 0) return true;
    moved.push(line);
    left.splice(at, 1);
    return false;
  });
  const told = (code: ChangeCode, lines: readonly string[]): Change[] =>
    lines.length === 0 ? [] : [change(code, { count: lines.length, functions: lines.slice(0, 12) })];
  return [...told('functions-added', left), ...told('functions-removed', gone), ...told('functions-moved', moved)];
}

/** The ids of an identity line `path vendor:device subsystem`. */
const idsIn = (line: string): string => line.slice(line.indexOf(' ') + 1);

function renumberedChange({ plan }: Checkpoint, machine: Machine): Change[] {
  const moved = plan === null ? [] : placePlan(plan, machine).filter(({ place }) => place === 'renumbered');
  if (moved.length === 0) return [];
  return [change('functions-renumbered', { count: moved.length, functions: moved.map(({ given }) => given.address) })];
}
