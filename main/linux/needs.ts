import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Needs, SourceContent } from '../assistant/needs.ts';
import type { PciNames } from '../machine/names/pci-names.ts';
import { namesFromPciIds } from '../machine/names/pci-ids.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { openLive } from './live.ts';
import { saveFolder } from './save-folder.ts';
import { openSample, readSamples } from './samples.ts';
import { openPath } from './source.ts';
import { openStore } from './store.ts';
import { watchHost } from './watch-host.ts';

export interface Place {
  /** the shipped data: pci.ids, samples */
  readonly resources: string;
  readonly version: string;
}

/** Where distributions keep the list (Debian's pci.ids, Fedora's hwdata); the first that is there is used. */
const hostLists = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'];

async function readNames(resources: string): Promise<PciNames> {
  // The shipped list first where the host's is older would need both read; names only get more, so the host's own wins.
  for (const path of [...hostLists, join(resources, 'pci.ids')]) {
    try {
      return namesFromPciIds(await readFile(path, 'utf8'));
    } catch {
      continue;
    }
  }
  return namesFromPciIds('');
}

/** Meets the assistant's needs on this box, as whoever runs the program. */
export function createNeeds({ resources, version }: Place): Needs {
  const store = openStore();
  const samples = join(resources, 'samples');
  let names: Promise<PciNames> | null = null;
  const now = (): string => new Date().toISOString();

  const openSource = async (source: string | null): Promise<SourceContent | SourceProblem> => {
    if (source === null) return openLive(now());
    if (source.startsWith('sample:')) return openSample(samples, source.slice('sample:'.length), now());
    if (source.startsWith('ssh://')) return sourceProblem('not-yet', source, 'looking over SSH');
    return openPath(source, now());
  };

  return {
    version,
    now,
    openSource,
    samples: () => readSamples(samples),
    names: () => (names ??= readNames(resources)),
    load: (name) => store.load(name),
    save: (name, value) => store.save(name, value),
    saveFolder: (name, files) => saveFolder(join(homedir(), 'slotwise'), name, files),
    watchHost,
    every(milliseconds, run) {
      const timer = setInterval(run, milliseconds);
      return () => clearInterval(timer);
    },
  };
}
