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
