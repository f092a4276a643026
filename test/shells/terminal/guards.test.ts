import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { missingCaptures, stageMachine, type Staged } from '../../stories/staged-machine.ts';
import { inProcess } from './in-process.ts';
import { slotwise } from './run.ts';

// A captured desktop, with mounts, routes and the boot display added as the command line's promise names the files. Its
// graphics card (01:00.0) shares group 1 with an NVMe disk.
const desktop = 'vtd-desktop-k61';
const card = '01:00.0';
const port = '00:19.0';

const root: Staged = {
  'proc/self/mountinfo': '22 1 259:0 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw\n',
};
const oneNetwork: Staged = {
  'sys/class/net/eth1': null,
  'cmd/ip-addr.txt': JSON.stringify([{ ifname: 'eth0', addr_info: [{ local: '192.0.2.7', prefixlen: 24 }] }]),
};
const route =
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n' +
  'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n';
const nowhere = '0'.repeat(32);
const route6 = `${nowhere} 00 ${nowhere} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n`;
const ownDisplay = '0000:00:02.0';
const bootDisplay: Staged = {
  [`sys/devices/pci0000:00/${ownDisplay}/boot_vga`]: '0\n',
  'sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/boot_vga': '1\n',
};

const shelf = mkdtempSync(join(tmpdir(), 'slotwise-guards-'));
afterAll(() => rmSync(shelf, { recursive: true, force: true }));
// What a command may write to: whatever is in it has been written.
let place = '';
beforeEach(() => void (place = mkdtempSync(join(shelf, 'place-'))));

const hindrance = missingCaptures(desktop);
const staged = (name: string, files: Staged): Promise<string> =>
  stageMachine(join(shelf, `${name}.tar`), desktop, files);

/** The plan ends with 1 in these words, and neither its file nor a folder beside is made. */
async function expectStopped(machine: string, args: readonly string[], ...words: readonly RegExp[]): Promise<void> {
  const ran = slotwise(['plan', '--machine', machine, ...args, '-o', join(place, 'plan.json')]);
  expect([ran.code, ran.err], ran.out).toEqual([1, '']);
  for (const word of words) expect(ran.out).toMatch(word);
  expect(readdirSync(place)).toEqual([]);

  const told = await inProcess('plan', '--machine', machine, ...args, '--json', '-o', join(place, 'plan.json'));
  expect(told.code).toBe(1);
  const { state, plan } = JSON.parse(told.out) as { state: string; plan: unknown };
  expect(state).not.toBe('ready');
  // A plan taken from what was printed writes no files either.
  const taken = join(shelf, 'taken.json');
  writeFileSync(taken, JSON.stringify(plan));
  const out = join(place, 'out');
  const written = await inProcess('recipe', '--plan', taken, '--for', 'libvirt,grub,modprobe', '-o', out);
  expect([written.code, written.out]).toEqual([1, '']);
  expect(written.err).toMatch(/^slotwise: [^\n]+\n$/);
  expect(readdirSync(place)).toEqual([]);
}

describe.skipIf(hindrance !== null)('a device that shares its group with the disk the host starts from', () => {
  const words = [/Display controller[^\n]* shares group 1 with /, /nvme0n1, which holds \//, /^Refused\./m];

  test.each([
    ['by /proc/self/mountinfo', root],
    ['by /proc/mounts', { 'proc/mounts': '/dev/nvme0n1p2 / ext4 rw,relatime 0 0\n' }],
    ['with /boot on it', { 'proc/mounts': '/dev/nvme0n1p1 /boot vfat rw 0 0\n' }],
  ])('is refused in words that name both, %s', async (title, files) => {
    await expectStopped(await staged(title.replaceAll('/', '-'), files), ['--give', card], ...words);
  });

  test('is refused whatever is accepted', async () => {
    const machine = await staged('accepted', { ...root, ...bootDisplay });
    await expectStopped(machine, ['--give', card, '--lose', 'nvme0n1', '--lose', 'Virtual-2'], ...words);
    await expectStopped(machine, ['--give', '02:00.0', '--lose=nvme0n1,/'], /the disk nvme0n1 with \//, /^Refused\./m);
  });

  test('opens no guard where the source cannot tell of mounts: that is listed as unknown', async () => {
    const file = join(place, 'plan.json');
    const ran = slotwise(['plan', '--machine', await staged('untold', {}), '--give', card, '-o', file]);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/cannot know[^]*mounted/);
    expect(existsSync(file)).toBe(true);
  });
});

describe.skipIf(hindrance !== null)('a USB controller that leads to the disk the host starts from', () => {
  const controller = 'devices/pci0000:00/0000:00:14.0/usb2';
  const bridge = `${controller}/2-4/2-4.1`;
  const block = `${bridge}/2-4.1:1.0/host6/target6:0:0/6:0:0:0/block/sdb`;
  /** a SATA disk on a USB bridge behind a hub, as the kernel shows one */
  const usbDisk: Staged = {
    [`sys/${controller}/2-4/bDeviceClass`]: '09\n',
    [`sys/${bridge}/product`]: 'ASM235CM\n',
    [`sys/${bridge}/2-4.1:1.0/bInterfaceClass`]: '08\n',
    [`sys/${block}/size`]: '1000215216\n',
    [`sys/${block}/dev`]: '8:16\n',
    [`sys/${block}/sdb2/partition`]: '2\n',
    [`sys/${block}/sdb2/size`]: '1000000000\n',
    [`sys/${block}/sdb2/dev`]: '8:18\n',
    'sys/class/block/sdb': { link: `../../${block}` },
    'sys/class/block/sdb2': { link: `../../${block}/sdb2` },
    'proc/self/mountinfo': '22 1 8:18 / / rw,relatime shared:1 - ext4 /dev/sdb2 rw\n',
  };

  test('is refused in words that name both, and what the disk is plugged in by', async () => {
    const machine = await staged('usb-disk', usbDisk);
    const words = [/^ {2}QEMU XHCI Host Controller leads to the USB disk sdb \(ASM235CM\) with \//m, /^Refused\./m];
    await expectStopped(machine, ['--give', '00:14.0', '--lose', 'sdb'], ...words);
  });

  test('another controller is given as before', async () => {
    const ran = await inProcess('plan', '--machine', await staged('usb-disk', usbDisk), '--give', '05:00.0');
    expect(ran.code, ran.out).toBe(0);
  });
});

describe.skipIf(missingCaptures('vtd-desktop-rmrr-k61') !== null)('a port whose memory must stay mapped', () => {
  test('is refused as its kernel refuses it', async () => {
    const machine = await stageMachine(join(shelf, 'rmrr.tar'), 'vtd-desktop-rmrr-k61', oneNetwork);
    const words = [/platform RMRR requirement/, /Update the firmware/, /^Refused\. The kernel will not hand over/m];
    await expectStopped(machine, ['--give', port, '--lose', 'eth0'], ...words);
  });
});

describe.skipIf(hindrance !== null)('the only network port', () => {
  let machine = '';
  beforeAll(async () => {
    machine = await staged('one-network', { ...root, ...oneNetwork, 'proc/net/route': route });
  });

  test('stops the plan, which names it and how to go on', async () => {
    await expectStopped(machine, ['--give', port], /only network, on eth0/, /--lose eth0$/m, /^Waits for you\./m);
  });

  test('is answered by nothing but its name', async () => {
    for (const name of ['eth', 'ETH0', 'eth00', 'eth1', 'eth0x', '192.0.2.7']) {
      const args = ['--machine', machine, '--give', port, '--lose', name, '-o', join(place, 'plan.json')];
      expect((await inProcess('plan', ...args)).code).toBe(1);
      expect(readdirSync(place)).toEqual([]);
    }
  });

  test('is given when its name is typed, and then the files are written', () => {
    const file = join(place, 'plan.json');
    const folder = join(place, 'out');
    expect(slotwise(['plan', '--machine', machine, '--give', port, '--lose', 'eth0', '-o', file])).toMatchObject({
      code: 0,
    });
    expect(slotwise(['recipe', '--plan', file, '--for', 'modprobe', '-o', folder])).toMatchObject({ code: 0 });
    expect(readdirSync(place).sort()).toEqual(['out', 'plan.json']);
  });

  test('is known by an IPv6 route alone', async () => {
    const six = await staged('six', { ...root, ...oneNetwork, 'cmd/ip-addr.txt': null, 'proc/net/ipv6_route': route6 });
    await expectStopped(six, ['--give', port], /only network, on eth0/, /--lose eth0$/m);
  });

  test('is a port like any other where a second one has the route', async () => {
    const other = { ...root, 'proc/net/route': route.replace('eth0', 'eth1') };
    const ran = slotwise(['plan', '--machine', await staged('two', other), '--give', port]);
    expect(ran.code, ran.out).toBe(0);
  });
});

describe.skipIf(hindrance !== null)('the display that the host starts on', () => {
  test('stops the plan until its connector is named', async () => {
    const elsewhere = { 'proc/self/mountinfo': '22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme1n1 rw\n' };
    const machine = await staged('display', { ...elsewhere, ...bootDisplay });
    const give = ['--give', card];
    await expectStopped(
      machine,
      give,
      /loses the display that it starts on/,
      /--lose Virtual-2$/m,
      /^Waits for you\./m,
    );
    await expectStopped(machine, [...give, '--lose', 'Virtual-1'], /--lose Virtual-2$/m);
    const file = join(place, 'plan.json');
    const ran = slotwise(['plan', '--machine', machine, ...give, '--lose', 'Virtual-2', '-o', file]);
    expect(ran.code, ran.out).toBe(0);
    expect(existsSync(file)).toBe(true);
  });
});
