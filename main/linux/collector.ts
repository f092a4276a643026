import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decidingSettings } from '../machine/sysfs/firmware-settings.ts';
import { collectorFormat } from './collector-notes.ts';
import {
  classes,
  fileFolders,
  files,
  functionFiles,
  functionLinks,
  kernelConfigs,
  marks,
  nameFolders,
  settingFiles,
  sizeLimits,
  udevKeys,
  usbFiles,
} from './wanted.ts';

/** Names in wanted.ts are plain, so that single quotes hold them; anything else must not become syntax. */
const quoted = (text: string): string => {
  if (/['\\\n]/.test(text)) throw new RangeError(`not to be quoted: ${text}`);
  return `'${text}'`;
};

const list = (name: string, words: Iterable<string>): string => `${name}=${quoted([...words].join(' '))}`;

/** POSIX extended regular expressions know neither `(?:` nor `\b`: what remains matches at least as much. */
const posixPattern = (pattern: RegExp): string => pattern.source.replaceAll('(?:', '(').replaceAll('\\b', '');

const folderWord = (folder: string): string => (folder === '' ? '.' : folder);

function limits(): string[] {
  const cases = sizeLimits.map(({ below, bytes }) => `    ${quoted(below)}*) echo ${bytes} ;;`);
  return ['limit_of() {', '  case $1 in', ...cases, '  esac', '}'];
}

const classCalls = (): string[] =>
  Object.entries(classes).map(
    ([home, { files: wanted, folders }]) =>
      `  class ${home} ${quoted(wanted.join(' '))} ${quoted(folders.map(folderWord).join(' '))}`,
  );

/** The lists of wanted.ts in the words of a POSIX shell. */
const lists = (): string =>
  [
    `format=${collectorFormat}`,
    list('function_files', functionFiles),
    list('function_links', functionLinks),
    list('usb_files', usbFiles),
    list('files', files),
    list('file_folders', fileFolders),
    list('name_folders', nameFolders),
    list('marks', marks),
    list('setting_files', settingFiles),
    `settings_that_decide=${quoted(posixPattern(decidingSettings))}`,
    `udev_keys=${quoted(udevKeys.join('|'))}`,
    ...limits(),
    'classes() {',
    ...classCalls(),
    '}',
    'kernel_configs() {',
    ...kernelConfigs('$1').map((path) => `  echo "${path}"`),
    '}',
  ].join('\n');

/** The collector as it is printed: the script in `resources`, with what is read here as its lists. */
export async function collectorScript(resources: string): Promise<string> {
  const script = await readFile(join(resources, 'collector', 'collect.sh'), 'utf8');
  return script.replace('#LISTS#', lists);
}
