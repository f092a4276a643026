import { describe, expect, test } from 'vitest';
import { evenLayout } from '../../../../main/machine/lspci/paste-layout.ts';

describe('line ends', () => {
  test('carriage returns before a newline are no lines, and alone they are', () => {
    expect(evenLayout('a\r\nb\r\r\nc\rd\r\re\r')).toBe('a\nb\nc\nd\n\ne\n');
  });

  test('two million carriage returns in a row are read within the time of any other test', () => {
    const returns = '\r'.repeat(2_000_000);
    expect(evenLayout(returns) === '\n'.repeat(returns.length)).toBe(true);
    expect(evenLayout(`${returns}\n`)).toBe('\n');
  });
});

describe('a number before each line', () => {
  const numbers = (from: number, lines: readonly string[]): string[] =>
    lines.map((line, at) => `${from + at}: ${line}`);
  const registers = Array.from({ length: 4000 }, (_, at) => `\tLnkSta ${at}`);
  const record = ['00:1f.0 ISA bridge: Intel Corporation', '00: 86 80 00 00', '10: 00 00 00 00', 'f0: 00 00 00 00'];

  test('goes as far as the count, and leaves the offsets of a record behind it', () => {
    const text = [...numbers(1, registers), ...record, ''].join('\n');
    expect(evenLayout(text) === [...registers, ...record, ''].join('\n')).toBe(true);
  });

  test('goes also behind a line without one, and behind a gap', () => {
    const text = [...numbers(7, registers), 'the rest', ...numbers(4007, record), ...numbers(4100, record), ''];
    expect(evenLayout(text.join('\n')) === [...registers, 'the rest', ...record, ...record, ''].join('\n')).toBe(true);
  });
});
