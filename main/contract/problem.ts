import * as v from 'valibot';

/** Everything that can go wrong between a shell and the assistant; the sentences stand in words/problems.ts. */
export const problemCodes = [
  /** the contract has no such name */
  'unknown-endpoint',
  /** the input has not the endpoint's shape */
  'bad-input',
  'source-missing',
  'source-unreadable',
  'source-not-permitted',
  'source-too-large',
  'source-truncated',
  'source-not-understood',
  /** no ssh program here */
  'ssh-missing',
  /** ssh did not get in: unknown host, no key, no answer in time */
  'ssh-refused',
  /** the collector could not do its work over there */
  'collector-failed',
  /** no DMAR or IVRS, or one that cannot be walked */
  'table-not-understood',
  /** no option ROM */
  'rom-not-understood',
  'no-such-sample',
  'no-such-device',
  'not-a-device-to-give',
  /** its group or the card's reset ties it to what is given */
  'cannot-be-kept',
  'nothing-to-give',
  /** a card goes into a root or downstream port only */
  'not-a-port',
  /** the card itself leads to that port */
  'port-below-card',
  'no-such-group',
  'bad-vm-name',
  'plan-not-understood',
  'guard-open',
  'refused',
  'kernel-refuses',
  'nothing-to-write',
  'folder-not-writable',
  'file-in-the-way',
  /** a later version answers this */
  'not-yet',
  /** the connection to the program that serves this page is gone */
  'disconnected',
  /** the engine's thread ended before it was told to */
  'engine-stopped',
  /** the caller went away */
  'cancelled',
  /** wrong token, sender or origin */
  'not-allowed',
  /** a mistake of ours */
  'bug',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export const problemShape = v.object({
  code: v.picklist(problemCodes),
  /** the file, device or endpoint it is about */
  subject: v.optional(v.string()),
  /** line, offset, what was expected; from a closed set of sentences or a name in quotes, never a stack */
  detail: v.optional(v.string()),
});
export type Problem = v.InferOutput<typeof problemShape>;

export type Reply<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export const fine = <T>(value: T): Reply<T> => ({ ok: true, value });

export function refuse(code: ProblemCode, subject?: string, detail?: string): { ok: false; problem: Problem } {
  return {
    ok: false,
    problem: { code, ...(subject === undefined ? {} : { subject }), ...(detail === undefined ? {} : { detail }) },
  };
}
