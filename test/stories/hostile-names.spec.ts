import { spawnSync } from 'node:child_process';
import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from './app.ts';
import { hostileNames, withBootDisplay, withHostileNames, writeReport } from './reports.ts';
import { acceptLoss, card, filesBelow, goOn, judged, savedFolder } from './steps.ts';

/** Control characters and marks that change the direction, which no file and no terminal may get. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

test('N3 Names that carry markup, commands and escapes are text in every place and in every file', async ({
  start,
}) => {
  const { page } = await start(
    writeReport(start.state, 'hostile.slotwise.json', (machine) => withHostileNames(withBootDisplay(machine))),
  );
  const mistakes: string[] = [];
  page.on('dialog', (dialog) => {
    mistakes.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => mistakes.push(String(error)));
  await judged(page);
  for (const name of ['', 'groups', 'choose', 'simulator']) {
    await page.goto(`${page.url().split('#')[0] ?? ''}#/${name}`);
    await expect(page.locator('#content').getByText(hostileNames[0]).first()).toBeVisible();
    const strange = await page.evaluate(() => document.querySelectorAll('img[onerror], script:not([src])').length);
    expect(strange).toBe(0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `nothing pushes the page wider at #/${name}`).toBeLessThanOrEqual(0);
  }

  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '01:00.0').click();
  await acceptLoss(page, /^The host goes blind/, 'HDMI-A-1');
  await goOn(page).click();
  await page.getByRole('button', { name: 'Save the files' }).first().click();
  const saved = filesBelow(await savedFolder(page, start.state));
  expect(saved.size).toBeGreaterThan(4);
  for (const [file, content] of saved) {
    expect(unprintable.exec(content)?.[0], file).toBeUndefined();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor would be one more package for one line
    if (file.endsWith('.xml')) expect(XMLValidator.validate(content), file).toBe(true);
    if (content.startsWith('#!/bin/sh') || file.endsWith('.cfg')) {
      expect(spawnSync('sh', ['-n'], { input: content, encoding: 'utf8' }), file).toMatchObject({ status: 0 });
    }
  }
  expect(mistakes).toEqual([]);
});
