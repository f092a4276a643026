import type { Capability } from '../../main/contract/capability.ts';
import type { Close, Sink } from '../../main/contract/endpoint.ts';
import type { Reply } from '../../main/contract/problem.ts';

/** What the page knows of the shell around it. */
export interface ShellFacts {
  readonly kind: 'desktop' | 'served' | 'memory';
  readonly can: ReadonlySet<Capability>;
}

/** The two functions by which anything reaches the assistant; the desktop's bridge, HTTP and tests implement them. */
export interface Transport {
  readonly shell: ShellFacts;
  /** Never rejects: a lost connection is a reply with the code `disconnected`, an aborted call one with `cancelled`. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<Reply<unknown>>;
  /** Snapshot first, then numbered items; resumes by itself after a break. */
  open(name: string, input: unknown, sink: Sink<unknown>): Close;
}
