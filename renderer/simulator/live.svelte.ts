import type { Problem } from '../../main/contract/problem.ts';
import type { Close } from '../../main/contract/endpoint.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import type { Trace } from '../../main/remapping/trace.ts';
import type { Client } from '../link/client.ts';
import { noHistory, take, type LiveHistory, type Notable } from './live-history.ts';

/** Batches (ten a second) between two changes of the numbers. */
const calmEvery = 5;

/**
 * Live traffic of one device while somebody looks: the stream is open only while it runs and the page is shown. Traffic
 * is made by a seed and not recorded, so each run is another one from its beginning.
 */
export class Live {
  readonly #client: Client;
  history: LiveHistory = $state.raw(noHistory);
  /** The same twice a second: numbers that change more often cannot be read. */
  calm: LiveHistory = $state.raw(noHistory);
  running = $state(false);
  problem: Problem | null = $state.raw(null);
  /** a request of the traffic is being looked for, to be stepped through */
  catching = $state(false);
  #seed = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * The trace of an event that stood out: the same traffic from its beginning, up to this request. Null where it cannot be
   * had any more.
   */
  async capture(address: PciAddress | null, event: Notable): Promise<Trace | null> {
    this.catching = true;
    this.running = false;
    const range = { first: event.address, last: event.address };
    const input = { address, seed: event.seed, from: event.batch, fault: true, range };
    const reply = await this.#client.call('traffic.capture', input);
    this.catching = false;
    return reply.ok ? reply.value.trace : null;
  }

  /** Runs until the returned function is called; `address` null: on the Intel sample's path. */
  follow(address: PciAddress | null): Close {
    this.problem = null;
    this.#seed++;
    let fresh = true;
    const seed = this.#seed;
    return this.#client.open(
      'traffic.watch',
      { address, seed },
      {
        next: ({ value }) => {
          // What the last run showed stays until the new one has something to show.
          this.history = take(fresh ? noHistory : this.history, value, seed);
          if (fresh || value.number % calmEvery === 0) this.calm = this.history;
          fresh = false;
        },
        end: (problem) => {
          this.running = false;
          if (problem) this.problem = problem;
        },
      },
    );
  }
}
