import { join } from 'node:path';
import { commands } from '../../../main/shells/terminal/commands.ts';
import type { Ran } from './run.ts';
import { checkout } from './run.ts';

/**
 * Runs a command in this process: the same function that the program's entry calls, with its output caught. For what is
 * run on a hundred machines; a process of its own costs half a second each, and some of them are run so as well.
 */
export async function inProcess(name: keyof typeof commands, ...args: readonly string[]): Promise<Omit<Ran, 'memory'>> {
  let out = '';
  let err = '';
  const command = await commands[name].load();
  const code = await command(args, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    folders: {
      pages: '',
      resources: join(checkout, 'resources'),
      desktop: checkout,
      engine: join(checkout, 'out/preload/engine.cjs'),
    },
    version: '0',
  });
  return { code, out, err };
}
