import { createContext } from 'svelte';
import type { OutputOf } from '../../main/contract/endpoint.ts';
import type { SlotwiseContract } from '../../main/contract/contract.ts';
import type { Groups } from '../../main/contract/groups.ts';
import type { Problem, Reply } from '../../main/contract/problem.ts';
import type { Journey } from '../../main/journey/state.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import type { Plan } from '../../main/passthrough/plan.ts';
import { machineName } from '../../main/words/machine-name.ts';
import type { Client } from '../link/client.ts';
import { Resource } from './resource.svelte.ts';

export type Findings = OutputOf<SlotwiseContract['findings.list']>;
export type Samples = OutputOf<SlotwiseContract['samples.list']>;

/**
 * What the page knows: the machine that is shown and everything that is said about it, asked once and kept until the
 * machine is read again. One a page, made by App; places take it with `useSession()`.
 */
export class Session {
  readonly client: Client;
  readonly machine: Resource<Machine>;
  readonly findings: Resource<Findings>;
  readonly groups: Resource<Groups>;
  readonly journey: Resource<Journey>;
  readonly samples: Resource<Samples>;
  version: string | null = $state(null);
  /** The last look at another source failed; the machine before it is still shown. */
  lookProblem: Problem | null = $state.raw(null);
  /** A look at a source is under way. */
  looking = $state(false);
  #revision = -1;
  #titles: Promise<void> = Promise.resolve();

  readonly functions: ReadonlyMap<PciAddress, PciFunction> = $derived.by(
    // Replaced whole with every machine, never changed in place.
    // eslint-disable-next-line svelte/prefer-svelte-reactivity
    () => new Map((this.machine.value?.functions ?? []).map((fn) => [fn.address, fn])),
  );

  /** What to call the machine: its own name; a sample without one goes by its title. */
  readonly name: string | null = $derived.by(() => {
    const machine = this.machine.value;
    if (machine === null) return null;
    const name = machineName(machine);
    const sample = machine.source.kind === 'sample' && name === machine.source.name;
    return (sample ? this.samples.value?.find((one) => one.name === name)?.title : undefined) ?? name;
  });

  constructor(client: Client) {
    this.client = client;
    this.machine = new Resource((signal) => this.#withTitles(client.call('machine.get', {}, signal)));
    this.findings = new Resource((signal) => client.call('findings.list', {}, signal));
    this.groups = new Resource((signal) => client.call('groups.list', {}, signal));
    this.journey = new Resource((signal) => client.call('journey.get', {}, signal));
    this.samples = new Resource((signal) => client.call('samples.list', {}, signal));
  }

  /** Asks for everything and follows the machine's changes until the returned function is called. */
  start(): () => void {
    this.#titles = this.samples.load();
    void this.#reload();
    void this.client.call('app.about', {}).then((reply) => {
      if (reply.ok) this.version = reply.value.version;
    });
    return this.client.open(
      'machine.changes',
      {},
      {
        next: ({ value }) => {
          // The first number belongs to what was just asked for; every other one means that the machine was read again.
          if (this.#revision !== -1 && value.revision !== this.#revision) void this.#reload();
          this.#revision = value.revision;
        },
        end: () => undefined,
      },
    );
  }

  /** Looks at the same source again. */
  lookAgain(): Promise<boolean> {
    return this.#look(this.client.call('machine.look', { source: null }));
  }

  /** Looks at `live` (this host), `sample:NAME` or a path. */
  look(source: string): Promise<boolean> {
    return this.#look(this.client.call('machine.look', { source }));
  }

  /** Shows a report or a text that the person chose in the page. */
  open(name: string, content: string): Promise<boolean> {
    return this.#look(this.client.call('machine.open', { name, content }));
  }

  /** Remembers the plan for this machine; null forgets it. */
  async keepPlan(plan: Plan | null): Promise<Reply<Journey>> {
    const reply = await this.client.call('journey.keep', { plan });
    this.journey.take(reply);
    return reply;
  }

  /** The person says that the files are in place, or taken back. */
  async markWritten(written: boolean): Promise<Reply<Journey>> {
    const reply = await this.client.call('journey.written', { written });
    this.journey.take(reply);
    return reply;
  }

  async #look(asked: Promise<Reply<Machine>>): Promise<boolean> {
    this.looking = true;
    const reply = await asked;
    this.looking = false;
    this.lookProblem = reply.ok ? null : reply.problem;
    if (reply.ok) {
      this.machine.take(reply);
      await this.#judge();
    }
    return reply.ok;
  }

  /** A sample is called by its title from the first moment on, and not by its file's name until the titles have come. */
  async #withTitles<T>(asked: Promise<Reply<T>>): Promise<Reply<T>> {
    const [reply] = await Promise.all([asked, this.#titles]);
    return reply;
  }

  async #reload(): Promise<void> {
    await this.machine.load();
    await this.#judge();
  }

  async #judge(): Promise<void> {
    await Promise.all([this.findings.load(), this.groups.load(), this.journey.load()]);
  }
}

/** `useSession()` inside any component below App. */
export const [useSession, provideSession] = createContext<Session>();
