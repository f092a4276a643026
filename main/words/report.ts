import type { Machine } from '../machine/machine.ts';
import type { SecretKind } from '../machine/redaction/pseudonyms.ts';

/** Kinds of secrets, for a list with their number. */
export const secretWords = {
  uuid: 'UUIDs',
  ipv6: 'IPv6 addresses',
  ipv4: 'IPv4 addresses',
  mac: 'hardware addresses',
  wwn: 'disk identifiers',
  mail: 'mail addresses',
  serial: 'serial numbers',
  secret: 'passwords and keys',
  label: 'file system labels',
  wifi: 'wireless networks',
  host: 'host names',
  user: 'user names',
  vm: 'virtual machines',
  path: 'mount points',
  volume: 'volumes and shares',
} as const satisfies Record<SecretKind, string>;
const known = (fact: { known: boolean }): string => (fact.known ? 'yes' : 'no');

/** What is in a report, for the person who is about to send it. `replaced` null: nothing was taken out. */
export function reportContents(
  file: string,
  machine: Machine,
  replaced: readonly { kind: SecretKind; count: number }[] | null,
): string {
  const log = machine.kernel.log.known ? machine.kernel.log.value.length : 0;
  return [
    `${file} holds:`,
    `  PCI functions                ${machine.functions.length}`,
    `  IOMMU groups                 ${machine.groups.known ? machine.groups.value.length : 'unknown'}`,
    `  firmware tables              ${known(machine.firmware.tables)}`,
    `  kernel command line          ${known(machine.kernel.commandLine)}`,
    `  lines of the kernel log      ${log}`,
    `  disks, networks, displays    ${known(machine.disks)}, ${known(machine.interfaces)}, ${known(machine.displays)}`,
    ...machine.configFiles.map(({ path }) => `  file                         ${path}`),
    ...(replaced === null
      ? ['Nothing was taken out of it: names, addresses and UUIDs are there as they are.']
      : [
          'Equal names stand for equal things in place of:',
          ...replaced.map(({ kind, count }) => `  ${secretWords[kind].padEnd(28)} ${count}`),
          'Comments of configuration files are left out. A name that nothing marks as one may remain: look through the file.',
        ]),
    '',
  ].join('\n');
}
