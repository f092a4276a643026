/** Text of a file without its mark: UTF-8, or UTF-16 as Windows' editors and its shell save it. */
export const decodeText = (bytes: Uint8Array): string => new TextDecoder(wideEncoding(bytes) ?? 'utf-8').decode(bytes);

/** By its mark, or by the zero beside each of the first letters where a program cut the mark off. */
export function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first > 8 && second === 0 && third > 8 && fourth === 0) return 'utf-16le';
  return first === 0 && second > 8 && third === 0 && fourth > 8 ? 'utf-16be' : null;
}
