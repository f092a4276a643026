import type { HostTree } from '../machine/host-tree.ts';
import type { MachineSource } from '../machine/machine.ts';
import type { PciNames } from '../machine/names/pci-names.ts';
import type { SecretName } from '../machine/redaction/text.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import type { EngineAnswer, EngineOrder } from './engine.ts';

/** What a source turned out to hold, before anything of it is understood. */
export type SourceContent =
  | { kind: 'files'; tree: HostTree; from: MachineSource }
  | { kind: 'text'; text: string; from: MachineSource }
  | { kind: 'json'; value: unknown; from: MachineSource };

/** A file to be written below a folder of the app's own. */
export interface FileToSave {
  /** relative, with `/`, no `..` */
  readonly file: string;
  /** octal text, `0644` */
  readonly mode: string;
  readonly content: string;
}

/** Who waits for the engine. `ended` comes at most once: its thread is gone, and nobody had taken the order back. */
export interface EngineListener {
  answer(answer: EngineAnswer): void;
  ended(): void;
}

/** Every effect that the assistant has. linux/ meets these on a real box; tests meet them from memory. */
export interface Needs {
  readonly version: string;
  /** the present, ISO 8601 */
  now(): string;
  /** null: this host; else a path or `sample:NAME` */
  openSource(source: string | null): Promise<SourceContent | SourceProblem>;
  /** sample machines that are shipped */
  samples(): Promise<readonly { name: string; title: string; origin: string }[]>;
  /** the host's pci.ids where it has one, else the shipped one */
  names(): Promise<PciNames>;
  /** what the app remembers between two starts, by name; null where nothing (readable) is kept */
  load(name: string): Promise<unknown>;
  save(name: string, value: unknown): Promise<void>;
  /** writes all files into a new folder named after `name`, or none of them */
  saveFolder(
    name: string,
    files: readonly FileToSave[],
  ): Promise<{ folder: string } | { problem: 'folder-not-writable'; where: string }>;
  /** what stands in files of a folder that was saved; null for each that is gone or cannot be read */
  readSaved(folder: string, files: readonly string[]): Promise<readonly (string | null)[]>;
  /** writes one file, which its user alone can read, into a folder of the app's own; never over another */
  saveFile(
    name: string,
    content: string,
  ): Promise<{ file: string } | { problem: 'folder-not-writable'; where: string }>;
  /** names of this host and of who runs the program, which no report may hold */
  ownNames(): readonly SecretName[];
  /** calls back when the live host looks different (a device came or went); returns the way to stop */
  watchHost(changed: () => void): () => void;
  /** gives an order to the remapping engine, in a thread of its own; returns the way to take it back */
  engine(order: EngineOrder, listener: EngineListener): () => void;
}
