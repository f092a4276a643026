import { join } from 'node:path';
import { frameWords } from '../../main/words/frame.ts';
import { aloneHindrance, runAlone } from '../security/alone.ts';
import { expect, skipUnlessDesktop, test } from '../stories/app.ts';
import { packaged } from './program.ts';
import { startOf } from './start.ts';

test.beforeEach(() => skipUnlessDesktop());

test('N1 The window works without a network, and neither it nor Chromium ever wanted another address', async ({
  start,
}) => {
  const hindrance = aloneHindrance();
  test.skip(hindrance !== null, hindrance ?? '');
  const { groups, choose, write, simulator, overview } = frameWords.places;
  // The overview last: it names the card of the sample.
  const titles = { groups, choose, write, simulator, '': overview };
  const { executable } = await packaged();
  const { args, env } = startOf(start.state);
  const found = runAlone(
    join(import.meta.dirname, 'alone-window.mjs'),
    [JSON.stringify(titles), executable, ...args, '--machine=sample:intel-desktop'],
    env,
  );
  expect(found).toEqual({ shown: expect.stringContaining('GeForce GTX 550 Ti') as unknown, refused: 0, attempt: 1 });
});
