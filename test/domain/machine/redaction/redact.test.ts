import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { machineFromFiles } from '../../../../main/machine/from-files.ts';
import { machineShape, type Machine, type MachineSource } from '../../../../main/machine/machine.ts';
import { isIpv6 } from '../../../../main/machine/redaction/ipv6.ts';
import { redact } from '../../../../main/machine/redaction/redact.ts';
import { parseReport, reportOf } from '../../../../main/machine/report/parse-report.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { resources } from '../../../hosts/collected.ts';
import { shippedNames, textSource } from '../../../hosts/corpus.ts';
import { treeOf } from '../../../hosts/tree.ts';

const file: MachineSource = { ...textSource('a.slotwise.json'), kind: 'report' };

function parsed(value: unknown): Machine {
  const machine = parseReport(JSON.parse(JSON.stringify(value)), file);
  if (isSourceProblem(machine)) throw new Error(`${machine.where}: ${machine.detail}`);
  return machine;
}

const sample = (name: string): Machine =>
  parsed(JSON.parse(readFileSync(join(resources, `samples/${name}.slotwise.json`), 'utf8')));

const small = ((): Machine => {
  const whole = sample('intel-desktop');
  return { ...whole, functions: whole.functions.slice(0, 2) };
})();

type Path = readonly (string | number)[];

function* stringPlaces(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value === 'string') yield path;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) yield* stringPlaces(each, [...path, key]);
  }
}

/** A copy with another text at one place. */
function replaced(value: unknown, [key, ...rest]: Path, change: (text: string) => string): unknown {
  if (key === undefined) return change(value as string);
  if (Array.isArray(value))
    return value.map((each: unknown, at) => (String(at) === key ? replaced(each, rest, change) : each));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, each]) => [name, name === key ? replaced(each, rest, change) : each]),
  );
}

/** Every place whose text may be anything, by the shape; an address or a word of a closed list may not. */
const places = [...stringPlaces(small)].filter(
  (path) =>
    v.safeParse(
      machineShape,
      replaced(small, path, (text) => `${text} planted`),
    ).success,
);

const hexOf = (digits: number) =>
  fc
    .array(fc.constantFrom(...Array.from({ length: 16 }, (_, digit) => digit.toString(16))), {
      minLength: digits,
      maxLength: digits,
    })
    .map((all) => all.join(''));
const upper = (text: string, yes: boolean): string => (yes ? text.toUpperCase() : text);
const nameOf = fc.stringMatching(/^[a-z][a-z0-9]{5,11}$/).map((name) => `zq${name}`);

/** A secret, and how it may stand in a text. */
const secrets = fc.oneof(
  fc.tuple(hexOf(12), fc.constantFrom(':', '-'), fc.boolean()).map(([hex, between, loud]) => {
    const mac = upper((hex.match(/../g) ?? []).join(between), loud);
    return { secret: mac, text: mac };
  }),
  fc
    .tuple(fc.uuid(), fc.boolean())
    .map(([uuid, loud]) => ({ secret: upper(uuid, loud), text: `root=UUID=${upper(uuid, loud)}` })),
  fc.uuid().map((uuid) => ({ secret: uuid, text: `luks-${uuid}` })),
  hexOf(32).map((id) => ({ secret: id, text: id })),
  fc
    .ipV4()
    .filter((ip) => !['0.0.0.0', '127.0.0.1', '255.255.255.255'].includes(ip))
    .map((ip) => ({ secret: ip, text: `${ip}/24` })),
  fc
    .ipV6()
    .filter((ip) => ip.length > 6)
    .map((ip) => ({ secret: ip, text: `inet6 ${ip}/64` })),
  nameOf.map((name) => ({ secret: name, text: `/home/${name}/vm.qcow2` })),
  nameOf.map((name) => ({ secret: name, text: `hostname=${name}` })),
  nameOf.map((name) => ({ secret: name, text: `Nov 22 10:00:00 ${name} kernel: vfio` })),
  nameOf.map((name) => ({ secret: name, text: `2026-01-02T03:04:05.678901+01:00 ${name} kernel: vfio` })),
  nameOf.map((name) => ({ secret: name, text: `2026-01-02T03:04:05+0100 ${name} systemd[1]: x` })),
  nameOf.map((name) => ({ secret: name, text: `Linux ${name} 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC` })),
  nameOf.map((name) => ({ secret: name, text: `root@${name}:~# lspci` })),
  nameOf.map((name) => ({ secret: name, text: `[${name} ${name}@pve ~]$` })),
  nameOf.map((name) => ({ secret: name, text: `C:\\Users\\${name}\\Desktop` })),
  nameOf.map((name) => ({ secret: name, text: `c:\\\\users\\\\${name}`.replace('users', 'Users') })),
  nameOf.map((name) => ({ secret: name, text: `/var/home/${name}` })),
  fc
    .tuple(fc.nat(4294967295), fc.nat(4294967295), fc.nat(4294967295))
    .map((parts) => ({ secret: `21-${parts.join('-')}`, text: `S-1-5-21-${parts.join('-')}-1001` })),
  fc.uuid().map((uuid) => ({ secret: uuid, text: `\\\\?\\Volume{${uuid.toUpperCase()}}\\` })),
  hexOf(12).map((hex) => ({ secret: `7${hex}`, text: `USBSTOR\\DISK&VEN_A&PROD_B&REV_1\\7${hex.toUpperCase()}&0` })),
  hexOf(12).map((hex) => ({ secret: `8${hex}`, text: `USB\\VID_0781&PID_5581\\8${hex}` })),
  nameOf
    .map((name) => ({ secret: name, text: `SerialNumber: ${name.toUpperCase()}` }))
    .map(({ secret, text }) => ({ secret: secret.toUpperCase(), text })),
  nameOf.map((name) => ({ secret: name, text: `/dev/disk/by-id/ata-WDC_WD40_${name}` })),
  nameOf.map((name) => ({ secret: name, text: `ssid="${name} at home"` })),
  nameOf.map((name) => ({ secret: name, text: `${name}:/export/vm` })),
  hexOf(16).map((wwn) => ({ secret: wwn, text: `wwn-0x${wwn}` })),
  nameOf.map((name) => ({ secret: name, text: `LABEL=${name}` })),
  nameOf.map((name) => ({ secret: name, text: `password=${name}` })),
);

describe('a redacted report', () => {
  test('has places enough to plant in', () => expect(places.length).toBeGreaterThan(100));

  test('has no planted secret, wherever it stood, and is a machine still', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), secrets), { minLength: 1, maxLength: 6 }), (plants) => {
        let machine: unknown = small;
        for (const [place, { text }] of plants) {
          const path = places[place % places.length] ?? [];
          machine = replaced(machine, path, (old) => `${old} ${text}`);
        }
        const report = JSON.stringify(reportOf(redact(machine as Machine).machine));
        for (const [, { secret }] of plants) expect(report.toLowerCase()).not.toContain(secret.toLowerCase());
        parsed(JSON.parse(report));
      }),
      { numRuns: 150 },
    );
  });

  test('has no secret of the files that it was made of', () => {
    const names = ['zqalice', 'zqtower', 'zqS3R1AL', 'zqwifi', 'zqphotos', 'zqwin11', 'zqcomment'];
    const tree = treeOf({
      'proc/cmdline':
        'BOOT_IMAGE=/vmlinuz root=UUID=6f1c1e9e-9d5a-4b3e-8a47-1f2d3c4b5a69 ip=10.1.2.3:::255.0.0.0:zqtower:eth0:off\n',
      'proc/version': 'Linux version 6.1.0 (zqalice@zqtower.example) gcc\n',
      'proc/self/mountinfo':
        '36 1 8:1 / / rw - ext4 /dev/sda1 rw\n37 1 0:40 / /mnt/zqphotos rw - nfs4 zqtower:/zqphotos rw\n',
      'proc/sys/kernel/random/boot_id': '0a1b2c3d-1111-4222-8333-444455556666\n',
      'etc/modprobe.d/vfio.conf': '# zqcomment of zqalice\noptions vfio-pci ids=10de:2684 # zqcomment\n',
      'etc/default/grub':
        'GRUB_CMDLINE_LINUX="cryptdevice=UUID=6f1c1e9e-9d5a-4b3e-8a47-1f2d3c4b5a69:x systemd.hostname=zqtower"\n',
      'etc/libvirt/qemu/zqwin11.xml':
        "<domain type='kvm'><name>zqwin11</name><devices><hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source></hostdev></devices></domain>",
      'etc/udev/rules.d/a.rules':
        'SUBSYSTEM=="usb", ATTR{serial}=="x", ENV{ID_SERIAL}="zqS3R1AL" # 52:54:00:aa:bb:cc\n',
      'cmd/dmesg.txt':
        '[ 1.0] vfio-pci 0000:01:00.0: serial number: zqS3R1AL\n[ 2.0] pci 0000:02:00.0: mac 52:54:00:aa:bb:cc ssid="zqwifi"\n[ 3.0] DMAR: seen by /home/zqalice/x\n',
    });
    const machine = machineFromFiles(tree, shippedNames, { ...file, kind: 'archive', name: 'zqtower.tar.gz' });
    if (isSourceProblem(machine)) throw new Error(machine.detail);
    const plain = JSON.stringify(machine);
    const text = JSON.stringify(redact(machine).machine);
    // Planted where they are read: a test of nothing would pass as well.
    expect(names.filter((name) => plain.includes(name)).length).toBeGreaterThanOrEqual(5);
    for (const secret of [...names, '6f1c1e9e', '0a1b2c3d', '10.1.2.3', '52:54:00']) {
      expect(text.toLowerCase(), secret).not.toContain(secret.toLowerCase());
    }
    expect(text).toContain('10de:2684');
  });

  test('leaves the host’s own name out wherever it stands bare', () => {
    const machine = machineFromFiles(
      treeOf({
        'etc/hostname': 'zqtower\n',
        'proc/sys/kernel/hostname': 'zqtower.zqlan.example\n',
        'proc/mounts': '/dev/mapper/zqtower--vg-root / ext4 rw 0 0\n',
        'etc/default/grub':
          'GRUB_DISTRIBUTOR="zqtower rescue"\nGRUB_CMDLINE_LINUX="root=/dev/mapper/ZQTower--vg-root"\n',
        'cmd/dmesg.txt': '[ 1.0] vfio_pci: zqtower says zqtower-vg is here\n',
      }),
      shippedNames,
      file,
    );
    expect(JSON.stringify(machine).match(/zqtower/gi)?.length).toBeGreaterThanOrEqual(5);
    const { machine: out, replaced: counts } = redact(machine);
    expect(JSON.stringify(out)).not.toMatch(/zqtower|zqlan/i);
    expect('hostName' in out).toBe(false);
    expect(counts.map(({ kind }) => kind)).toContain('host');
    parsed(reportOf(out));
  });

  test('a name that many machines have stays, since leaving it out would tell nothing and garble the rest', () => {
    const machine = machineFromFiles(
      treeOf({ 'etc/hostname': 'pve\n', 'etc/modules': 'vfio-pci\n', 'etc/default/grub': 'GRUB_DISTRIBUTOR="pve"\n' }),
      shippedNames,
      file,
    );
    expect(redact(machine).machine.configFiles).toContainEqual({
      path: '/etc/default/grub',
      content: 'GRUB_DISTRIBUTOR="pve"\n',
    });
  });

  test('knows names that the caller tells, as whole words', () => {
    const log = ['tower: DMAR fault', 'Tower-vg', 'towering'];
    const machine = {
      ...small,
      kernel: { ...small.kernel, log: { known: true, value: log, provenance: 'measured', where: 'x' } as const },
    };
    const { machine: out, replaced: counts } = redact(machine, [{ kind: 'host', name: 'tower' }]);
    expect(out.kernel.log).toMatchObject({ value: ['host-1: DMAR fault', 'host-1-vg', 'towering'] });
    expect(counts).toContainEqual({ kind: 'host', count: 1, names: ['host-1'] });
  });

  test('gives equal names to equal secrets', () => {
    const machine = {
      ...small,
      configFiles: [{ path: '/etc/modules', content: 'a=10.0.0.7 b=10.0.0.8 c=10.0.0.7\n' }],
    };
    const [{ content } = { content: '' }] = redact(machine).machine.configFiles;
    const [a, b, c] = [...content.matchAll(/ipv4-\d+/g)].map(([name]) => name);
    expect(a).toBe(c);
    expect(a).not.toBe(b);
  });

  test.each(['intel-desktop', 'amd-workstation', 'dual-socket-server'])(
    '%s: report, machine, report is the same',
    (name) => {
      const machine = sample(name);
      const once = redact(machine).machine;
      expect(parsed(reportOf(once))).toEqual({
        ...once,
        source: { ...once.source, kind: 'report', name: file.name, readAt: file.readAt },
      });
      const twice = redact(parsed(reportOf(once))).machine;
      expect({ ...twice, source: once.source }).toEqual(once);
      // What decides a passthrough is untouched.
      expect(once.functions).toEqual(machine.functions);
      expect(once.groups).toEqual(machine.groups);
    },
  );
});

describe('an IPv6 address', () => {
  test.each(['fe80::1', '2001:db8::', '1:2:3:4:5:6:7:8', '::ffff:10.0.0.1'])('%s', (text) =>
    expect(isIpv6(text)).toBe(true),
  );
  test.each(['0000:01:00.0', '12:34:56', '::', '1:2:3:4:5:6:7:8:9', '1::2::3', '10de:2684'])('%s is none', (text) =>
    expect(isIpv6(text)).toBe(false),
  );
});
