import type { Problem, ProblemCode } from '../contract/problem.ts';

/** What each problem means, without its subject: consequence first. */
export const problemWords = {
  'unknown-endpoint': 'this version cannot do that',
  'bad-input': 'the request is not understood',
  'source-missing': 'there is no such file or folder',
  'source-unreadable': 'it cannot be read',
  'source-not-permitted': 'reading it is not permitted',
  'source-too-large': 'it is too large to be a machine',
  'source-truncated': 'it ends too early',
  'source-not-understood': 'it holds no machine that Slotwise understands',
  'ssh-missing': 'there is no ssh program on this computer',
  'ssh-refused': 'ssh does not get in',
  'collector-failed': 'the collector did not finish over there',
  'table-not-understood': 'it holds no table that can be decoded',
  'rom-not-understood': 'it holds no option ROM that can be decoded',
  'no-such-sample': 'there is no such sample machine',
  'no-such-device': 'this machine has no such device',
  'not-a-device-to-give': 'it is a bridge or port, which stays with the host',
  'cannot-be-kept': 'it cannot stay while its card goes: its group or the reset of the card ties it',
  'not-a-port': 'it is no port that a card could move to',
  'port-below-card': 'the card itself leads to this port',
  'no-such-group': 'this machine has no such group',
  'nothing-to-give': 'no device was named',
  'bad-vm-name': 'a virtual machine cannot have this name',
  'plan-not-understood': 'it is no plan that Slotwise understands',
  'guard-open': 'the host would lose this; nothing is written until its name is typed',
  refused: 'the host cannot run without this; nothing is written',
  'kernel-refuses': 'the kernel refuses to hand this over; nothing is written',
  'nothing-to-write': 'there is nothing to write',
  'folder-not-writable': 'it cannot be written there',
  'file-in-the-way': 'another file is in the way',
  'not-yet': 'this version cannot do that yet',
  disconnected: 'the program that serves this page has stopped',
  'engine-stopped': 'the simulator’s engine has stopped',
  cancelled: 'it was stopped',
  'not-allowed': 'it is not allowed',
  bug: 'this is a mistake of ours, not yours',
} as const satisfies Record<ProblemCode, string>;

/** One line: what it is about, what is the matter, and the detail. Control characters never reach a terminal. */
export function problemLine({ code, subject, detail }: Problem): string {
  const about = subject === undefined ? '' : `${subject}: `;
  const more = detail === undefined || detail === '' ? '' : ` (${detail})`;
  // eslint-disable-next-line no-control-regex -- escape sequences in a file name must not drive the terminal
  return `${about}${problemWords[code]}${more}`.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
}
