import type { SlotwiseContract } from '../../main/contract/contract.ts';
import type { OutputOf } from '../../main/contract/endpoint.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import type { ScenarioCode, Variant } from '../../main/remapping/scenario-shape.ts';
import { Resource } from '../app/resource.svelte.ts';
import type { Client } from '../link/client.ts';
import { compareTransactions, type ComparedTransaction } from './comparison.ts';

type Recorded = OutputOf<SlotwiseContract['scenario.record']>;

/** The same scenario under two configurations. */
export class Compare {
  readonly recorded: Resource<Recorded>;
  /** what each scenario is worth comparing with */
  readonly offered: Resource<OutputOf<SlotwiseContract['scenario.list']>>;
  swapped = $state(false);
  #address: PciAddress | null = null;
  #scenario: ScenarioCode = 'first-story';
  #variant: Variant | null = null;

  readonly transactions: readonly ComparedTransaction[] = $derived.by(() => {
    const { value } = this.recorded;
    if (value?.against == null) return [];
    const { trace, against } = value;
    return this.swapped ? compareTransactions(against.trace, trace) : compareTransactions(trace, against.trace);
  });

  constructor(client: Client) {
    this.offered = new Resource((signal) => client.call('scenario.list', {}, signal));
    this.recorded = new Resource((signal) =>
      client.call(
        'scenario.record',
        { address: this.#address, scenario: this.#scenario, against: this.#variant },
        signal,
      ),
    );
  }

  /** Variants that say something about a scenario, the most telling first. */
  variantsOf(scenario: ScenarioCode): readonly Variant[] {
    return this.offered.value?.find((each) => each.scenario === scenario)?.against ?? [];
  }

  /** Records both sides; `wanted`: what the link asks for, or null for the first that is offered. */
  async record(address: PciAddress | null, scenario: ScenarioCode, wanted: string | null): Promise<void> {
    if (this.offered.value === null) await this.offered.load();
    const variants = this.variantsOf(scenario);
    this.#address = address;
    this.#scenario = scenario;
    this.#variant = variants.find((each) => each === wanted) ?? variants[0] ?? null;
    await this.recorded.load();
  }
}
