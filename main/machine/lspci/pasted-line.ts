/* eslint-disable no-control-regex -- control characters of terminals are what is looked for */
/**
 * What terminals, forums and web pages leave around a line of a paste: colours, invisible characters, tags and entities of
 * HTML, BBCode, Markdown fences. Only names on these lists go: lspci itself writes `<access denied>`, `<unassigned>` and
 * `[virtual]`.
 */
const invisible = /[\u00ad\u200b-\u200d\u2060\ufeff\u0007]/g;
/** ECMA-48: control sequences (colours, erasing to the end of a line), and titles of a window up to their end. */
const escapes =
  /\u001b(?:\[[0-9;:?]{0,32}[ -/]?[@-~]|\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\|$)|[()][A-Z0-9]|[=>])/g;
/** Bold and underlined as `nroff` writes them: a character, a backspace, and what is seen. */
const overstruck = /[^\b]\u0008/g;
const htmlTag =
  /<\/?(?:pre|code|p|div|span|b|i|u|em|strong|tt|font|kbd|samp|blockquote|table|tbody|tr|td|th|ul|ol|li|details|summary|html|body)(?: [^<>]{0,300})?\/?>/gi;
const entity = /&(?:(lt|gt|amp|quot|apos|nbsp)|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };
/** `[size=…]` is missing: lspci writes it too. */
const forumTag =
  /\[(?:(?:code|icode|spoiler|quote|pre|php|bash|shell|tt|b|i|u|hide|cut|plain|noparse|color|font|url)(?:=[^\]]{0,120})?|\/[a-z]{1,10})\]/gi;
const fence = /^(?:`{1,6}|~{3,6}|\*\*)|(?:`{1,6}|~{3,6}|\*\*)$/gi;
const dressed = /[\u0007\b\u001b\u00ad\u200b-\u200d\u2060\ufeff<&`~*]|\[\/?[a-z]{1,8}[\]=]/i;

/** The line as the tool printed it. */
export function pastedLine(line: string): string {
  if (!dressed.test(line)) return line;
  return line
    .replace(escapes, '')
    .replace(overstruck, '')
    .replace(invisible, '')
    .replace(htmlTag, '')
    .replace(entity, (whole, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      return code > 31 && code < 0xd800 ? String.fromCharCode(code) : ' ';
    })
    .replace(forumTag, '')
    .replace(fence, '');
}
