import type { Groups, GroupsQuestion } from '../../main/contract/groups.ts';
import type { Problem, Reply } from '../../main/contract/problem.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { askedOf, questionOf, type Asked, type AskedParams } from './asked.ts';
import { hypothesis } from './hypothesis.ts';

type Ask = (question: GroupsQuestion, signal: AbortSignal) => Promise<Reply<Groups>>;

/** The groups that a view asks for beyond the read ones, and the machine as that view draws it. */
export class Asking {
  readonly #ask: Ask;
  readonly #machine: () => Machine | null;
  readonly #params: () => Readonly<AskedParams>;
  #answer: { readonly question: string; readonly machine: Machine; readonly groups: Groups } | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  #running: AbortController | null = null;

  readonly #read: () => Groups | null;

  /** `read`: the kernel's groups with their reasons, once the session has them. */
  constructor(ask: Ask, machine: () => Machine | null, params: () => Readonly<AskedParams>, read: () => Groups | null) {
    this.#read = read;
    this.#ask = ask;
    this.#machine = machine;
    this.#params = params;
  }

  /** The kernel's own groups are there to be shown. */
  readonly haveRead: boolean = $derived.by(() => {
    const machine = this.#machine();
    return machine !== null && machine.groups.known && machine.groups.value.length > 0;
  });
  readonly asked: Asked = $derived.by(() => askedOf(this.#params(), this.haveRead));
  readonly question: string | null = $derived.by(() => {
    const question = questionOf(this.asked);
    return question === null ? null : JSON.stringify(question);
  });
  /** The answer to what is asked now of this machine; null: none is needed, or it is under way. */
  readonly answer: Groups | null = $derived.by(() =>
    this.#answer !== null && this.#answer.question === this.question && this.#answer.machine === this.#machine()
      ? this.#answer.groups
      : null,
  );
  /** The machine as it is drawn: as it was read until there is an answer. */
  readonly shown: Machine | null = $derived.by(() => {
    const machine = this.#machine();
    return machine === null || this.answer === null ? machine : hypothesis(machine, this.asked, this.answer);
  });

  /** The groups that are drawn, with why they are what they are. */
  readonly explained: Groups | null = $derived.by(() => (this.question === null ? this.#read() : this.answer));

  /** Asks what the view needs; an older question is given up. */
  async ask(): Promise<void> {
    this.#running?.abort();
    this.problem = null;
    const question = this.question;
    const machine = this.#machine();
    if (question === null || machine === null || this.answer !== null) return;
    const running = new AbortController();
    this.#running = running;
    const reply = await this.#ask(JSON.parse(question) as GroupsQuestion, running.signal);
    if (this.#running !== running) return;
    if (reply.ok) this.#answer = { question, machine, groups: reply.value };
    else if (reply.problem.code !== 'cancelled') this.problem = reply.problem;
  }
}
