/** What a report does not tell, by the name that stands for it: `uuid-1`, `user-2`. */
export const secretKinds = [
  'uuid',
  'ipv6',
  'ipv4',
  'mac',
  'wwn',
  'mail',
  'serial',
  'secret',
  'label',
  'wifi',
  'host',
  'user',
  'vm',
  'path',
  'volume',
] as const;
export type SecretKind = (typeof secretKinds)[number];

/** Secrets of one kind: how many there were, and the names that stand for them now, in the order in which they came. */
export interface Replaced {
  readonly kind: SecretKind;
  readonly count: number;
  readonly names: readonly string[];
}

const ours = new RegExp(`^(?:${secretKinds.join('|')})-\\d{1,6}$`);

export const isPseudonym = (text: string): boolean => ours.test(text);

/**
 * Names that stand for secrets: the same secret always gets the same one, so that what was equal stays equal. A name that
 * stands there already stays, so that a report of a report is the same.
 */
export class Pseudonyms {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<SecretKind, number>();

  /** Numbers that stand in `text` already are not given again. */
  constructor(text: string) {
    for (const [, kind = '', number = ''] of text.matchAll(
      new RegExp(`\\b(${secretKinds.join('|')})-(\\d{1,6})\\b`, 'g'),
    )) {
      const known = kind as SecretKind;
      this.#counts.set(known, Math.max(this.#counts.get(known) ?? 0, Number(number)));
    }
  }

  for(kind: SecretKind, secret: string): string {
    if (ours.test(secret)) return secret;
    // Case tells nothing in addresses and UUIDs, and one machine is TOWER and tower in the same log.
    const key = `${kind} ${secret.toLowerCase()}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `${kind}-${count}`;
    this.#names.set(key, name);
    return name;
  }

  /** How many different secrets of each kind were replaced and what stands for them, kinds without any left out. */
  counts(): Replaced[] {
    const given = [...this.#names];
    return secretKinds
      .map((kind) => {
        const names = given.flatMap(([key, name]) => (key.startsWith(`${kind} `) ? [name] : []));
        return { kind, count: names.length, names };
      })
      .filter(({ count }) => count > 0);
  }
}
