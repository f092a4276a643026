import type { Plan } from '../passthrough/plan.ts';
import { remark, type Remark } from './codes.ts';

/** `default`, `fallback`: what a preset builds (mkinitcpio, process_preset). */
const builds = (preset: string): string[] => {
  const list = /^[ \t]*PRESETS=\(([^)]{0,400})\)/m.exec(preset)?.[1] ?? '';
  return list.split(/[\s'"]+/).filter((name) => name !== '');
};

/** The settings of a preset that name a configuration: `ALL_config`, or that of one of its builds. */
function named(preset: string): string[] {
  const settings = ['ALL', ...builds(preset)].map((name) => `${name}_config`);
  const set = [...preset.matchAll(/^[ \t]*(\w{1,64})=["']?[^\s"'#]/gm)].map(([, name = '']) => name);
  return [...new Set(set.filter((name) => settings.includes(name)))];
}

/**
 * A preset that names a configuration makes mkinitcpio call itself with -c, which leaves /etc/mkinitcpio.conf.d out
 * (mkinitcpio, _optconfd). The presets of Arch have that line commented out; older ones, and a person's own, do not.
 */
export function presetRemarks({ host }: Plan): Remark[] {
  const presets = host.configFiles.flatMap(({ path, content }) => {
    const name = /^\/?etc\/mkinitcpio\.d\/([\w.+-]{1,100}\.preset)$/.exec(path)?.[1];
    return name === undefined ? [] : [{ path: `/etc/mkinitcpio.d/${name}`, settings: named(content) }];
  });
  if (presets.length === 0) return [remark('presets-untold')];
  const lines = presets.flatMap(({ path, settings }) => settings.map((setting) => `${setting} in ${path}`));
  return lines.length === 0 ? [] : [remark('preset-names-config', { lines: lines.join(', ') })];
}
