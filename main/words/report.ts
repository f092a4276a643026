import type { Machine } from '../machine/machine.ts';
import type { SecretKind } from '../machine/redaction/pseudonyms.ts';

/** Kinds of secrets: one of them, and several. */
const secretWords = {
  uuid: ['UUID', 'UUIDs'],
  ipv6: ['IPv6 address', 'IPv6 addresses'],
  ipv4: ['IPv4 address', 'IPv4 addresses'],
  mac: ['hardware address', 'hardware addresses'],
  wwn: ['disk identifier', 'disk identifiers'],
  mail: ['mail address', 'mail addresses'],
  serial: ['serial number', 'serial numbers'],
  secret: ['password or key', 'passwords and keys'],
  label: ['file system label', 'file system labels'],
  wifi: ['wireless network', 'wireless networks'],
  host: ['host name', 'host names'],
  user: ['user name', 'user names'],
  vm: ['virtual machine', 'virtual machines'],
  path: ['mount point', 'mount points'],
  volume: ['volume or share', 'volumes and shares'],
} as const satisfies Record<SecretKind, readonly [one: string, several: string]>;

/** What so many secrets of a kind are called; without a number, the kind. */
export const secretWord = (kind: SecretKind, count = 2): string => secretWords[kind][count === 1 ? 0 : 1];

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
          ...replaced.map(({ kind, count }) => `  ${secretWord(kind).padEnd(28)} ${count}`),
          'Comments of configuration files are left out. A name that nothing marks as one may remain: look through the file.',
        ]),
    '',
  ].join('\n');
}
