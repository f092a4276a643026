import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../main/machine/machine.ts';
import { checkout } from './electron.ts';

/** Names that try to become something else than text: markup, commands, escape sequences, the other direction, length. */
export const hostileNames = [
  '"; rm -rf / #<img src=x onerror=alert(1)>',
  '</td></table><script>alert(2)</script>${alert(3)}{{alert(4)}}',
  'Card \u202e\u2066gnp.exe\u2069 of the \u200fother direction',
  '\u001b[31mred\u001b]0;title\u0007 \u001b[2J and \r\n a new line',
  `$(reboot) \`reboot\` ' ]]> -- \\ ${'long '.repeat(2000)}`,
] as const;

/** A sample's machine as somebody's report, changed on the way. */
export function writeReport(
  folder: string,
  name: string,
  change: (machine: Machine) => Machine = (machine) => machine,
  sample = 'intel-desktop',
): string {
  const report = JSON.parse(readFileSync(join(checkout, `resources/samples/${sample}.slotwise.json`), 'utf8')) as {
    machine: Machine;
  };
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ ...report, machine: change(report.machine) }));
  return path;
}

/** Every name of every function, of the board and of the system is hostile. */
export const withHostileNames = (machine: Machine): Machine => ({
  ...machine,
  board: {
    ...machine.board,
    vendor: { known: true, value: hostileNames[0], provenance: 'measured', where: 'dmi' },
    product: { known: true, value: hostileNames[2], provenance: 'measured', where: 'dmi' },
  },
  functions: machine.functions.map((fn, at) => {
    const hostile = hostileNames[fn.address === '0000:01:00.0' ? 0 : at % hostileNames.length] ?? '';
    return { ...fn, names: { vendor: hostile, device: hostile, subsystem: hostile, class: hostile } };
  }),
});

const staged = { provenance: 'assumed', where: 'staged for a story' } as const;

/** The one graphics card shows the firmware's picture, on a screen at HDMI-A-1. */
export const withBootDisplay = (machine: Machine): Machine => ({
  ...machine,
  functions: machine.functions.map((fn) =>
    fn.address === '0000:01:00.0' ? { ...fn, bootVga: { known: true, value: true, ...staged } } : fn,
  ),
  displays: {
    known: true,
    value: machine.functions
      .filter(({ address }) => address === '0000:01:00.0')
      .map(({ address }) => ({ connector: 'HDMI-A-1', behind: address, connected: true })),
    ...staged,
  },
});
