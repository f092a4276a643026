import { createInterface } from 'node:readline';
import { refuse } from '../../contract/problem.ts';
import { terminalWords } from '../../words/terminal.ts';
import { loadPages } from '../pages.ts';
import { parse } from './arguments.ts';
import { dispatcherOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayProblem, WrongUse, type Terminal } from './outcome.ts';

const options = { port: { type: 'string' }, machine: { type: 'string' } } as const;

const portOf = (text: string | undefined): number => {
  const port = Number(text ?? '0');
  if (!/^\d{1,5}$/.test(text ?? '0') || port > 65_535) throw new WrongUse(terminalWords.noPort(text ?? ''));
  return port;
};

/** `slotwise serve`: runs until it is told to stop. A source that cannot be read is said at once, and nothing is served. */
export async function serve(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  return serveMachine(terminal, values.machine, portOf(values.port));
}

export async function serveMachine(terminal: Terminal, machine: string | undefined, port: number): Promise<ExitCode> {
  // A composition root by necessity: the terminal starts the served shell (`slotwise serve`).
  const { serve: listen } = await import('../served/server.ts');
  const dispatcher = dispatcherOn(terminal, machine);
  if (machine !== undefined) {
    const first = await dispatcher.call('machine.get', {}, { cancelled: () => false });
    if (!first.ok) return sayProblem(terminal, first.problem, false);
  }
  let served;
  try {
    served = await listen(dispatcher, loadPages(terminal.folders.pages), port);
  } catch (thrown) {
    const detail = (thrown as NodeJS.ErrnoException).code ?? 'unknown';
    return sayProblem(terminal, refuse('not-allowed', `port ${port}`, detail).problem, false);
  }
  terminal.out(terminalWords.serves(served.newUrl()));

  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : null;
  lines?.on('line', () => terminal.out(terminalWords.serves(served.newUrl())));
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  lines?.close();
  await served.close();
  return exitCode.fine;
}
