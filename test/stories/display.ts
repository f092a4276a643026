import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';

export const hasOwnDisplays = (): boolean =>
  process.platform === 'linux' && spawnSync('sh', ['-c', 'command -v Xvfb'], { stdio: 'ignore' }).status === 0;

/**
 * A display of the worker's own, where Xvfb is: windows on one display share its pointer and its clipboard, and a window
 * that opens over another tells that one that the pointer has left it. The window may belong to another user than the
 * tests (electron.ts), who is in no access list: `-ac` lets every user of this machine in, for as long as the worker runs.
 * Answers how to end it; elsewhere the windows open on the display that is there.
 */
export async function startDisplay(): Promise<() => void> {
  if (!hasOwnDisplays()) return () => undefined;
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-ac', '-nolisten', 'tcp', '-noreset'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const number = await new Promise<string>((resolve, reject) => {
    let said = '';
    (server.stdio[3] as Readable).on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith('\n')) resolve(said.trim());
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${String(code)} before it had a display`)));
  });
  const before = process.env['DISPLAY'];
  process.env['DISPLAY'] = `:${number}`;
  return () => {
    server.kill();
    if (before === undefined) delete process.env['DISPLAY'];
    else process.env['DISPLAY'] = before;
  };
}
