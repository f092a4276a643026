import type { Machine } from '../machine.ts';
import { Pseudonyms, type Replaced, type SecretKind } from './pseudonyms.ts';
import { finderOf, isTelling, namesIn, redactText, type SecretName } from './text.ts';

export interface Redacted {
  readonly machine: Machine;
  /** the different secrets of each kind that were replaced */
  readonly replaced: readonly Replaced[];
  /** comments of configuration files that were left out */
  readonly comments: number;
}

/** Where every Linux has something mounted; other places people name themselves. */
const commonMounts =
  /^(?:\/|\/(?:boot|efi|boot\/efi|home|var|var\/log|var\/lib|var\/tmp|usr|tmp|srv|opt|nix|nix\/store|root|mnt|media|etc\/pve)|\[SWAP\]|\/(?:run|dev|sys|proc)(?:\/[a-z]+)?)$/;
/** Names that the kernel gives to block devices; volumes, pools and shares are named by people. */
const kernelDevices = /^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]|nvme\d+n\d+|mmcblk\d+|dm-|md|loop|sr|zram)[\dp]*$/;

/** Names by the place where they stand: nothing in their form gives them away. */
function* namesByPlace(machine: Machine): Generator<SecretName> {
  if (machine.hostName !== undefined) {
    yield { kind: 'host', name: machine.hostName };
    yield { kind: 'host', name: machine.hostName.split('.')[0] ?? '' };
  }
  if (machine.assignments.known) {
    for (const { vm } of machine.assignments.value) if (vm !== null) yield { kind: 'vm', name: vm };
  }
  if (!machine.disks.known) return;
  for (const { target, device } of machine.disks.value.flatMap(({ mounts }) => mounts)) {
    if (!commonMounts.test(target)) yield { kind: 'path', name: target };
    if (!kernelDevices.test(device)) yield { kind: 'volume', name: device };
  }
}

/** What stands for a comment; it is none itself, or a report of a report would count it again. */
const inItsPlace = ' left out';

/** Comments of configuration files are people's own words and decide nothing. */
function withoutComments(content: string): { content: string; comments: number } {
  let comments = 0;
  const leaveOut = (line: string, mark: string): string => {
    if (line !== `${mark}${inItsPlace}`) comments++;
    return `${mark}${inItsPlace}`;
  };
  const plain = content.replace(/^([ \t]*#)(?!!).*$/gm, leaveOut).replace(/([ \t]#)[ \t].*$/gm, leaveOut);
  return { content: plain, comments };
}

/**
 * The machine as a report tells it: without serial numbers, hardware and network addresses, UUIDs, host and user names,
 * names of virtual machines, volumes, file systems and networks, and without comments of configuration files. Equal
 * secrets get equal names. `known` are names that the caller knows to be secret, such as this host's own.
 */
export function redact(machine: Machine, known: readonly SecretName[] = []): Redacted {
  const files = machine.configFiles.map(({ path, content }) => ({ path, ...withoutComments(content) }));
  const plain: Machine = {
    ...machine,
    source: { ...machine.source, name: machine.source.kind === 'sample' ? machine.source.name : 'name left out' },
    configFiles: files.map(({ path, content }) => ({ path, content })),
  };
  delete plain.hostName;
  const texts: string[] = [];
  eachText(plain, (text) => {
    texts.push(text);
    return text;
  });
  const whole = texts.join('\n');
  const names = new Pseudonyms(whole);
  const secrets = [...known, ...namesByPlace(machine), ...texts.flatMap(namesIn)].filter(({ name }) => isTelling(name));
  const kinds = new Map<string, SecretKind>();
  for (const { kind, name } of secrets) if (!kinds.has(name.toLowerCase())) kinds.set(name.toLowerCase(), kind);
  const finder = finderOf(secrets);
  const redacted = eachText(plain, (text) => redactText(text, finder, kinds, names)) as Machine;
  const comments = files.reduce((sum, file) => sum + file.comments, 0);
  return { machine: redacted, replaced: names.counts(), comments };
}

/** Values that a closed list or the shape itself holds: replacing a part of them would make no machine of it. */
const closed: ReadonlySet<string> = new Set([
  ...['address', 'parent', 'behind', 'function', 'physicalFunction', 'provenance', 'needs', 'kind', 'header', 'readAt'],
  ...['collectedAt', 'portType', 'registerBase', 'capability', 'extendedCapability', 'moreFeatures'],
]);

/** The same value with every string in it replaced. */
function eachText(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((each) => eachText(each, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      closed.has(key) && typeof each === 'string' ? each : eachText(each, replace),
    ]),
  );
}
