/** Why a source could not become a machine. Codes are the contract's; `where` is a file with line or offset. */
export const sourceProblemCodes = [
  'source-missing',
  'source-unreadable',
  'source-not-permitted',
  'source-too-large',
  'source-truncated',
  'source-not-understood',
  'ssh-missing',
  'ssh-refused',
  'collector-failed',
  'no-such-sample',
  'not-yet',
] as const;
export type SourceProblemCode = (typeof sourceProblemCodes)[number];

export interface SourceProblem {
  readonly problem: true;
  readonly code: SourceProblemCode;
  /** file, and line or offset where one is to blame */
  readonly where: string;
  /** what was expected or found, one short clause */
  readonly detail: string;
}

export const sourceProblem = (code: SourceProblemCode, where: string, detail: string): SourceProblem => ({
  problem: true,
  code,
  where,
  detail,
});

export const isSourceProblem = (value: object): value is SourceProblem => 'problem' in value && value.problem === true;
