import { collectorScript } from '../../linux/collector.ts';
import { windowsCollectorScript } from '../../windows/collector.ts';
import { parse } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { Terminal } from './outcome.ts';

const options = { windows: { type: 'boolean' } } as const;

/** `slotwise collect`: prints the collector, which is then read before it is run; for Linux, or with `--windows` for PowerShell. */
export async function collect(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parse(args, options, 0);
  const script = values.windows === true ? windowsCollectorScript : collectorScript;
  terminal.out(await script(terminal.folders.resources));
  return exitCode.fine;
}
