import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Needs, SourceContent } from '../assistant/needs.ts';
import type { PciNames } from '../machine/names/pci-names.ts';
import { eitherNames } from '../machine/names/either-names.ts';
import { namesFromPciIds } from '../machine/names/pci-ids.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import { startEngine } from './engine-thread.ts';
import { openLive } from './live.ts';
import { ownNames } from './own-names.ts';
import { readSaved } from './read-saved.ts';
import { saveFile } from './save-file.ts';
import { saveFolder } from './save-folder.ts';
import { openSample, readSamples } from './samples.ts';
import { openPath } from './source.ts';
import { openStore } from './store.ts';
import { watchHost } from './watch-host.ts';

export interface Place {
  /** the shipped data: pci.ids, samples */
  readonly resources: string;
  readonly version: string;
  /** the engine's program, one file: see engine-thread.ts */
  readonly engine: string;
}

/** Where distributions keep the list (Debian's pci.ids, Fedora's hwdata); the first that is there is used. */
const hostLists = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids'];

/** pci.ids is UTF-8 in its comments only; read byte by byte, an offset in the text is one in the file. */
const readList = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** The host's list, and the shipped one for what an older list lacks; that one is read only when it is asked. */
function readNames(resources: string): PciNames {
  const shipped = (): PciNames => namesFromPciIds(readList(join(resources, 'pci.ids')));
  const host = hostLists.map(readList).find((text) => text !== '');
  return host === undefined ? shipped() : eitherNames(namesFromPciIds(host), shipped);
}

/** Meets the assistant's needs on this box, as whoever runs the program. */
export function createNeeds({ resources, version, engine }: Place): Needs {
  const store = openStore();
  const samples = join(resources, 'samples');
  let names: PciNames | null = null;
  const now = (): string => new Date().toISOString();

  const openSource = async (source: string | null): Promise<SourceContent | SourceProblem> => {
    if (source === null) return openLive(now());
    if (source.startsWith('sample:')) return openSample(samples, source.slice('sample:'.length), now());
    if (source.startsWith('ssh://')) {
      const { openRemote } = await import('./remote.ts');
      return openRemote(source, resources, now());
    }
    return openPath(source, now());
  };

  return {
    version,
    now,
    openSource,
    samples: () => readSamples(samples),
    names: () => Promise.resolve((names ??= readNames(resources))),
    load: (name) => store.load(name),
    save: (name, value) => store.save(name, value),
    saveFolder: (name, files) => saveFolder(join(homedir(), 'slotwise'), name, files),
    readSaved,
    saveFile: (name, content) => saveFile(join(homedir(), 'slotwise', 'reports'), name, content),
    ownNames,
    watchHost,
    engine: (order, listener) => startEngine(engine, order, listener),
  };
}
