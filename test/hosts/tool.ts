import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

const has = (name: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } })
    .status === 0;

/**
 * Tests that need a program of the system: they run where it is, are skipped by its name where it is not, and fail
 * without it in CI, where .ci/run installs it.
 */
export function needTool(name: string, tests: () => void): void {
  if (has(name)) describe(name, tests);
  else if (process.env['CI'] === 'true') describe(name, () => { throw new Error(`${name} is missing; .ci/run installs it`); });
  else describe.skip(`${name} is not installed here`, tests);
}

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program with text on its standard input. */
export function run(name: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(name, args, {
    input,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  return { status, out: stdout, err: stderr };
}
