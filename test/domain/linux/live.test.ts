import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { linesOfRecord, readKernelLog } from '../../../main/linux/kernel-log.ts';
import { openLive } from '../../../main/linux/live.ts';
import { machineFromFiles } from '../../../main/machine/from-files.ts';
import { machineShape } from '../../../main/machine/machine.ts';
import { noNames } from '../../hosts/machine.ts';

const devices = '/sys/bus/pci/devices';
const now = '2026-01-01T00:00:00.000Z';

describe.skipIf(!existsSync(devices))('this very host (skipped where it has no PCI bus)', () => {
  const look = async () => {
    const content = await openLive(now);
    if (!('kind' in content) || content.kind !== 'files') throw new Error(JSON.stringify(content));
    return machineFromFiles(content.tree, noNames, content.from);
  };

  test('its functions are those that the kernel lists, with their ids', async () => {
    const machine = await look();
    expect(v.safeParse(machineShape, machine).issues).toBeUndefined();
    expect(machine.functions.map(({ address }) => address as string).sort()).toEqual(readdirSync(devices).sort());
    for (const fn of machine.functions) {
      const word = readFileSync(`${devices}/${fn.address}/vendor`, 'utf8').trim();
      expect(fn.ids.known && fn.ids.value.vendor).toBe(Number(word));
    }
    expect(machine.source).toMatchObject({ kind: 'live', readAt: now });
  });

  test('the kernel’s release and command line are today’s', async () => {
    const { kernel } = await look();
    expect(kernel.release).toMatchObject({ value: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim() });
    expect(kernel.commandLine).toMatchObject({ value: readFileSync('/proc/cmdline', 'utf8').trim() });
  });

  test('two looks are of one machine', async () => {
    expect((await look()).identity).toEqual((await look()).identity);
  });
});

describe('the kernel’s log', () => {
  test('records become lines as dmesg prints them, properties left out', () => {
    expect(
      linesOfRecord(
        '6,339,5140900,-;pci 0000:01:00.0: Adding to iommu group 1\n SUBSYSTEM=pci\n DEVICE=+pci:0000:01:00.0\n',
      ),
    ).toEqual(['[    5.140900] pci 0000:01:00.0: Adding to iommu group 1']);
    expect(linesOfRecord('4,1,12345000001,c,caller=T1;a\\x09b')).toEqual(['[12345.000001] a\tb']);
    expect(linesOfRecord('no record')).toEqual([]);
  });

  test('a closed or absent device is null', async () => {
    expect(await readKernelLog('/nonexistent')).toBeNull();
  });
});
