import { parseArgs, type ParseArgsConfig } from 'node:util';
import { terminalWords } from '../../words/terminal.ts';
import { WrongUse } from './outcome.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Options of every command that looks at a machine. */
export const machineOptions = { machine: { type: 'string' }, json: { type: 'boolean' } } as const satisfies Options;

/** Node's own parser, strict; what it refuses becomes a sentence of ours. */
export function parse<O extends Options>(args: readonly string[], options: O, positionals: number) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
  } catch (thrown) {
    throw new WrongUse(
      thrown instanceof Error ? (thrown.message.split(/\. |\n/)[0] ?? '') : 'these options are not understood',
    );
  }
  const given = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token] : []));
  const twice = given.find(
    ({ name }, at) =>
      options[name]?.type === 'string' &&
      options[name].multiple !== true &&
      given.findIndex((other) => other.name === name) !== at,
  );
  if (twice !== undefined) throw new WrongUse(terminalWords.givenTwice(twice.rawName));
  if (parsed.positionals.length > positionals) {
    throw new WrongUse(`unexpected "${parsed.positionals[positionals] ?? ''}"`);
  }
  return parsed;
}

/**
 * Lists are separated by commas or spaces (`--give 01:00.0 01:00.1`, `--give 01:00.0,01:00.1`): words that follow a
 * list option, up to the next option, belong to it. Rewritten to commas before Node's parser sees them.
 */
export function joinLists(args: readonly string[], lists: readonly string[]): string[] {
  const joined: string[] = [];
  let open = -1;
  for (const word of args) {
    if (word.startsWith('-') && word !== '-') {
      open = -1;
      const [name, value] = word.split('=', 2);
      if (name !== undefined && lists.includes(name)) {
        joined.push(`${name}=${value ?? ''}`);
        open = joined.length - 1;
        continue;
      }
    } else if (open >= 0) {
      joined[open] = `${joined[open] ?? ''},${word}`;
      continue;
    }
    joined.push(word);
  }
  return joined;
}

/** The members of a list option. */
export const listOf = (value: string | undefined): string[] =>
  (value ?? '').split(/[,\s]+/).filter((word) => word !== '');
