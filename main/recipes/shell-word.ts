/**
 * One word of a POSIX shell that stands for exactly this text (XCU 2.2.2: nothing is special between single quotes but
 * the quote itself). A NUL, which no argument can hold, is left out.
 */
export function shellWord(text: string): string {
  const bare = text.replaceAll('\0', '');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(bare) ? bare : `'${bare.replaceAll("'", `'\\''`)}'`;
}
