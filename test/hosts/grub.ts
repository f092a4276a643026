import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tool.ts';

/** /etc/default/grub as Debian's installer leaves it. */
export const stockGrub = `GRUB_DEFAULT=0
GRUB_TIMEOUT_STYLE=hidden
GRUB_TIMEOUT=0
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT="quiet splash"
GRUB_CMDLINE_LINUX=""
`;

export interface GrubSettings {
  readonly commandLine: string;
  readonly defaults: string;
  readonly timeoutStyle: string;
  readonly timeout: string;
}

/** Sources files as grub-mkconfig does: the settings first, then the drop-ins. Whatever the shell says besides is thrown. */
export function grubSettings(folder: string, ...texts: readonly string[]): GrubSettings {
  mkdirSync(folder, { recursive: true });
  const sources = texts.map((text, index) => {
    const path = join(folder, `source-${index}`);
    writeFileSync(path, text);
    return `. '${path}'`;
  });
  const names = ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT', 'GRUB_TIMEOUT_STYLE', 'GRUB_TIMEOUT'];
  const script = ['set -e', ...sources, ...names.map((name) => `printf '%s\\n' "$${name}"`)].join('\n');
  const { status, out, err } = run('sh', ['-c', script]);
  if (status !== 0 || err !== '') throw new Error(`sh ended with ${status ?? '?'}: ${err}`);
  const [commandLine = '', defaults = '', timeoutStyle = '', timeout = ''] = out.split('\n');
  return { commandLine, defaults, timeoutStyle, timeout };
}
