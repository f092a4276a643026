import type { SecretKind } from './pseudonyms.ts';

interface Pattern {
  readonly kind: SecretKind;
  /** what stands in group `secret` is replaced; without that group, all of it */
  readonly pattern: RegExp;
  /** values that tell nothing, in lower case */
  readonly keep?: readonly string[];
}

/** Names of EFI variables' owners, the same on every machine (UEFI specification 3.3; systemd's Boot Loader Interface). */
const publicGuids = ['8be4df61-93ca-11d2-aa0d-00e098032b8c', '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f'];

/** Up to a blank, quote or separator. */
const word = `[^\\s"'<>,;]+`;

/**
 * What gives itself away by its form or by what stands before it. First the ones that say what they are by a key (the
 * value may look like anything), then forms; IPv6 has a file of its own.
 */
export const patterns: readonly Pattern[] = [
  {
    kind: 'secret',
    pattern: /(?:pass(?:word|wd|phrase)?|psk|secret|token|api_?key)\s*[=:]\s*["']?(?<secret>[^\s"'<>,;]+)/gi,
  },
  // A shell's prompt: `alice@tower:~$`, `[alice@tower ~]$`. Before mail addresses, which it may look like.
  { kind: 'user', pattern: /(?:^|[\s[])(?<secret>[a-z_][\w.-]*)@[A-Za-z][\w.-]*(?=:[~/]| ~)/gm },
  { kind: 'host', pattern: /(?<=[\w.-])@(?<secret>[A-Za-z][\w.-]*)(?=:[~/]| ~)/g },
  { kind: 'mail', pattern: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g },
  {
    kind: 'wwn',
    pattern: /(?:(?:wwn-|wwid[=: ]+)(?:0x)?|\b(?:eui|naa|t10|nvme)\.|\b(?:iqn|nqn)\.\d{4}-\d\d\.)[\w.:+-]+/gi,
  },
  {
    kind: 'serial',
    pattern:
      /(?:\bserial(?:[ _-]?(?:number|num|no\.?))?|SerialNumber|\bID_SERIAL(?:_SHORT)?|\bS\/N)\s*(?:[=:#]\s*|is\s+)["']?(?<secret>[^\s"'<>,;]+)/gi,
    // `Serial: 8250/16550 driver`, and indexes of USB string descriptors: `SerialNumber=3`.
    keep: ['8250/16550', '0', '1', '2', '3', '4', '5', '6'],
  },
  // Instance ids of Windows end with the serial number where the device has one: `USBSTOR\DISK&VEN_X&PROD_Y\4C530001&0`.
  { kind: 'serial', pattern: /\b(?:USB\\VID_|USBSTOR\\|SCSI\\DISK)[^\\\s]*\\(?<secret>[^\s"'<>,;&\\]+)/gi },
  { kind: 'label', pattern: /\b(?:PART)?LABEL=["']?(?<secret>[^\s"'<>,;]+)/g },
  { kind: 'uuid', pattern: /\b(?:PART)?UUID=["']?(?:luks-)?(?<secret>[^\s"'<>,;:]+)/gi },
  { kind: 'label', pattern: /\bby-(?:part)?label\/(?<secret>[^\s"'<>,;/]+)/g },
  { kind: 'uuid', pattern: /\bby-(?:part)?uuid\/(?<secret>[^\s"'<>,;/]+)/g },
  { kind: 'serial', pattern: /\bby-id\/(?:usb|ata|nvme|scsi|virtio|wwn|dm-name|dm-uuid)-(?<secret>[^\s"'<>,;/]+)/g },
  {
    kind: 'wifi',
    pattern: /\be?ssid\s*[=:]?\s*(?:"(?<secret>[^"]+)"|'(?<secret2>[^']+)'|[=:]\s*(?<secret3>[^\s"'<>,;]+))/gi,
  },
  { kind: 'host', pattern: new RegExp(`\\bHostname set to <?(?<secret>${word})`, 'gi') },
  { kind: 'host', pattern: new RegExp(`\\b(?:systemd\\.)?hostname\\s*[=:]\\s*["']?(?<secret>${word})`, 'gi') },
  // ip=<client>:<server>:<gateway>:<netmask>:<host>:… (Documentation/admin-guide/nfs/nfsroot.rst)
  { kind: 'host', pattern: /\bip=[^\s:]*:[^\s:]*:[^\s:]*:[^\s:]*:(?<secret>[^\s:]+)/g },
  { kind: 'host', pattern: /\b(?:nfs)?root=(?:nfs:)?(?<secret>[A-Za-z][\w.-]*):\//g },
  { kind: 'host', pattern: /(?:^|[\s"'])(?<secret>[A-Za-z][\w.-]*):\/[^/\s]/g },
  { kind: 'host', pattern: /(?:^|[\s"'=])(?:\/\/|\\\\)(?<secret>[A-Za-z][\w.-]*)[/\\]/g },
  // `Nov 22 10:00:00 tower kernel:`
  { kind: 'host', pattern: /\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?<secret>[\w.-]+) [\w.-]+(?:\[\d+\])?:/g },
  // `2026-01-02T03:04:05.678+01:00 tower kernel:` of journalctl -o short-iso and of rsyslog
  {
    kind: 'host',
    pattern:
      /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? (?<secret>[A-Za-z][\w.-]*) [\w.-]+(?:\[\d+\])?:/g,
  },
  // `uname -a`: `Linux tower 6.1.0-18-amd64 #1 SMP …`
  { kind: 'host', pattern: /\bLinux (?<secret>[A-Za-z][\w.-]*) \d+\.\d+\S* #\d/g },
  // Accounts of Windows, of a domain or of Entra (learn.microsoft.com, Security identifiers); S-1-5-18 and its like are everybody's.
  { kind: 'user', pattern: /\bS-1-(?:5-21|12-1)(?:-\d{1,10}){3,5}\b/g },
  { kind: 'user', pattern: /(?:\/home|\/Users|\/run\/media|\/media|\\Users)[/\\]{1,2}(?<secret>[^\s"'<>,;:/\\]+)/g },
  { kind: 'user', pattern: new RegExp(`\\b(?:user(?:name)?|login|owner)\\s*[=:]\\s*["']?(?<secret>${word})`, 'gi') },
  { kind: 'uuid', pattern: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, keep: publicGuids },
  // A machine-id, or a UUID without its dashes. ACPI tables in hexadecimal are longer.
  { kind: 'uuid', pattern: /(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])/gi },
  // Six octets; InfiniBand has twenty.
  { kind: 'mac', pattern: /(?<![0-9a-f])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4,18}(?![0-9a-f])/gi },
  {
    kind: 'ipv4',
    pattern: /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\.?\d)/g,
    keep: ['0.0.0.0', '127.0.0.1', '255.255.255.255'],
  },
];
