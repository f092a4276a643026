/** A word of PowerShell outside strings and comments, or a bracket. */
export interface Token {
  readonly kind: 'bracket' | 'word' | 'variable' | 'string';
  readonly text: string;
  readonly line: number;
}

const forms: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /<#[\s\S]*?#>/y],
  ['blank', /#[^\n]*/y],
  ['blank', /[\s`]+/y],
  // Here-strings end with their mark at the beginning of a line (about_Quoting_Rules).
  ['string', /@'[ \t]*\r?\n[\s\S]*?\n'@/y],
  ['string', /@"[ \t]*\r?\n[\s\S]*?\n"@/y],
  ['string', /'(?:[^']|'')*'/y],
  ['string', /"(?:[^"`]|`[\s\S]|"")*"/y],
  ['variable', /\$(?:\{[^}]*\}|[A-Za-z_][\w:]*|[$?^_])/y],
  ['bracket', /[@$]?[({]|[[\])}]/y],
  ['word', /[A-Za-z_][\w-]*/y],
  ['blank', /[^'"({[\])}A-Za-z_$@#\s]/y],
];

/** Enough of PowerShell's grammar to tell strings and comments from the rest; null: nothing fits at this line. */
export function tokens(script: string): Token[] | { readonly line: number } {
  const found: Token[] = [];
  for (let at = 0; at < script.length;) {
    const line = script.slice(0, at).split('\n').length;
    const fit = forms.flatMap(([kind, form]) => {
      form.lastIndex = at;
      const match = form.exec(script);
      return match === null ? [] : [{ kind, text: match[0] }];
    })[0];
    if (fit === undefined) return { line };
    if (fit.kind !== 'blank') found.push({ kind: fit.kind, text: fit.text, line });
    at += fit.text.length;
  }
  return found;
}
