/** A word of `bits` bits as its groups of four digits, the highest first: `6000 0001 04a3 f603`. */
export function digitGroups(value: string, bits: 64 | 128 | 256): readonly string[] {
  const digits = value.slice(2).padStart(bits / 4, '0');
  return digits.match(/.{4}/g) ?? [];
}

/** Parts of a sentence: `mono` ones are addresses and registers, which are drawn in the other face and never broken. */
export interface TextRun {
  readonly text: string;
  readonly mono: boolean;
}

const identifier = /(0x[0-9a-f_]+|\b(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7]\b|\b[0-9a-f]{2,}h\b)/i;

/** Splits a sentence at its addresses; domain 0000 is left out of PCI addresses, as in every list. */
export const textRuns = (sentence: string): readonly TextRun[] =>
  sentence
    .split(identifier)
    .map((text, at) => ({ text: at % 2 === 1 ? text.replace(/^0000:/, '') : text, mono: at % 2 === 1 }))
    .filter(({ text }) => text !== '');
