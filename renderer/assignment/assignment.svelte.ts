import type { PciAddress } from '../../main/machine/address.ts';
import type { Problem } from '../../main/contract/problem.ts';
import type { Candidate } from '../../main/passthrough/candidate.ts';
import type { Planning, Profile } from '../../main/passthrough/plan.ts';
import { draftDesk, type Choice, type Draft } from '../app/draft.svelte.ts';
import type { Session } from '../app/session.svelte.ts';

const nothing: Choice = { give: [], keep: [], lose: [] };
const farthestBack = 100;

/**
 * What a person chooses to give, and what the assistant says to it. The plan is asked anew at every change; only one that
 * is ready is kept for the journey. Made by the place while it is initialised, from what was being chosen before the person
 * looked elsewhere, else from the plan that was kept.
 */
export class Assignment {
  readonly madeFor: string;
  readonly #session: Session;
  #choice: Choice = $state.raw(nothing);
  #past: readonly Choice[] = $state.raw([]);
  vm = $state('slotwise-vm');
  profile: Profile = $state('gaming');
  planning: Planning | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  asking = $state(false);
  #question: AbortController | null = null;

  readonly give = $derived(this.#choice.give);
  readonly accepted = $derived(this.#choice.lose);
  readonly canUndo = $derived(this.#past.length > 0);

  /** `madeFor` names the machine and the kept plan that this choice begins with. */
  constructor(session: Session, madeFor: string) {
    this.#session = session;
    this.madeFor = madeFor;
    const draft = draftDesk.of(madeFor);
    if (draft !== null) {
      this.#choice = draft.choice;
      this.#past = draft.past;
      this.vm = draft.vm;
      this.profile = draft.profile;
      void this.ask();
      return;
    }
    const journey = session.journey.value;
    // A plan that was kept for another machine is none for this one.
    const kept = journey?.resumed === 'other-machine' ? null : (journey?.checkpoint?.plan ?? null);
    if (kept === null) return;
    this.#choice = {
      give: kept.give.filter(({ reason }) => reason === 'chosen').map(({ address }) => address),
      keep: kept.keep,
      lose: kept.losses.filter(({ answered }) => answered).map(({ name }) => name),
    };
    this.vm = kept.vm.name;
    this.profile = kept.vm.profile;
    void this.ask();
  }

  /** As it is now, to begin with again. */
  get draft(): Draft {
    return { madeFor: this.madeFor, choice: this.#choice, past: this.#past, vm: this.vm, profile: this.profile };
  }

  given(candidate: PciAddress): boolean {
    return this.#choice.give.includes(candidate);
  }

  toggle(candidate: Candidate): void {
    const choice = this.#choice;
    const give = this.given(candidate.address)
      ? choice.give.filter((one) => one !== candidate.address)
      : [...choice.give, candidate.address];
    // A card that is taken back begins whole the next time.
    const keep = choice.keep.filter((one) => !candidate.comesAlong.some(({ address }) => address === one));
    this.#change({ ...choice, give, keep });
  }

  /** Keeps a function that only its slot drew over. */
  stay(address: PciAddress): void {
    this.#change({ ...this.#choice, keep: [...this.#choice.keep, address] });
  }

  /** Lets it go along with its card again. */
  follow(address: PciAddress): void {
    this.#change({ ...this.#choice, keep: this.#choice.keep.filter((one) => one !== address) });
  }

  accept(name: string): void {
    this.#change({ ...this.#choice, lose: [...this.#choice.lose, name] });
  }

  takeBack(name: string): void {
    this.#change({ ...this.#choice, lose: this.#choice.lose.filter((one) => one !== name) });
  }

  undo(): void {
    const before = this.#past.at(-1);
    if (before === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#choice = before;
    void this.ask();
  }

  /** Asks what the present choice costs; an older question is given up. */
  async ask(): Promise<void> {
    this.#question?.abort();
    if (this.#choice.give.length === 0) {
      this.planning = null;
      this.problem = null;
      return;
    }
    const question = new AbortController();
    this.#question = question;
    this.asking = true;
    const reply = await this.#session.client.call(
      'plan.make',
      {
        give: [...this.#choice.give],
        keep: [...this.#choice.keep],
        lose: [...this.#choice.lose],
        vm: this.vm,
        profile: this.profile,
      },
      question.signal,
    );
    if (this.#question !== question) return;
    this.asking = false;
    this.problem = reply.ok ? null : reply.problem;
    if (reply.ok) this.planning = reply.value;
  }

  /** Keeps the plan for the journey; true when it stands. */
  async keep(): Promise<boolean> {
    if (this.planning?.state !== 'ready') return false;
    return (await this.#session.keepPlan(this.planning.plan)).ok;
  }

  #change(next: Choice): void {
    this.#past = [...this.#past, this.#choice].slice(-farthestBack);
    this.#choice = next;
    void this.ask();
  }
}
