import * as v from 'valibot';
import type { Call, Close, Contract, Endpoint, Handlers, Sink } from '../contract/endpoint.ts';
import { refuse, type Problem, type Reply } from '../contract/problem.ts';

/** What every shell calls: names and inputs come in as `unknown`, replies go out as data. Nothing is ever thrown. */
export interface Dispatcher {
  call(name: unknown, input: unknown, caller: Call): Promise<Reply<unknown>>;
  /** `since`: the last sequence number that the caller has, to go on from there; null for a fresh snapshot. */
  open(name: unknown, input: unknown, since: number | null, sink: Sink<unknown>): Close;
}

type AnyHandler = (input: unknown, second: unknown, third?: unknown) => unknown;

/** Says where the input differs: `give.0: expected …`; the received value is bounded, since it may be hostile. */
function difference(issues: readonly v.BaseIssue<unknown>[]): string {
  const [first] = issues;
  if (first === undefined) return 'not of the expected shape';
  const path = v.getDotPath(first);
  return `${path === null ? 'input' : path}: expected ${first.expected ?? 'another value'}`.slice(0, 200);
}

/**
 * Joins a contract with its handlers. `report` is told of every handler that threw: a mistake of ours, which the caller
 * sees as the code `bug` and nothing more.
 */
export function dispatch<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  report: (endpoint: string, thrown: unknown) => void,
): Dispatcher {
  const endpointOf = (name: unknown): [string, Endpoint, AnyHandler] | null => {
    // Own properties only: `__proto__` and `constructor` are names that strangers try.
    if (typeof name !== 'string' || !Object.prototype.hasOwnProperty.call(contract, name)) return null;
    const endpoint = contract[name];
    return endpoint === undefined ? null : [name, endpoint, handlers[name] as unknown as AnyHandler];
  };

  const prepare = (name: unknown, input: unknown, stream: boolean): { run: AnyHandler; value: unknown } | Problem => {
    const found = endpointOf(name);
    if (found === null || (found[1].kind === 'stream') !== stream) {
      return refuse('unknown-endpoint', typeof name === 'string' ? name.slice(0, 64) : typeof name).problem;
    }
    const parsed = v.safeParse(found[1].input, input);
    if (!parsed.success) return refuse('bad-input', found[0], difference(parsed.issues)).problem;
    return { run: found[2], value: parsed.output };
  };

  return {
    async call(name, input, caller) {
      try {
        const ready = prepare(name, input, false);
        if ('code' in ready) return { ok: false, problem: ready };
        const reply = (await ready.run(ready.value, caller)) as Reply<unknown>;
        return caller.cancelled() ? refuse('cancelled') : reply;
      } catch (thrown) {
        report(String(name), thrown);
        return refuse('bug', String(name));
      }
    },
    open(name, input, since, sink) {
      try {
        const ready = prepare(name, input, true);
        if ('code' in ready) {
          sink.end(ready);
          return () => undefined;
        }
        return ready.run(ready.value, sink, since) as Close;
      } catch (thrown) {
        report(String(name), thrown);
        sink.end(refuse('bug', String(name)).problem);
        return () => undefined;
      }
    },
  };
}
