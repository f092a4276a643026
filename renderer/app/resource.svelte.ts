import type { Problem, Reply } from '../../main/contract/problem.ts';

/**
 * One answer of the assistant as the page holds it. While it is asked again the old value stays, so that nothing
 * flickers; a failure keeps the old value too and says its problem.
 */
export class Resource<T> {
  value: T | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  loading = $state(false);
  readonly #ask: (signal: AbortSignal) => Promise<Reply<T>>;
  #running: AbortController | null = null;

  constructor(ask: (signal: AbortSignal) => Promise<Reply<T>>) {
    this.#ask = ask;
  }

  /** Asks; an older question that has not been answered is given up. */
  async load(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.loading = true;
    const reply = await this.#ask(running.signal);
    if (this.#running !== running) return;
    this.loading = false;
    this.take(reply);
  }

  /** Takes an answer that came another way: an action replies with the new value itself. */
  take(reply: Reply<T>): void {
    if (reply.ok) {
      this.value = reply.value;
      this.problem = null;
    } else if (reply.problem.code !== 'cancelled') this.problem = reply.problem;
  }

  /** Forgets: what is shown belongs to another machine. */
  clear(): void {
    this.value = null;
    this.problem = null;
  }
}
