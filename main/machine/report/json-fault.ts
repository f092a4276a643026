const blanks = /[ \t\n\r]*/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const quote = 0x22;
const backslash = 0x5c;

/**
 * Offset of the first character that cannot go on a JSON text (RFC 8259); its length where it only ends too early. V8
 * tells no offset for short texts, and people look for a line.
 */
export function jsonFault(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const next = (char: string): boolean => {
    match(blanks);
    if (text[at] !== char) return false;
    at++;
    return true;
  };
  // Character by character: a pattern that repeats a choice keeps a way back for each, and strings may be long.
  const string = (): boolean => {
    if (text.charCodeAt(at) !== quote) return false;
    for (at++; at < text.length;) {
      const char = text.charCodeAt(at);
      if (char === quote) {
        at++;
        return true;
      }
      if (char < 0x20 || (char === backslash && !match(escape))) return false;
      if (char !== backslash) at++;
    }
    return false;
  };
  const key = (): boolean => {
    match(blanks);
    return string() && next(':');
  };
  for (;;) {
    // A value is expected.
    match(blanks);
    if (next('{')) {
      if (!next('}')) {
        open.push('{');
        if (!key()) return at;
        continue;
      }
    } else if (next('[')) {
      if (!next(']')) {
        open.push('[');
        continue;
      }
    } else if (text.charCodeAt(at) === quote ? !string() : !match(scalar)) return at;
    // A value has ended: so may what it stands in.
    for (;;) {
      match(blanks);
      const inside = open.at(-1);
      if (inside === undefined) return at;
      if (next(',')) {
        if (inside === '{' && !key()) return at;
        break;
      }
      if (!next(inside === '{' ? '}' : ']')) return at;
      open.pop();
    }
  }
}
