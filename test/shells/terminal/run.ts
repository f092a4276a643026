import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const checkout = resolve(import.meta.dirname, '../../..');
/** What `npm run build` made; `npm test` builds first. */
export const program = join(checkout, 'out/main/slotwise.cjs');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** the most memory that the process held, in bytes */
  readonly memory: number;
}

const state = mkdtempSync(join(tmpdir(), 'slotwise-terminal-'));

/** Runs the program as its users do: a process of its own, which tells its peak memory (getrusage, ru_maxrss) at the end. */
export function slotwise(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Ran {
  const tell = `data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,String(process.resourceUsage().maxRSS)))`;
  const { status, stdout, stderr, output } = spawnSync(process.execPath, ['--import', tell, program, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: state, XDG_DATA_HOME: state, ...environment },
    maxBuffer: 256 << 20,
  });
  return { code: status, out: stdout, err: stderr, memory: Number(output[3] ?? '0') * 1024 };
}
