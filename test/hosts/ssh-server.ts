import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** sshd starts itself again for each connection and asks for its whole path (sshd(8)). */
const program = '/usr/sbin/sshd';

export interface SshServer {
  readonly port: number;
  /** a folder with a program `ssh`: the real one, with this server's key and nothing of the user's own configuration */
  readonly bin: string;
  /** what the server wrote about its connections */
  said(): string;
  stop(): Promise<void>;
}

/** A port that nobody had a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

function key(file: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
}

function configure(folder: string, port: number, root: string): void {
  for (const name of ['host', 'user', 'stranger']) key(join(folder, name));
  copyFileSync(join(folder, 'user.pub'), join(folder, 'authorized'));
  const hostKey = readFileSync(join(folder, 'host.pub'), 'utf8').trim();
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(
    join(folder, 'sshd_config'),
    [
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${folder}/authorized`,
      `PidFile none`,
      'AuthenticationMethods publickey',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      // The throwaway folder is below /tmp, which anybody may write to.
      'StrictModes no',
      `SetEnv SLOTWISE_ROOT=${root}`,
      '',
    ].join('\n'),
  );
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(folder, 'ssh_config'), clientConfig(folder, 'user'));
  const real = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec ${real} -F '${folder}/ssh_config' "$@"\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
}

/** The configuration that a user has: which key, and which hosts are known. */
export const clientConfig = (folder: string, identity: string): string =>
  `Host *\n  IdentityFile ${folder}/${identity}\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile ${folder}/known\n  GlobalKnownHostsFile none\n`;

/** Starts a real sshd on loopback as whoever runs the tests, with keys made for it; `root` stands for its host's files. */
export async function startSshServer(folder: string, root: string): Promise<SshServer> {
  const port = await freePort();
  configure(folder, port, root);
  // Root's sshd separates itself into this empty folder, which a running system makes at its start.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server listening')) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${said}`)));
  });
  return { port, bin: join(folder, 'bin'), said: () => said, stop: () => stop(child) };
}

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    if (child.exitCode !== null || !child.kill('SIGTERM')) resolve();
  });
