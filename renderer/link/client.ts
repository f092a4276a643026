import type { SlotwiseClient, SlotwiseContract } from '../../main/contract/contract.ts';
import type { CallName, InputOf, OutputOf, Sink, StreamName } from '../../main/contract/endpoint.ts';
import type { Reply } from '../../main/contract/problem.ts';
import { overBridge } from './bridge.ts';
import type { ShellFacts, Transport } from './transport.ts';
import { overHttp } from './web.ts';

/** The contract as the page holds it: typed calls and streams, a call that can be given up, and the shell around it. */
export interface Client extends SlotwiseClient {
  readonly shell: ShellFacts;
  call<K extends CallName<SlotwiseContract>>(
    name: K,
    input: InputOf<SlotwiseContract[K]>,
    signal?: AbortSignal,
  ): Promise<Reply<OutputOf<SlotwiseContract[K]>>>;
}

/**
 * Types a transport by the contract. The serving side has parsed every input and makes every output; both come from one
 * build, so the page does not parse again.
 */
export function clientOver(transport: Transport): Client {
  return {
    shell: transport.shell,
    call: <K extends CallName<SlotwiseContract>>(name: K, input: InputOf<SlotwiseContract[K]>, signal?: AbortSignal) =>
      transport.call(name, input, signal ?? new AbortController().signal) as Promise<
        Reply<OutputOf<SlotwiseContract[K]>>
      >,
    open: <K extends StreamName<SlotwiseContract>>(
      name: K,
      input: InputOf<SlotwiseContract[K]>,
      sink: Sink<OutputOf<SlotwiseContract[K]>>,
    ) => transport.open(name, input, sink),
  };
}

/** One renderer for both shells: the bridge where a preload made one, else HTTP to where the page came from. */
export const connect = (): Client => clientOver(window.slotwise ? overBridge(window.slotwise) : overHttp());
