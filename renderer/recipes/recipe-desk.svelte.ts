import type { SlotwiseContract } from '../../main/contract/contract.ts';
import type { OutputOf } from '../../main/contract/endpoint.ts';
import type { Problem, Reply } from '../../main/contract/problem.ts';
import type { Verification } from '../../main/journey/verify-plan.ts';
import type { Plan } from '../../main/passthrough/plan.ts';
import type { Artefact, Recipe, RecipeTarget } from '../../main/recipes/artefact.ts';
import { Resource } from '../app/resource.svelte.ts';
import type { Session } from '../app/session.svelte.ts';
import { guestTarget, hostTargets, type Fit, type GuestTarget } from './targets-of-plan.ts';

/** Where the shown files were saved, and whether they still stand there. */
type Saved = NonNullable<OutputOf<SlotwiseContract['recipe.saved']>>;

interface Written {
  readonly fits: readonly Fit[];
  readonly guest: GuestTarget;
  readonly targets: readonly RecipeTarget[];
  readonly recipe: Recipe;
}

const noPlan = { ok: false, problem: { code: 'cancelled' } } as const;

/** The files of the kept plan, what the machine shows of them, and where they were saved. Made by the place. */
export class RecipeDesk {
  readonly #session: Session;
  readonly written: Resource<Written>;
  readonly verification: Resource<Verification>;
  saving = $state(false);
  saveProblem: Problem | null = $state.raw(null);
  #saved: Saved | null = $state.raw(null);
  /** What the link asks for; told by the place before it asks. */
  wanted: string | undefined;

  /** The plan of this machine; one that was kept for another machine is not. */
  readonly plan: Plan | null = $derived.by(() => {
    const journey = this.#session.journey.value;
    return journey === null || journey.resumed === 'other-machine' ? null : (journey.checkpoint?.plan ?? null);
  });
  readonly artefacts: readonly Artefact[] = $derived.by(() => this.written.value?.recipe.artefacts ?? []);
  readonly saved = $derived(this.#saved);
  /** The folder that holds exactly what is shown; commands may read from no other. */
  readonly folder: string | null = $derived(this.#saved?.standing === 'there' ? this.#saved.folder : null);

  constructor(session: Session) {
    this.#session = session;
    this.written = new Resource((signal) => this.#write(signal));
    this.verification = new Resource(async (signal) =>
      this.plan === null ? noPlan : session.client.call('plan.verify', { plan: this.plan }, signal),
    );
  }

  async #write(signal: AbortSignal): Promise<Reply<Written>> {
    const { plan } = this;
    if (plan === null) return noPlan;
    const fits = await this.#session.client.call('recipe.targets', { plan }, signal);
    if (!fits.ok) return fits;
    const guest = guestTarget(fits.value, this.wanted);
    const targets = [...hostTargets(fits.value), guest];
    const recipe = await this.#session.client.call('recipe.render', { plan, targets }, signal);
    if (!recipe.ok) return recipe;
    await this.#findSaved(plan, targets, signal);
    return { ok: true, value: { fits: fits.value, guest, targets, recipe: recipe.value } };
  }

  /** Looks whether what is shown was saved before, and whether it still stands there. */
  async findSaved(): Promise<void> {
    const written = this.written.value;
    if (this.plan !== null && written !== null) await this.#findSaved(this.plan, written.targets);
  }

  async #findSaved(plan: Plan, targets: readonly RecipeTarget[], signal?: AbortSignal): Promise<void> {
    const reply = await this.#session.client.call('recipe.saved', { plan, targets: [...targets] }, signal);
    // Not to know it is no reason to show no files.
    if (reply.ok) this.#saved = reply.value;
    else if (reply.problem.code !== 'cancelled') this.#saved = null;
  }

  /** Saves what is shown into a new folder; true when it is there. */
  async save(): Promise<boolean> {
    const written = this.written.value;
    if (this.plan === null || written === null || this.saving) return false;
    this.saving = true;
    const reply = await this.#session.client.call('recipe.save', { plan: this.plan, targets: [...written.targets] });
    this.saving = false;
    this.saveProblem = reply.ok ? null : reply.problem;
    if (!reply.ok) return false;
    await this.findSaved();
    return true;
  }

  /** Makes the same choice anew, against the machine as it stands; false when it waits for the person again. */
  async planAgain(): Promise<boolean> {
    const { plan } = this;
    if (plan === null) return false;
    const reply = await this.#session.client.call('plan.make', {
      give: plan.give.filter(({ reason }) => reason === 'chosen').map(({ address }) => address),
      keep: plan.keep,
      lose: plan.losses.filter(({ answered }) => answered).map(({ name }) => name),
      vm: plan.vm.name,
      profile: plan.vm.profile,
    });
    if (!reply.ok || reply.value.state !== 'ready') return false;
    return (await this.#session.keepPlan(reply.value.plan)).ok;
  }
}
