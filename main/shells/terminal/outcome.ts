import type { Problem } from '../../contract/problem.ts';
import { problemLine } from '../../words/problems.ts';
import { exitOfProblem, type ExitCode } from './exit-code.ts';

/** Where a command writes and what it was given; tests hand in their own. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** the program's own folders, and the engine's file, resolved once in the entry */
  readonly folders: {
    readonly pages: string;
    readonly resources: string;
    readonly desktop: string;
    readonly engine: string;
  };
  readonly version: string;
}

/** A mistake in how the program was called. */
export class WrongUse extends Error {}

/** Says a problem in one line on stderr; with `--json` as data on stdout too. */
export function sayProblem(terminal: Terminal, problem: Problem, json: boolean): ExitCode {
  if (json) terminal.out(`${JSON.stringify({ problem })}\n`);
  terminal.err(`slotwise: ${problemLine(problem)}\n`);
  return exitOfProblem[problem.code];
}

/** One JSON document on stdout. */
export const sayJson = (terminal: Terminal, value: unknown): void =>
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);
