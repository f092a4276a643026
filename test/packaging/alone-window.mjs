// The packaged program, toured without a network: prints as JSON what was seen and what was refused. A process of its own,
// so that it can stand in the same network namespace as the window and reach the debugger's port.
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { attempt, refused } from '../security/refused.mjs';

const [titles, program, ...args] = process.argv.slice(2);
const child = spawn(program, [...args, '--remote-debugging-port=0'], { stdio: ['ignore', 'ignore', 'pipe'] });
const endpoint = await new Promise((resolve) => {
  createInterface({ input: child.stderr }).on('line', (line) => {
    const url = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (url !== undefined) resolve(url);
  });
});
const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
const [context] = browser.contexts();
const page = context.pages()[0] ?? (await context.waitForEvent('page'));
for (const [place, title] of Object.entries(JSON.parse(titles))) {
  await page.evaluate((link) => {
    globalThis.location.hash = link;
  }, `#/${place}`);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('#content [aria-busy=true]').first().waitFor({ state: 'detached' });
}
// A text field wakes the spelling checker, which would fetch a dictionary.
await page.evaluate(() => {
  const { document } = globalThis;
  const field = document.createElement('textarea');
  document.body.append(field);
  field.focus();
});
await page.keyboard.type('Teh qick borwn fox ');
// What Chromium does by itself it begins within seconds of its start.
await new Promise((resolve) => setTimeout(resolve, 2_000));
const shown = await page.locator('#content').textContent();
const count = refused();
child.kill('SIGTERM');
await once(child, 'exit');
console.log(JSON.stringify({ shown, refused: count, attempt: await attempt() }));
process.exit(0);
