import * as v from 'valibot';
import { dispatch, type Dispatcher } from '../../../main/assistant/dispatch.ts';
import { action, query, stream } from '../../../main/contract/endpoint.ts';
import { fine, refuse } from '../../../main/contract/problem.ts';

/** A contract with one endpoint of each kind, and handlers that misbehave on request. */
export const sampleContract = {
  'echo.say': query(v.object({ text: v.pipe(v.string(), v.maxLength(100)) }), v.object({ text: v.string() })),
  'echo.touch': action(v.object({ fail: v.boolean() }), v.object({ done: v.boolean() }), 'app'),
  'echo.count': stream(v.object({ to: v.pipe(v.number(), v.integer(), v.maxValue(1000)) }), v.number()),
} as const;

export interface Sample {
  readonly dispatcher: Dispatcher;
  readonly reported: string[];
  /** streams that are open now */
  readonly open: () => number;
}

export function sample(): Sample {
  const reported: string[] = [];
  let open = 0;
  const dispatcher = dispatch(
    sampleContract,
    {
      'echo.say': ({ text }) => {
        if (text === 'throw') throw new Error('secret path /root/x');
        return fine({ text });
      },
      'echo.touch': ({ fail }) => (fail ? refuse('guard-open', 'enp1s0') : fine({ done: true })),
      'echo.count': ({ to }, sink, since) => {
        open += 1;
        let next = since === null ? 0 : since + 1;
        const timer = setInterval(() => {
          if (next <= to) sink.next({ sequence: next, value: next++ });
          else {
            clearInterval(timer);
            open -= 1;
            sink.end();
          }
        }, 1);
        return () => {
          clearInterval(timer);
          open -= 1;
        };
      },
    },
    (endpoint) => reported.push(endpoint),
  );
  return { dispatcher, reported, open: () => open };
}
