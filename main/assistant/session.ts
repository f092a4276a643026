import type { Machine } from '../machine/machine.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';

type Read = () => Promise<Machine | SourceProblem>;

/**
 * The machine that is being shown, and how to read it again. One a process: every window and browser of it sees the
 * same. A source that cannot be read leaves the machine before it in place.
 */
export class Session {
  #read: Read;
  #live: boolean;
  #machine: Machine | null = null;
  #reading: Promise<Machine | SourceProblem> | null = null;
  #revision = 0;
  readonly #listeners = new Set<() => void>();

  constructor(read: Read, live: boolean) {
    this.#read = read;
    this.#live = live;
  }

  /** counts up with every reading that succeeded */
  get revision(): number {
    return this.#revision;
  }

  get readAt(): string | null {
    return this.#machine?.source.readAt ?? null;
  }

  /** this very host is shown, so it can change under our eyes */
  get live(): boolean {
    return this.#live;
  }

  /** The machine; reads it the first time. Callers at the same moment share one reading. */
  async machine(): Promise<Machine | SourceProblem> {
    return this.#machine ?? (this.#reading ??= this.#run(this.#read, this.#live));
  }

  /** Reads the same source again. */
  again(): Promise<Machine | SourceProblem> {
    return this.#run(this.#read, this.#live);
  }

  /** Reads another source, which is then the one shown. */
  change(read: Read, live: boolean): Promise<Machine | SourceProblem> {
    return this.#run(read, live);
  }

  /** Calls back at every new revision; returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #run(read: Read, live: boolean): Promise<Machine | SourceProblem> {
    try {
      const machine = await read();
      if (isSourceProblem(machine)) return machine;
      this.#read = read;
      this.#live = live;
      this.#machine = machine;
      this.#revision += 1;
      for (const listener of this.#listeners) listener();
      return machine;
    } finally {
      this.#reading = null;
    }
  }
}
