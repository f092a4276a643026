import { readFile, stat } from 'node:fs/promises';
import { parseJson } from '../../machine/report/json-text.ts';
import { createRemapRunner, type RemapRunner } from '../../remapping/driver/runner.ts';
import { terminalWords } from '../../words/terminal.ts';
import { parse } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { StepLines } from './step-lines.ts';
import { WrongUse, type Terminal } from './outcome.ts';

/** A script of a million steps is about 100 MB. */
const largestScript = 256_000_000;
/** Answers that are written at once. */
const batch = 1000;

/** `slotwise remap run SCRIPT|-`: ends with 3 where a step was bad. `input` is what `-` reads. */
export async function remap(
  args: readonly string[],
  terminal: Terminal,
  input: AsyncIterable<Buffer | string> = process.stdin,
): Promise<ExitCode> {
  const { positionals } = parse(args, {}, 2);
  const [verb, script] = positionals;
  if (verb !== 'run') throw new WrongUse(terminalWords.remapWhat(verb ?? ''));
  if (script === undefined) throw new WrongUse(terminalWords.whichScript);
  const runner = createRemapRunner();
  const refused = script === '-' ? await runLines(runner, input, terminal) : await runFile(runner, script, terminal);
  if (refused !== null) return refused;
  return runner.badSteps === 0 ? exitCode.fine : exitCode.notUnderstood;
}

/**
 * Answers everything that a chunk of input brought in one write, before the next chunk is read: a peer that sends one
 * step gets its answer at once, one that sends many pays for few writes. Answers that nobody reads yet wait in memory,
 * since a peer may send all its steps before it reads the first answer.
 */
async function runLines(runner: RemapRunner, input: AsyncIterable<Buffer | string>, terminal: Terminal): Promise<null> {
  const lines = new StepLines(runner);
  for await (const chunk of input) {
    const answers = lines.take(chunk);
    if (answers !== '') terminal.out(answers);
  }
  const last = lines.end();
  if (last !== '') terminal.out(last);
  return null;
}

/** A file is an array of steps, and is read whole. */
async function runFile(runner: RemapRunner, path: string, terminal: Terminal): Promise<ExitCode | null> {
  const refuse = (why: string, code: ExitCode = exitCode.notUnderstood): ExitCode => {
    terminal.err(`slotwise: ${terminalWords.noScript(path, why)}\n`);
    return code;
  };
  let text: string;
  try {
    if ((await stat(path)).size > largestScript) return refuse('it is larger than 256 MB');
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return refuse('there is no such file');
    if (code === 'EACCES') return refuse('reading it is not permitted', exitCode.notPermitted);
    return refuse(code === 'EISDIR' ? 'it is a folder' : `it cannot be read (${code})`);
  }
  const parsed = parseJson(text, 'script');
  if (!('value' in parsed)) return refuse(`${parsed.where}: ${parsed.detail}`);
  if (!Array.isArray(parsed.value)) return refuse('line 1: expected a JSON array of steps');
  const steps: readonly unknown[] = parsed.value;
  for (let first = 0; first < steps.length; first += batch)
    terminal.out(
      steps
        .slice(first, first + batch)
        .map((step) => `${runner.run(step)}\n`)
        .join(''),
    );
  return null;
}
