import type { ProblemCode } from '../../contract/problem.ts';

/** The promise of every command, whatever it does. */
export const exitCode = { fine: 0, blocked: 1, wrongUse: 2, notUnderstood: 3, notPermitted: 4, bug: 70 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** How a problem ends the program. */
export const exitOfProblem = {
  'unknown-endpoint': 70,
  'bad-input': 2,
  'source-missing': 3,
  'source-unreadable': 3,
  'source-not-permitted': 4,
  'source-too-large': 3,
  'source-truncated': 3,
  'source-not-understood': 3,
  'ssh-missing': 3,
  'ssh-refused': 3,
  'collector-failed': 3,
  'table-not-understood': 3,
  'rom-not-understood': 3,
  'no-such-sample': 2,
  'no-such-device': 2,
  'not-a-device-to-give': 2,
  'cannot-be-kept': 2,
  'nothing-to-give': 2,
  'not-a-port': 2,
  'port-below-card': 2,
  'no-such-group': 2,
  'bad-vm-name': 2,
  'plan-not-understood': 3,
  'guard-open': 1,
  refused: 1,
  'kernel-refuses': 1,
  'nothing-to-write': 2,
  'folder-not-writable': 4,
  'file-in-the-way': 4,
  'not-yet': 2,
  disconnected: 70,
  'engine-stopped': 70,
  cancelled: 70,
  'not-allowed': 4,
  bug: 70,
} as const satisfies Record<ProblemCode, ExitCode>;
