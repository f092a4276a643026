const begin = '# Slotwise begins: taken back by undo.sh, or by removing these lines and building the menu again.';
const end = '# Slotwise ends.';

/** Lines of ours inside a file of somebody else's, between marks. */
export const ownBlock = (lines: readonly string[]): string => [begin, ...lines, end, ''].join('\n');

/** The file as it was without us. */
export function withoutOwnBlock(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  return from < 0 || to < 0 ? text : text.slice(0, from) + text.slice(to + end.length).replace(/^\n/, '');
}

/** The file with this block at its end, in the place of an older one. */
export function withOwnBlock(text: string, block: string): string {
  const rest = withoutOwnBlock(text);
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${block}`;
}
