import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { grubSettings, stockGrub } from '../../hosts/grub.ts';
import { devicesOf, strangeToQemu } from '../../hosts/qemu.ts';
import { needTool, run } from '../../hosts/tool.ts';
import { checkout, slotwise } from './run.ts';

// From a machine to files, as a person does it: the built program, a process a command, and the tools of the system that
// will read what it wrote.
const samples = readdirSync(join(checkout, 'resources/samples'))
  .filter((file) => file.endsWith('.slotwise.json'))
  .map((file) => file.slice(0, -'.slotwise.json'.length));
const targets = ['libvirt', 'qemu', 'proxmox', 'grub', 'modprobe', 'initramfs-tools'];
const shelf = mkdtempSync(join(tmpdir(), 'slotwise-written-'));
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

interface Scanned {
  readonly machine: { readonly cpu: { readonly vendor: { readonly value?: string } } };
  readonly candidates: {
    readonly address: string;
    readonly kind: string;
    readonly losses: { readonly name: string; readonly guard: string }[];
  }[];
}

interface Entry {
  readonly target: string;
  readonly file: string;
  readonly path: string | null;
  readonly mode: string;
  readonly apply: string[];
  readonly verify: unknown;
  readonly undo: string[];
}

function ok(...args: readonly string[]): string {
  const ran = slotwise(args);
  expect([ran.code, ran.err], args.join(' ')).toEqual([0, '']);
  return ran.out;
}

function write(sample: string) {
  const folder = join(shelf, sample);
  const { candidates } = JSON.parse(ok('scan', '--machine', `sample:${sample}`, '--json')) as Scanned;
  const card = candidates.find(({ kind }) => kind === 'gpu');
  if (card === undefined) throw new Error(`${sample} has no graphics card`);
  const lose = card.losses.filter(({ guard }) => guard === 'ask').map(({ name }) => name);
  const plan = `${folder}.json`;
  const answered = lose.length === 0 ? [] : ['--lose', ...lose];
  ok('plan', '--machine', `sample:${sample}`, '--give', card.address, ...answered, '--vm', 'win11', '-o', plan);
  ok('recipe', '--plan', plan, '--for', targets.join(','), '-o', folder);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
  return {
    files,
    plan: JSON.parse(readFileSync(plan, 'utf8')) as {
      give: { address: string; twins: string[] }[];
      host: { iommuVendor: string };
    },
    at: (file: string) => join(folder, file),
    text: (file: string) => readFileSync(join(folder, file), 'utf8'),
    manifest: JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Entry[],
  };
}

describe.each(samples)('the graphics card of %s, planned and written', (sample) => {
  const { files, plan, at, text, manifest } = write(sample);
  const twins = plan.give.some((given) => given.twins.length > 0);

  test('every target that was asked for is there, where the manifest says, with its mode', () => {
    const written = new Set(manifest.map(({ target }) => target));
    // Two cards with the same ids are told apart by address.
    expect([...written].sort()).toEqual(
      [...targets.filter((target) => !(twins && target === 'modprobe')), ...(twins ? ['driver-override'] : [])].sort(),
    );
    for (const { file, path, target, mode, apply, verify, undo } of manifest) {
      if (path !== null) expect(file).toBe(`${target}${path}`);
      expect(`0${(statSync(at(file)).mode & 0o777).toString(8)}`).toBe(mode);
      // A script that starts a guest leaves nothing on the host.
      expect([apply.length > 0, Boolean(verify), undo.length > 0]).toEqual([true, true, target !== 'qemu']);
    }
    const others = files.filter((file) => !manifest.some((entry) => entry.file === file));
    expect(others.filter((file) => !file.startsWith('before/'))).toEqual(['manifest.json', 'undo.sh']);
  });

  test('the devices of the plan are in the guest’s files, and no menu entry is written', () => {
    for (const { address } of plan.give) {
      const [domain = '', bus = '', slot = '', fn = ''] = address.split(/[:.]/);
      const source = `<address domain="0x${domain}" bus="0x${bus}" slot="0x${slot}" function="0x${fn}"/>`;
      expect(text('libvirt/win11.xml')).toContain(source);
      expect(text('qemu/win11.sh')).toContain(`vfio-pci,host=${address}`);
    }
    expect(files.filter((file) => file.startsWith('libvirt/win11-hostdev-'))).toHaveLength(plan.give.length);
    expect(text('proxmox/win11.sh')).toContain(plan.give[0]?.address.slice(0, -2));
    // grub-script-check reads menu entries; settings for grub-mkconfig are shell.
    expect(files.filter((file) => text(file).includes('menuentry'))).toEqual([]);
  });

  needTool('virt-xml-validate', () => {
    test('libvirt takes the domain', () => {
      expect(run('virt-xml-validate', [at('libvirt/win11.xml'), 'domain'])).toMatchObject({ status: 0 });
    });
  });

  needTool('shellcheck', () => {
    test('the shell parts are read by sh, and shellcheck finds nothing', () => {
      const shell = files.filter((file) => text(file).startsWith('#!/bin/sh') || file.endsWith('.cfg'));
      expect(shell).toEqual(expect.arrayContaining(['undo.sh', 'qemu/win11.sh', 'proxmox/win11.sh']));
      expect(shell.some((file) => file.startsWith('grub/'))).toBe(true);
      for (const file of shell) {
        expect({ file, ...run('sh', ['-n', at(file)]) }).toEqual({ file, status: 0, out: '', err: '' });
        expect({ file, ...run('shellcheck', ['-s', 'sh', at(file)]) }).toEqual({ file, status: 0, out: '', err: '' });
      }
    });
  });

  test('sourced after a stock /etc/default/grub, the command line gains what Intel needs, and nothing on AMD', () => {
    const [dropIn = '', ...more] = files.filter((file) => file.startsWith('grub/etc/default/grub.d/'));
    expect(more).toEqual([]);
    const { commandLine, defaults } = grubSettings(join(shelf, `${sample}-grub`), stockGrub, text(dropIn));
    expect(commandLine).toBe('');
    expect(defaults).toBe(plan.host.iommuVendor === 'amd' ? 'quiet splash' : 'quiet splash intel_iommu=on');
  });

  needTool('qemu-system-x86_64', () => {
    test('QEMU knows every device and property', () => {
      const devices = devicesOf(text('qemu/win11.sh'));
      expect(devices.filter((device) => device.startsWith('vfio-pci,'))).toHaveLength(plan.give.length);
      expect(devices.flatMap(strangeToQemu)).toEqual([]);
    });
  });

  needTool('modprobe', () => {
    test('modprobe reads the ids, or there are none where a twin stays', () => {
      const folder = at('modprobe/etc/modprobe.d');
      expect(existsSync(folder)).toBe(!twins);
      if (twins) return;
      const { out } = run('modprobe', ['-C', folder, '--showconfig']);
      expect(out).toMatch(/^options vfio_pci ids=[0-9a-f]{4}:[0-9a-f]{4}(?:,[0-9a-f]{4}:[0-9a-f]{4})*$/m);
    });
  });
});
