import { sheetOpen } from '../kit/sheet-open.ts';
import { rowFor, type KeyId } from './keys.ts';
import { router } from './router.svelte.ts';

type Run = (key: string) => void;

/** Who answers which key at the moment; the last to register wins, as the innermost part is the most particular. */
class KeyDesk {
  readonly #handlers = new Map<KeyId, Run[]>();

  add(id: KeyId, run: Run): () => void {
    const runs = this.#handlers.get(id) ?? [];
    this.#handlers.set(id, [...runs, run]);
    return () =>
      this.#handlers.set(
        id,
        (this.#handlers.get(id) ?? []).filter((other) => other !== run),
      );
  }

  /** Runs what a key means here. A modal sheet keeps its keys to itself. */
  handle(event: KeyboardEvent): void {
    if (sheetOpen()) return;
    const row = rowFor(event, router.route.place);
    if (row === null) return;
    const run = this.#handlers.get(row.id)?.at(-1);
    if (run === undefined) return;
    event.preventDefault();
    run(event.key);
  }
}

export const keyDesk = new KeyDesk();

/** During a component's life, runs `handlers` for their keys. Call it while the component is made. */
export function onKeys(handlers: Partial<Record<KeyId, Run>>): void {
  $effect(() => {
    const stop = Object.entries(handlers).map(([id, run]) => keyDesk.add(id as KeyId, run));
    return () => {
      for (const one of stop) one();
    };
  });
}
