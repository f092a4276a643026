import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRemote } from '../../../main/linux/remote.ts';
import { machineFromFiles } from '../../../main/machine/from-files.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { captureFile, captureNames } from '../../hosts/captures.ts';
import { machineIn, plantFiles, resources } from '../../hosts/collected.ts';
import { shippedNames } from '../../hosts/corpus.ts';
import { clientConfig, startSshServer, type SshServer } from '../../hosts/ssh-server.ts';
import { needTool } from '../../hosts/tool.ts';

const now = '2026-11-22T00:00:00Z';
const path = process.env['PATH'] ?? '';
const capture = 'vtd-desktop-k61';

needTool('sshd', () => {
  let folder = '';
  let server: SshServer | null = null;
  const host = (): string => join(folder, 'machine');
  const source = (): string => `ssh://${userInfo().username}@127.0.0.1:${server?.port ?? 0}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slotwise-sshd-'));
    mkdirSync(host());
    if (captureNames.includes(capture)) execFileSync('tar', ['-xzf', captureFile(capture), '-C', host()]);
    else plantFiles(host(), { 'proc/cmdline': 'quiet\n', 'sys/class/net/eth0/operstate': 'up\n' });
    server = await startSshServer(folder, host());
    process.env['PATH'] = `${server.bin}${delimiter}${path}`;
  }, 60_000);
  afterAll(async () => {
    process.env['PATH'] = path;
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('a machine over ssh is the one in its folder', async () => {
    const content = await openRemote(source(), resources, now);
    if (isSourceProblem(content) || content.kind !== 'files') {
      throw new Error(`${JSON.stringify(content)} ${server?.said() ?? ''}`);
    }
    const machine = machineFromFiles(content.tree, shippedNames, content.from);
    expect({ ...machine, source: null }).toEqual(await machineIn(host()));
    expect(machine.source).toMatchObject({ kind: 'archive', name: 'another computer, over SSH' });
    expect(machine.source.collectedAt).toMatch(/^\d{4}-/);
  }, 60_000);

  test('a key that the server does not know, and a server that the user does not know, are refused', async () => {
    writeFileSync(join(folder, 'ssh_config'), clientConfig(folder, 'stranger'));
    expect(await openRemote(source(), resources, now)).toMatchObject({
      problem: true,
      code: 'ssh-refused',
      detail: expect.stringContaining('Permission denied') as string,
    });
    writeFileSync(join(folder, 'ssh_config'), clientConfig(folder, 'user'));
    writeFileSync(join(folder, 'known'), '');
    expect(await openRemote(source(), resources, now)).toMatchObject({
      problem: true,
      code: 'ssh-refused',
      detail: 'Host key verification failed.',
    });
  }, 60_000);
});
