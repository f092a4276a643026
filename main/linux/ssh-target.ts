/** Where `ssh://[user@]host[:port]` leads. */
export interface SshTarget {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
}

/**
 * Names only, never a leading `-`: ssh reads options after its destination too, and `-oProxyCommand=…` would be a program
 * of somebody's choice (CVE-2017-1000117 and its relatives). An IPv6 address stands in brackets, with its zone.
 */
const pattern =
  /^ssh:\/\/(?:([A-Za-z0-9_][A-Za-z0-9._-]{0,63})@)?(?:([A-Za-z0-9_][A-Za-z0-9._-]{0,252})|\[([0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9_.-]{1,15})?)\])(?::(\d{1,5}))?\/?$/;

/** Null where the text is none. */
export function readSshTarget(source: string): SshTarget | null {
  const match = pattern.exec(source);
  if (!match) return null;
  const [, user, name, address, port] = match;
  const number = port === undefined ? null : Number(port);
  if (number !== null && (number < 1 || number > 65_535)) return null;
  return { user: user ?? null, host: name ?? address ?? '', port: number };
}

/** Seconds until a host must have answered. */
const connectSeconds = 15;

/**
 * Arguments for the user's own ssh, whose configuration, keys and known hosts decide. BatchMode: nothing is asked, since a
 * window or a pipe has nowhere to ask; who needs a passphrase uses an agent, and a new host is accepted once by hand.
 * What the configuration may add to a login (forwarding, a command of its own) stays off.
 */
export const sshArguments = ({ user, host, port }: SshTarget): string[] => [
  '-T',
  '-a',
  '-x',
  ...['BatchMode=yes', `ConnectTimeout=${connectSeconds}`, 'ServerAliveInterval=10', 'ServerAliveCountMax=3'].flatMap(
    (option) => ['-o', option],
  ),
  ...['ClearAllForwardings=yes', 'PermitLocalCommand=no', 'RemoteCommand=none'].flatMap((option) => ['-o', option]),
  ...(port === null ? [] : ['-p', String(port)]),
  ...(user === null ? [] : ['-l', user]),
  '--',
  host,
  'sh -s',
];
