import type { Fact } from '../../main/machine/fact.ts';
import { cannotKnow } from '../../main/words/groups.ts';

/** One line of what a thing is. */
export interface FactLine {
  readonly label: string;
  readonly value: string;
  /** registers, ids, paths */
  readonly mono: boolean;
  /** what stands there is that it cannot be known */
  readonly unknown: boolean;
}

export const said = (label: string, value: string, mono = false): FactLine => ({ label, value, mono, unknown: false });

/** A fact as a line: none where its text is null, and where it is not known what it would take. */
export function factLine<T>(
  label: string,
  fact: Fact<T>,
  text: (value: T) => string | null,
  mono = false,
): readonly FactLine[] {
  if (!fact.known) return [{ label, value: cannotKnow[fact.needs], mono: false, unknown: true }];
  const value = text(fact.value);
  return value === null ? [] : [said(label, value, mono)];
}

/** The same, left out where it is not known: what few sources tell would fill the page with its absence. */
export const knownLine = <T>(
  label: string,
  fact: Fact<T>,
  text: (value: T) => string | null,
  mono = false,
): readonly FactLine[] => (fact.known ? factLine(label, fact, text, mono) : []);

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `256 MiB`; sizes of BARs are powers of two. `size` is bytes as `0x…` text or a number. */
export function sizeText(size: string | bigint): string {
  let bytes = BigInt(size);
  let unit = 0;
  while (bytes >= 1024n && bytes % 1024n === 0n && unit < units.length - 1) {
    bytes /= 1024n;
    unit++;
  }
  return `${bytes} ${units[unit] ?? ''}`;
}

export const megabytes = (many: number): string => sizeText(BigInt(many) << 20n);
