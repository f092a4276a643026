import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from './electron.ts';

export interface ServedApp {
  readonly url: string;
  readonly process: ChildProcess;
  /** what it printed so far, both streams */
  printed(): string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts `slotwise serve` as its users do, with a state folder of its own, and reads the one URL that it prints. */
export async function startServed(
  source: string | null,
  state: string,
  extra: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<ServedApp> {
  const machine = source === null ? [] : ['--machine', source];
  const child = spawn(
    process.execPath,
    [join(checkout, 'out/main/slotwise.cjs'), 'serve', '--port', String(port), ...machine],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        XDG_STATE_HOME: join(state, 'state'),
        XDG_DATA_HOME: join(state, 'data'),
        HOME: state,
        ...extra,
      },
    },
  );
  let errors = '';
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => String(text)),
    once(child, 'exit').then(() => Promise.reject(new Error(`slotwise serve ended: ${errors}`))),
  ]);
  const url = /http:\/\/\S+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`no URL in: ${line}`);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  return {
    url,
    process: child,
    printed: () => printed + errors,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
