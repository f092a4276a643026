import { run } from './tool.ts';

const helped = new Map<string, string>();

function help(device: string): string {
  const text = helped.get(device) ?? run('qemu-system-x86_64', ['-device', `${device},help`]).out;
  helped.set(device, text);
  return text;
}

/** Devices as they stand behind `-device` in a script of ours. */
export const devicesOf = (script: string): string[] =>
  [...script.matchAll(/^ {2}-device (\S+)/gm)].map(([, device = '']) => device);

/** What of `name,property=value,…` this system's QEMU does not know, by its own help. */
export function strangeToQemu(device: string): string[] {
  const [name = '', ...properties] = device.split(',');
  const text = help(name);
  if (!text.includes('options:')) return [name];
  return (
    properties
      .map((property) => property.split('=')[0] ?? '')
      // `id` belongs to every device and `bus` to every device on a bus: QEMU's help lists neither.
      .filter((property) => property !== 'id' && property !== 'bus')
      .filter((property) => !new RegExp(`^ {2}${property}=<`, 'm').test(text))
  );
}
