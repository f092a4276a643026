type Value = string | number | boolean | readonly string[];

/** A sentence with more names than this is read by nobody; the evidence has them all. */
const mostNames = 5;

function joined(list: readonly string[]): string {
  const left = list.length - mostNames;
  if (left > 1) return `${list.slice(0, mostNames).join(', ')} and ${left} more`;
  return list.length < 2 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''}`;
}

/** Names come from machines and files: what would drive a terminal or turn the line around is shown as `?`. */
// eslint-disable-next-line no-control-regex -- the point of the pattern
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export const printable = (text: string): string => text.replace(unprintable, '?');

/** A sentence with its `{values}` in place; a list becomes `a, b and c`. A value that is not there is not known. */
export const fillIn = (sentence: string, values: Readonly<Record<string, Value>>): string =>
  sentence.replace(/\{(\w+)\}/g, (_whole, key: string) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined) return 'something unknown';
    return printable(typeof value === 'object' ? joined(value) : String(value));
  });

/** The entry of a book of sentences, if it has one of its own: codes in a file of a stranger may be any text. */
export const entryOf = <T>(book: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(book, key) ? book[key] : undefined;
