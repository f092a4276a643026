import { spawn } from 'node:child_process';
import { terminalWords } from '../../words/terminal.ts';
import { parse } from './arguments.ts';
import { findElectron, type Found } from './electron-binary.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { Terminal } from './outcome.ts';
import { serveMachine } from './serve.ts';

const options = { machine: { type: 'string' }, 'no-open': { type: 'boolean' } } as const;

/** The program that opens the window, else why none opens here, in words. */
async function findWindow(terminal: Terminal): Promise<Found> {
  // Chromium's sandbox refuses root, and a window that browses a machine needs no root.
  if (process.getuid?.() === 0) return { missing: terminalWords.asRoot };
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === 'linux' && (DISPLAY ?? '') === '' && (WAYLAND_DISPLAY ?? '') === '') {
    return { missing: terminalWords.noDisplay };
  }
  return findElectron(terminal.folders.desktop, (line) => terminal.out(`${line}\n`));
}

/** Runs the window to its end; how it ended where nobody wanted that, else null. */
function runWindow(electron: string, args: readonly string[]): Promise<string | null> {
  const child = spawn(electron, args, { stdio: 'inherit' });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGINT' || signal === 'SIGTERM') resolve(null);
      else resolve(signal ?? `code ${code ?? '?'}`);
    });
  });
}

/** `slotwise open`: the window, else the served page with the reason. */
export async function open(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(args, options, 1);
  const machine = values.machine ?? positionals[0];
  if (values['no-open'] === true) return serveMachine(terminal, machine, 0);
  const found = await findWindow(terminal);
  if ('missing' in found) terminal.out(`${found.missing}\n`);
  else {
    const source = machine === undefined ? [] : [`--machine=${machine}`];
    // A display that refuses, or a system without user namespaces for the sandbox, ends the window before it is seen.
    const ended = await runWindow(found.path, [terminal.folders.desktop, ...source]);
    if (ended === null) return exitCode.fine;
    terminal.out(`${terminalWords.windowEnded(ended)}\n`);
  }
  return serveMachine(terminal, machine, 0);
}
