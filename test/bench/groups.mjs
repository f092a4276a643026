// `npm run bench -- groups`: one JSON line a figure. The groups place of 400 functions (the dump with most functions, again
// and again under further PCI domains) in Chromium, served by the built program: until its drawing stands still, and from
// the click on a card until the inspector tells of it. Target of the first: below 1000 ms. Beside each, in the same run and
// in turn, what the browser needs for a bare page: 400 rows as a list, and a click that writes one line.
/* global addEventListener, document, MutationObserver, requestAnimationFrame -- in the page, where two functions below run */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { runnerImport } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const load = async (path) => (await runnerImport(join(root, path), { configFile: false, logLevel: 'error' })).module;
const { chromiumArguments, chromiumPath } = await load('test/stories/browser.ts');
const { repeatedDump } = await load('test/hosts/repeated-dump.ts');

const functions = 400;
const rounds = 5;
const rounded = (value) => Math.round(value * 10) / 10;

/** In the page: when what is looked for was painted and nothing of it changed for two frames; milliseconds since navigation. */
function watchPaint({ item }) {
  let last = null;
  let quiet = 0;
  globalThis.painted = new Promise((done) => {
    const frame = () => {
      requestAnimationFrame(frame);
      if (document.querySelector(item) === null) return;
      quiet = quiet + 1;
      // The frame after the one that drew it last: what was drawn has been shown.
      if (last !== null && quiet > 2) done(last);
    };
    requestAnimationFrame(frame);
    new MutationObserver(() => {
      quiet = 0;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => (last = performance.now());
        port2.postMessage(null);
      });
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
}

/** In the page: from a click until the frame that shows its answer in `answer`. */
function watchClick({ answer }) {
  globalThis.answered = new Promise((done) => {
    addEventListener(
      'pointerdown',
      ({ timeStamp }) => {
        new MutationObserver((_changes, observer) => {
          observer.disconnect();
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => done(performance.now() - timeStamp);
            port2.postMessage(null);
          });
        }).observe(document.querySelector(answer), { subtree: true, childList: true, characterData: true });
      },
      { once: true, capture: true },
    );
  });
}

/** The dump's first functions, as many as wanted. */
function dumpOf(text, count) {
  const records = repeatedDump(text, Math.ceil(count / text.match(/^[0-9a-f:]+\.[0-7] /gm).length)).split(
    /^(?=[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] )/m,
  );
  return records.slice(0, count).join('');
}

const bare = (names) =>
  `<!doctype html><title>bare</title><p id=answer>nothing</p><ul>${names.map((name) => `<li>${name}</li>`).join('')}</ul>
  <script>addEventListener('click', ({ target }) => (document.querySelector('#answer').textContent = target.textContent))</script>`;

async function open(browser, state, url, item, answer, clicked) {
  const context = await browser.newContext({
    ...(state === null ? {} : { storageState: state }),
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript(watchPaint, { item });
  // The page's own thread time, which others on this machine do not lengthen as they do the clock.
  const developer = await context.newCDPSession(page);
  await developer.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(url);
  const paint = await page.evaluate(() => globalThis.painted);
  const { metrics } = await developer.send('Performance.getMetrics');
  const seconds = (name) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  const thread = (seconds('TaskDuration') - seconds('DevToolsCommandDuration')) * 1000;
  await page.evaluate(watchClick, { answer });
  await page.locator(clicked).click();
  const click = await page.evaluate(() => globalThis.answered);
  const items = await page.locator(item).count();
  await context.close();
  return { paint, thread, click, items };
}

export async function benchGroups(wanted, dump) {
  const folder = mkdtempSync(join(tmpdir(), 'slotwise-bench-'));
  const machine = join(folder, 'machine.txt');
  const text = dumpOf(readFileSync(dump, 'utf8'), functions);
  writeFileSync(machine, text);
  const program = [join(root, 'out/main/slotwise.cjs'), 'serve', '--machine', machine];
  const served = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder, HOME: folder },
  });
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments });
  try {
    const url = await new Promise((done, fail) => {
      served.stdout.on('data', (chunk) => done(/http:\S+/.exec(String(chunk))?.[0]));
      served.once('exit', (code) => fail(new Error(`slotwise serve ended with ${code}`)));
    });
    const entered = await browser.newContext();
    await (await entered.newPage()).goto(url);
    const state = await entered.storageState();
    await entered.close();

    const names = text.match(/^[0-9a-f]{4}:.*$/gm).map((name) => name.replaceAll('<', '&lt;'));
    const list = `data:text/html;charset=utf-8,${encodeURIComponent(bare(names))}`;
    const best = { place: [], list: [] };
    for (let round = 0; round < rounds; round++) {
      const card = '[role=treeitem] >> text=I350 >> nth=0';
      best.place.push(
        await open(
          browser,
          state,
          new URL('/#/groups', url).href,
          '[role=treeitem]',
          'aside, [role=complementary]',
          card,
        ),
      );
      best.list.push(await open(browser, null, list, 'li', '#answer', 'li >> text=I350 >> nth=0'));
    }
    const least = (runs, key) => Math.min(...runs.map((run) => run[key]));
    for (const [bench, key, target] of [
      ['groups.paint', 'paint', 1000],
      ['groups.select', 'click', null],
    ]) {
      if (!bench.startsWith(wanted)) continue;
      const milliseconds = least(best.place, key);
      const bareMilliseconds = least(best.list, key);
      console.log(
        JSON.stringify({
          bench,
          functions: names.length,
          drawn: best.place[0].items,
          milliseconds: rounded(milliseconds),
          bareMilliseconds: rounded(bareMilliseconds),
          ratio: rounded(milliseconds / bareMilliseconds),
          ...(target === null
            ? {}
            : {
                targetMilliseconds: target,
                threadMilliseconds: rounded(least(best.place, 'thread')),
                bareThreadMilliseconds: rounded(least(best.list, 'thread')),
              }),
        }),
      );
    }
  } finally {
    await browser.close();
    served.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}
