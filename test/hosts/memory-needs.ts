import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { carryOut } from '../../main/assistant/engine.ts';
import type { FileToSave, Needs, SourceContent } from '../../main/assistant/needs.ts';
import { sourceProblem, type SourceProblem } from '../../main/machine/source-problem.ts';
import { shippedNames } from './corpus.ts';
import { treeOf, type TestTree } from './tree.ts';

/** Needs met from memory: a host that a test can change, a store and a disk that it can look into. */
export interface MemoryNeeds extends Needs {
  host: TestTree;
  readonly kept: Map<string, unknown>;
  readonly saved: { folder: string; files: readonly FileToSave[] }[];
  /** the live host looks different now */
  change(): void;
  /** one tick of everything that runs again and again */
  tick(): void;
  homeIsWritable: boolean;
}

const samples = resolve(import.meta.dirname, '../../resources/samples');

function sample(name: string): SourceContent | SourceProblem {
  try {
    const value = JSON.parse(readFileSync(resolve(samples, `${name}.slotwise.json`), 'utf8')) as unknown;
    const from = { kind: 'sample', name, readAt: null, collectedAt: null, origin: null, partlyStaged: true } as const;
    return { kind: 'json', value, from };
  } catch {
    return sourceProblem('no-such-sample', name, 'no such file');
  }
}

export function memoryNeeds(host: TestTree = treeOf({}), kept: Map<string, unknown> = new Map()): MemoryNeeds {
  const watchers = new Set<() => void>();
  const ticks = new Set<() => void>();
  const needs: MemoryNeeds = {
    host,
    kept,
    saved: [],
    homeIsWritable: true,
    version: '0.0.0',
    now: () => '2026-01-02T03:04:05.000Z',
    openSource(source) {
      if (source?.startsWith('sample:') === true) return Promise.resolve(sample(source.slice('sample:'.length)));
      if (source !== null) return Promise.resolve(sourceProblem('source-missing', source, 'memory holds one host'));
      const from = {
        kind: 'live',
        name: 'this computer',
        readAt: needs.now(),
        collectedAt: null,
        origin: null,
        partlyStaged: false,
      } as const;
      return Promise.resolve({ kind: 'files', tree: needs.host, from });
    },
    samples: () => Promise.resolve([]),
    names: () => Promise.resolve(shippedNames),
    // What went to disk and back is JSON: a value that does not survive it must not pass a test.
    load: (name) => Promise.resolve(kept.get(name) ?? null),
    save(name, value) {
      if (!needs.homeIsWritable) return Promise.reject(new Error('EROFS'));
      kept.set(name, JSON.parse(JSON.stringify(value)) as unknown);
      return Promise.resolve();
    },
    saveFolder(name, files) {
      if (!needs.homeIsWritable) return Promise.resolve({ problem: 'folder-not-writable', where: '/home' });
      const folder = `/home/slotwise/${name}`;
      needs.saved.push({ folder, files });
      return Promise.resolve({ folder });
    },
    readSaved(folder, files) {
      const held = needs.saved.find((one) => one.folder === folder)?.files ?? [];
      return Promise.resolve(files.map((file) => held.find((one) => one.file === file)?.content ?? null));
    },
    saveFile(name, content) {
      if (!needs.homeIsWritable) return Promise.resolve({ problem: 'folder-not-writable', where: '/home' });
      const folder = '/home/slotwise/reports';
      needs.saved.push({ folder, files: [{ file: name, mode: '0600', content }] });
      return Promise.resolve({ file: `${folder}/${name}` });
    },
    ownNames: () => [{ kind: 'host', name: 'memoryhost' }],
    watchHost(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    engine(order, listener) {
      // As in a thread: nothing is answered before this function has.
      let stop: (() => void) | null = null;
      let over = false;
      void Promise.resolve().then(() => {
        if (over) return;
        stop = carryOut(
          order,
          (answer) => listener.answer(answer),
          (_milliseconds, run) => {
            ticks.add(run);
            return () => ticks.delete(run);
          },
        );
      });
      return () => {
        over = true;
        stop?.();
      };
    },
    change: () => watchers.forEach((changed) => changed()),
    tick: () => ticks.forEach((run) => run()),
  };
  return needs;
}
