import { dispatch } from '../../assistant/dispatch.ts';
import { createHandlers } from '../../assistant/handlers.ts';
import { contract, type SlotwiseContract } from '../../contract/contract.ts';
import type { CallName, InputOf, OutputOf } from '../../contract/endpoint.ts';
import type { Reply } from '../../contract/problem.ts';
import { createNeeds } from '../../linux/needs.ts';
import type { Terminal } from './outcome.ts';

/** A typed call into the assistant, in this process. */
export type Ask = <K extends CallName<SlotwiseContract>>(
  name: K,
  input: InputOf<SlotwiseContract[K]>,
) => Promise<Reply<OutputOf<SlotwiseContract[K]>>>;

/** The dispatcher on this box's files; `source` is what `--machine` says. */
export function dispatcherOn(terminal: Terminal, source: string | undefined) {
  const needs = createNeeds({
    resources: terminal.folders.resources,
    engine: terminal.folders.engine,
    version: terminal.version,
  });
  return dispatch(contract, createHandlers(needs, source ?? null), (endpoint, thrown) =>
    terminal.err(`slotwise: a mistake of ours in ${endpoint}: ${thrown instanceof Error ? thrown.message : ''}\n`),
  );
}

export function askOn(terminal: Terminal, source: string | undefined): Ask {
  const dispatcher = dispatcherOn(terminal, source);
  const call = { cancelled: () => false };
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- the reply is typed by its name
  return (name, input) => dispatcher.call(name, input, call) as ReturnType<Ask> as never;
}
