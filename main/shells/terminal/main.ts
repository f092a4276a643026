import { existsSync } from 'node:fs';
import { join } from 'node:path';
import packageFile from '../../../package.json' with { type: 'json' };
import { terminalWords } from '../../words/terminal.ts';
import { commands, notYet } from './commands.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { WrongUse, type Terminal } from './outcome.ts';

// Resolved here, in the entry: inside a chunk the same expression names the chunk's folder.
const here = import.meta.dirname;

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  folders: {
    pages: join(here, '../renderer'),
    resources: join(here, '../../resources'),
    desktop: join(here, '../..'),
    engine: join(here, '../preload/engine.cjs'),
  },
  version: packageFile.version,
};

async function run(args: readonly string[]): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === '--help' || first === '-h' || first === 'help') {
    terminal.out(terminalWords.help(Object.values(commands)));
    return exitCode.fine;
  }
  if (first === '--version') {
    terminal.out(`slotwise ${terminal.version}\n`);
    return exitCode.fine;
  }
  // `slotwise`, `slotwise --machine SRC` and `slotwise FILE` open the app.
  const opens = first === undefined || first.startsWith('-') || (!(first in commands) && existsSync(first));
  const name = opens ? 'open' : first;
  if ((notYet as readonly string[]).includes(name)) throw new WrongUse(terminalWords.notYet(name));
  if (!Object.prototype.hasOwnProperty.call(commands, name)) throw new WrongUse(terminalWords.noCommand(name));
  const command = commands[name as keyof typeof commands];
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(`slotwise ${command.usage}\n  ${command.does}\n`);
    return exitCode.fine;
  }
  return (await command.load())(opens ? args : rest, terminal);
}

// A closed pipe (`slotwise scan | head`) is the reader's wish, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    if (thrown instanceof WrongUse) {
      terminal.err(`slotwise: ${thrown.message}\n`);
      process.exitCode = exitCode.wrongUse;
      return;
    }
    terminal.err(`slotwise: ${terminalWords.bug(thrown instanceof Error ? thrown.message : String(thrown))}\n`);
    process.exitCode = exitCode.bug;
  },
);
