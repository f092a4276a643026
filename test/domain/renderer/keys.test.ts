import { expect, test } from 'vitest';
import { frameWords } from '../../../main/words/frame.ts';
import { keyTable } from '../../../renderer/app/keys.ts';

test('no key means two things at one place', () => {
  const taken = keyTable.flatMap((row) =>
    row.keys.map((key) => ({ where: row.where, chord: `${'ctrl' in row ? 'Ctrl ' : ''}${key}`, id: row.id })),
  );
  const clashes = taken.filter((one) =>
    taken.some(
      (other) =>
        other.id !== one.id &&
        other.chord === one.chord &&
        (other.where === one.where || other.where === 'everywhere' || one.where === 'everywhere'),
    ),
  );
  expect(clashes).toEqual([]);
});

test('every key has its words, and no words are left over', () => {
  expect(Object.keys(frameWords.keys).sort()).toEqual(keyTable.map(({ id }) => id as string).sort());
});
