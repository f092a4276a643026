import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Piece } from '../../../main/words/recipes-place.ts';
import { fileNotes, piecesOf } from '../../../renderer/recipes/file-notes.ts';
import { planOf } from '../recipes/recipe-of.ts';
import { written } from './recipe.ts';

const textOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : 'code' in piece ? piece.code : piece.key)).join('');

test('setting words apart changes none of them', () => {
  fc.assert(
    fc.property(fc.string(), (sentence) => {
      expect(textOf(piecesOf(sentence))).toBe(sentence);
    }),
  );
});

test('options and paths are set apart, prose is not', () => {
  const codes = piecesOf('Less, not more: amd_iommu=on is taken out of /etc/default/grub.').filter(
    (piece) => typeof piece === 'object',
  );
  expect(codes).toEqual([{ code: 'amd_iommu=on' }, { code: '/etc/default/grub' }]);
});

test('the way back is not repeated beside a file', () => {
  const said = fileNotes(written(planOf(), 'modprobe')).map(textOf).join(' ');
  expect(said).not.toContain('module_blacklist');
  expect(said).not.toBe('');
});
