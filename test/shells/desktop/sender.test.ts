import { expect, test } from 'vitest';
import { isOurs, type SenderEvent } from '../../../main/shells/desktop/sender.ts';

const origin = 'slotwise://app';
const ours = new Set([7]);

const from = (
  url: string | null,
  { parent = null, id = 7, destroyed = false }: { parent?: unknown; id?: number; destroyed?: boolean } = {},
): SenderEvent => ({
  senderFrame: url === null ? null : { url, parent },
  sender: { id, isDestroyed: () => destroyed },
});

test.each([`${origin}/`, `${origin}/#/groups`, `${origin}/index.html`])('17 Our window on %s may call', (url) => {
  expect(isOurs(from(url), ours, origin)).toBe(true);
});

test.each([
  ['a frame that is gone', from(null)],
  ['a frame inside the page', from(`${origin}/`, { parent: {} })],
  ['another window', from(`${origin}/`, { id: 8 })],
  ['a window that was closed', from(`${origin}/`, { destroyed: true })],
  ['another host', from('slotwise://evil/')],
  ['a host that begins like ours', from('slotwise://app.evil/')],
  ['a host after a name and password', from('slotwise://app@evil/')],
  ['an empty page', from('about:blank')],
  ['a page of the web', from('https://example.com/')],
  ['a file', from('file:///opt/slotwise/index.html')],
  ['data', from('data:text/html,slotwise://app/')],
])('17 %s may not', (_title, event) => {
  expect(isOurs(event, ours, origin)).toBe(false);
});
