import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { inBoot, missingCaptures, stageMachine } from './staged-machine.ts';
import { acceptLoss, card, crossedCard, goOn, guardOf } from './steps.ts';

const desktop = 'vtd-desktop-k61';
const hindrance = missingCaptures(desktop);

/** The captured desktop runs from the NVMe disk that shares group 1 with its graphics card, over one network port. */
const staged = inBoot('1e6f0001-0000-4000-8000-000000000001', {
  'proc/self/mountinfo': '22 1 259:0 / / rw,relatime shared:1 - ext4 /dev/nvme0n1 rw\n',
  'sys/class/net/eth1': null,
  'proc/net/route':
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n' +
    'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n',
  'cmd/ip-addr.txt': JSON.stringify([{ ifname: 'eth0', addr_info: [{ local: '192.0.2.7', prefixlen: 24 }] }]),
});

test.beforeEach(() => {
  test.skip(hindrance !== null, hindrance ?? '');
});

test('A card that shares its group with the disk behind / is refused, and both are named', async ({ start }) => {
  const machine = await stageMachine(join(start.state, 'machine.tar'), desktop, staged);
  const { page } = await start(machine);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '01:00.0').click();

  const guard = guardOf(page, /shares group 1 with the disk you boot from/);
  await expect(guard).toContainText('Display controller');
  await expect(guard).toContainText('nvme0n1');
  await expect(guard).toContainText('/');
  await expect(guard.getByRole('textbox')).toHaveCount(0);
  await expect(goOn(page)).toHaveAttribute('aria-disabled', 'true');
  await goOn(page).click({ force: true });
  await expect(page).toHaveURL(/#\/choose/);

  // Neither by a link around the guard.
  await page.goto(`${page.url().split('#')[0] ?? ''}#/write`);
  await expect(page.getByRole('button', { name: 'Save the files' })).toHaveCount(0);
  await expect(page.getByText('Nothing is written before.')).toBeVisible();
  expect(existsSync(join(start.state, 'data/slotwise'))).toBe(false);
});

test('The only network port stops until its name is typed', async ({ start }) => {
  const machine = await stageMachine(join(start.state, 'machine.tar'), desktop, staged);
  const { page } = await start(machine);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '00:19.0').click();

  const words = /^The host loses its only network, on eth0/;
  const guard = guardOf(page, words);
  await expect(guard).toBeVisible();
  await expect(goOn(page)).toHaveAttribute('aria-disabled', 'true');
  await goOn(page).click({ force: true });
  await expect(page).toHaveURL(/#\/choose/);
  for (const near of ['eth', 'ETH0', 'eth00', 'eth1']) {
    await guard.getByRole('textbox').fill(near);
    await guard.getByRole('textbox').press('Enter');
    await expect(guard.getByRole('textbox')).toHaveValue(near);
  }
  expect(existsSync(join(start.state, 'data/slotwise'))).toBe(false);
  await acceptLoss(page, words, 'eth0');
  await goOn(page).click();
  await expect(page).toHaveURL(/#\/write/);
});

test('The second port of a network card stays at a press, and goes along again at another', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  const vm = page.getByRole('list', { name: 'gets' });
  await card(page, '25:00.0').click();
  await expect(vm.getByText('25:00.1')).toBeVisible();
  await crossedCard(page, '25:00.1').press('k');
  await expect(vm.getByText('25:00.1')).toHaveCount(0);
  await expect(vm.getByText('25:00.0')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(vm.getByText('25:00.1')).toBeVisible();
  await crossedCard(page, '25:00.1').click();
  await expect(vm.getByText('25:00.1')).toHaveCount(0);
  // What was kept outlives the page with the rest of the plan.
  await acceptLoss(page, /^The host loses its network/, 'enp37s0f0');
  await goOn(page).click();
  await expect(page).toHaveURL(/#\/write/);
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await page.reload();
  await expect(vm.getByText('25:00.0')).toBeVisible();
  await expect(vm.getByText('25:00.1')).toHaveCount(0);
});

test('A guard that the source says nothing about is not called safe', async ({ start }) => {
  const untold = inBoot('1e6f0001-0000-4000-8000-000000000001', { 'sys/class/net': null });
  const { page } = await start(await stageMachine(join(start.state, 'machine.tar'), desktop, untold));
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '00:19.0').click();
  const guards = page.getByRole('region', { name: 'Guards' });
  await expect(guards).toContainText('Whether the host’s way to the network crosses over is not known.');
  await expect(guards).not.toContainText('Every interface with an address stays.');
});

test('A device of the overview leads to its card, where G gives it', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await page.locator('a[href*="choose?select=0000:25:00.0"]').click();
  await expect(card(page, '25:00.0')).toBeFocused();
  await expect(card(page, '25:00.0')).toBeInViewport();
  await page.keyboard.press('g');
  await expect(page.getByRole('list', { name: 'gets' }).getByText('25:00.0')).toBeVisible();
});

test('The focus goes along with an answered guard and with the saved files', async ({ start }) => {
  const { page } = await start('sample:amd-workstation');
  await page.goto(`${page.url().split('#')[0] ?? ''}#/choose`);
  await card(page, '25:00.0').click();
  const words = /^The host loses its network/;
  const guard = guardOf(page, words);
  const takeBack = guard.getByRole('button', { name: 'Take it back' });
  await acceptLoss(page, words, 'enp37s0f0');
  await expect(takeBack).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(guard.getByRole('textbox')).toBeFocused();
  await expect(guard.getByRole('textbox')).toHaveValue('');
  await page.keyboard.type('enp37s0f0');
  await page.keyboard.press('Enter');
  await expect(takeBack).toBeFocused();
  await goOn(page).click();
  await page.getByRole('button', { name: 'Save the files' }).click();
  await expect(page.getByRole('button', { name: 'Copy apply' })).toBeFocused();
});
