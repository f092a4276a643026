import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openPath } from '../../main/linux/source.ts';
import { collectorScript } from '../../main/linux/collector.ts';
import { machineFromFiles } from '../../main/machine/from-files.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { isSourceProblem } from '../../main/machine/source-problem.ts';
import { shippedNames } from './corpus.ts';

export const resources = resolve(import.meta.dirname, '../../resources');

/** Debian's `sh` and that of small systems, where this box has them; without either, the other tests still run the box's own. */
export const posixShells: readonly (readonly string[])[] = [['dash'], ['busybox', 'sh']].filter(
  ([command = '', ...words]) => spawnSync(command, [...words, '-c', 'exit 0']).status === 0,
);

export const printedCollector = (): Promise<string> => collectorScript(resources);

/** A user's rights, also where root runs the tests. */
export const asUser: readonly string[] =
  process.getuid?.() === 0
    ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--reuid=65534', '--clear-groups']
    : ['env'];

/** Runs the collector on a folder that stands for a host (null: this host) and keeps its archive. */
export function runCollector(
  script: string,
  root: string | null,
  archive: string,
  shell: readonly string[] = ['sh'],
  as: readonly string[] = ['env'],
): void {
  const [command = '', ...words] = [...as, ...shell];
  const environment = { ...process.env, TMPDIR: dirname(archive), ...(root === null ? {} : { SLOTWISE_ROOT: root }) };
  const bytes = execFileSync(command, [...words, '-s'], {
    input: script,
    env: environment,
    maxBuffer: 256 << 20,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  writeFileSync(archive, bytes);
}

/** Puts files (text) and links (`-> target`) below a folder. */
export function plantFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), join(root, path));
    else writeFileSync(join(root, path), content);
  }
}

/** The machine of a folder or archive, without what only says where it was read. */
export async function machineIn(path: string): Promise<Omit<Machine, 'source'> & { source: null }> {
  const content = await openPath(path, '2026-11-22T00:00:00Z');
  if (isSourceProblem(content) || content.kind !== 'files') throw new Error(`${path} holds no files`);
  const machine = machineFromFiles(content.tree, shippedNames, content.from);
  if (isSourceProblem(machine)) throw new Error(machine.detail);
  return { ...machine, source: null };
}
