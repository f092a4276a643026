import type { TableFault } from './shape.ts';

/** A forged table could make one a structure; people need the first ones. */
const mostFaults = 200;

/** What is wrong in a table, in its order; each is said once. */
export class TableFaults {
  readonly #found = new Map<string, TableFault>();

  add(code: TableFault['code'], structure: number | null = null, subject: string | null = null): void {
    if (this.#found.size >= mostFaults) return;
    this.#found.set(`${code} ${structure ?? ''} ${subject ?? ''}`, { code, structure, subject });
  }

  get list(): TableFault[] {
    return [...this.#found.values()].sort((a, b) => (a.structure ?? -1) - (b.structure ?? -1));
  }
}
