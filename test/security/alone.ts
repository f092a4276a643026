import { spawnSync } from 'node:child_process';

const user = process.getuid?.() ?? 0;
const group = process.getgid?.() ?? 0;

/**
 * The words in front of a command that run it in a network namespace with loopback and no route (network_namespaces(7)).
 * An ordinary user is root there for as long as loopback takes to come up, and then itself again.
 */
export const alone: readonly string[] =
  user === 0
    ? ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
    : [
        ...['unshare', '--map-root-user', '--net', 'sh', '-c'],
        `ip link set lo up && exec unshare --map-user=${user} --map-group=${group} -- "$@"`,
        'sh',
      ];

/** What is missing for that, or null. */
export function aloneHindrance(): string | null {
  const [command, ...words] = [...alone, 'true'];
  const made = spawnSync(command, words).status === 0;
  return made ? null : 'no network namespace (unshare and ip, and the right to use them)';
}

/** Runs one of the drivers beside this file alone, and what it prints as JSON. */
export function runAlone(driver: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): unknown {
  const [command = '', ...words] = [...alone, process.execPath, driver, ...args];
  const { status, stdout, stderr } = spawnSync(command, words, {
    encoding: 'utf8',
    timeout: 90_000,
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(`${driver}: ${stderr}`);
  return JSON.parse(stdout);
}
