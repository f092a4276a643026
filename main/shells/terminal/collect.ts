import { collectorScript } from '../../linux/collector.ts';
import { parse } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { Terminal } from './outcome.ts';

/** `slotwise collect`: prints the collector, which is then read before it is run. */
export async function collect(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  parse(args, {}, 0);
  terminal.out(await collectorScript(terminal.folders.resources));
  return exitCode.fine;
}
