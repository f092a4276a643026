import { spawn } from 'node:child_process';
import { terminalWords } from '../../words/terminal.ts';
import { parse } from './arguments.ts';
import { findElectron } from './electron-binary.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { Terminal } from './outcome.ts';
import { serveMachine } from './serve.ts';

const options = { machine: { type: 'string' }, 'no-open': { type: 'boolean' } } as const;

/** Why the window cannot open here, in words, or null. */
async function hindrance(terminal: Terminal): Promise<string | null> {
  // Chromium's sandbox refuses root, and a window that browses a machine needs no root.
  if (process.getuid?.() === 0) return terminalWords.asRoot;
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && (DISPLAY ?? '') === '' && (WAYLAND_DISPLAY ?? '') === '') {
    return terminalWords.noDisplay;
  }
  const found = await findElectron(terminal.folders.desktop, (line) => terminal.out(`${line}\n`));
  return 'missing' in found ? found.missing : null;
}

/** `slotwise open`: the window, else the served page with the reason. */
export async function open(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(args, options, 1);
  const machine = values.machine ?? positionals[0];
  const reason = values['no-open'] === true ? null : await hindrance(terminal);
  if (values['no-open'] === true || reason !== null) {
    if (reason !== null) terminal.out(`${reason}\n`);
    return serveMachine(terminal, machine, 0);
  }
  const electron = await findElectron(terminal.folders.desktop, () => undefined);
  if ('missing' in electron) return serveMachine(terminal, machine, 0);
  const source = machine === undefined ? [] : [`--machine=${machine}`];
  const child = spawn(electron.path, [terminal.folders.desktop, ...source], { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(serveMachine(terminal, machine, 0)));
    child.once('exit', (code) => resolve(code === 0 ? exitCode.fine : exitCode.bug));
  });
}
