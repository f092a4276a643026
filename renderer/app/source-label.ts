import type { MachineSource } from '../../main/machine/machine.ts';
import { frameWords } from '../../main/words/frame.ts';
import type { ShellFacts } from '../link/transport.ts';
import { dayWords } from './when.ts';

/** Whose machine is shown, never leaving a doubt: this computer, somebody's report, a sample. */
export function sourceLabel(source: MachineSource, shell: ShellFacts, now: Date): string {
  const words = frameWords.machine;
  switch (source.kind) {
    case 'live':
      return shell.kind === 'served' ? words.thisHost : words.thisComputer;
    case 'report':
      return words.report(dayWords(source.collectedAt ?? source.readAt, now) ?? source.name);
    case 'sample':
      return source.partlyStaged ? words.sampleStaged : words.sample;
    case 'lspci-text':
      return words.text(source.name);
    case 'folder':
    case 'archive':
    case 'windows':
      return words.capture(source.name);
  }
}
