import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IvhdEntry } from '../../main/machine/acpi/ivhd-entries.ts';
import { access, noPasid } from '../../main/remapping/access.ts';
import { decodeFeatures } from '../../main/remapping/amdvi/features.ts';
import { kernelLine } from '../../main/remapping/amdvi/kernel-log.ts';
import { register, status } from '../../main/remapping/amdvi/registers.ts';
import { AmdUnit } from '../../main/remapping/amdvi/unit.ts';
import { parseAddress } from '../../main/machine/address.ts';
import { quadOf } from '../../main/remapping/core/quad.ts';
import { PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';
import { AmdDriver } from '../../main/remapping/platform/amd-driver.ts';
import type { Firmware } from '../../main/remapping/platform/amd-driver.ts';
import { firmwareDevices } from '../../main/remapping/platform/ivhd-devices.ts';
import { qemuEfr, requester } from './kit/amd-bench.ts';

const noDevices = { settings: new Map<number, number>(), aliases: new Map<number, number>() };

function driven(firmware?: Firmware, efr = qemuEfr) {
  const unit = new AmdUnit(decodeFeatures(quadOf(efr), quadOf(0n)), new PhysicalMemory(2 ** 36));
  const driver = new AmdDriver(unit, 2 ** 32, firmware);
  const domain = driver.createDomain();
  driver.attach(requester, domain);
  const reach = (iova: number, source = requester, bits: number = access.read): number | null =>
    unit.translate(source, noPasid, Math.floor(iova / 2 ** 32), iova | 0, bits) === 0
      ? (unit.dma.outHi >>> 0) * 2 ** 32 + (unit.dma.outLo >>> 0)
      : null;
  return { unit, driver, domain, reach };
}

const rights = { read: true, write: true };

describe('what a driver does', () => {
  test('random maps and unmaps with every page size agree with a flat table', () => {
    const { unit, driver, domain, reach } = driven();
    const flat = new Map<number, number>();
    const pages = 64;
    const steps = fc.sample(
      fc.record({
        page: fc.nat({ max: pages - 1 }),
        count: fc.constantFrom(1, 2, 4, 8, 16),
        target: fc.nat({ max: 99 }),
        largest: fc.integer({ min: 12, max: 16 }),
        map: fc.boolean(),
      }),
      { numRuns: 400, seed: 11 },
    );
    for (const { page, count, target, largest, map } of steps) {
      // A run of a larger page is taken away whole, as Linux does.
      const first = page - (page % 16);
      const last = Math.min(pages, first + 16);
      driver.unmap(domain, first * 4096, (last - first) * 4096);
      for (let at = first; at < last; at++) flat.delete(at);
      const from = page - (page % count);
      if (map) {
        const physical = 2 ** 33 + target * 65_536 + (from % 16) * 4096;
        driver.map(domain, { ...rights, iova: from * 4096, physical, bytes: count * 4096, largestBits: largest });
        for (let at = from; at < from + count; at++) flat.set(at, physical + (at - from) * 4096);
      }
      for (let at = 0; at < pages; at++) expect(reach(at * 4096)).toBe(flat.get(at) ?? null);
    }
    expect(unit.readRegister(register.STATUS) & status.commandRun).toBe(status.commandRun);
  });

  test('it takes the largest page that fits, but none of 512 GiB', () => {
    const { unit, driver, domain, reach } = driven();
    driver.map(domain, { ...rights, iova: 0, physical: 2 ** 33, bytes: 2 ** 25, largestBits: 51 });
    expect(reach(2 ** 24)).toBe(2 ** 33 + 2 ** 24);
    expect(unit.dma.outBits).toBe(25);
    const wide = driver.createDomain(5);
    driver.attach(0x21, wide);
    driver.map(wide, { ...rights, iova: 2 ** 39, physical: 0, bytes: 2 ** 39, largestBits: 39 });
    expect(reach(2 ** 39 + 4096, 0x21)).toBe(4096);
    expect(unit.dma.outBits).toBe(38);
  });

  test('nothing passes before it is attached, and an unmapped page is stale until it is flushed', () => {
    const { unit, driver, domain, reach } = driven();
    expect(reach(0x1000, 0x99)).toBeNull();
    expect(unit.events.flags).toBe(0x50);
    driver.map(domain, { ...rights, iova: 0, physical: 2 ** 33, bytes: 8192, largestBits: 12 });
    expect(reach(0)).toBe(2 ** 33);
    driver.unmap(domain, 0, 8192, true);
    expect(reach(0)).toBe(2 ** 33);
    driver.flush(domain, 0, 8192);
    expect(reach(0)).toBeNull();
  });

  test('interrupts go through the device’s own table, 128 or 32 bits an entry', () => {
    for (const efr of [qemuEfr, qemuEfr & ~(1n << 7n)]) {
      const { unit, driver } = driven(undefined, efr);
      driver.route(requester, 7, 0x41, 5);
      driver.route(0x21, 7, 0x51, 1);
      const { address, data } = driver.messageFor(7);
      expect(unit.interrupt(requester, 0, address | 0, data)).toBe(0);
      expect(unit.interrupts.delivered).toMatchObject({ vector: 0x41, destination: 5 });
      expect(unit.interrupt(0x21, 0, address | 0, data)).toBe(0);
      expect(unit.interrupts.delivered).toMatchObject({ vector: 0x51, destination: 1 });
      expect(unit.interrupt(requester, 0, address | 0, 8)).toBe(2);
    }
  });

  test('213 · unity ranges of the firmware are mapped one to one for the devices that they name', () => {
    const unity = [
      { first: requester, last: requester, start: 0x7f00_0000, bytes: 0x20_0000, read: true, write: false },
    ];
    const { unit, driver, domain, reach } = driven({ devices: noDevices, unity });
    expect(reach(0x7f12_3000)).toBe(0x7f12_3000);
    expect(reach(0x7f12_3000, requester, access.write)).toBeNull();
    expect(unit.events.flags).toBe(0x70);
    const other = driver.createDomain();
    driver.attach(0x21, other);
    expect(reach(0x7f12_3000, 0x21)).toBeNull();
    expect(domain.levels).toBe(3);
  });
});

describe('what the firmware says of devices', () => {
  const entry = (type: number, deviceId: number, dataSetting = 0, sourceDeviceId?: number): IvhdEntry => ({
    type,
    deviceId,
    dataSetting,
    ...(sourceDeviceId === undefined ? {} : { sourceDeviceId }),
  });

  test('214 · START to END gives every device of the range its settings, and an alias the same', () => {
    const { settings, aliases } = firmwareDevices([
      entry(0x02, 0x10, 0x07),
      entry(0x03, 0x20, 0xc0),
      entry(0x04, 0x22),
      entry(0x43, 0x40, 0x10, 0x48),
      entry(0x04, 0x41),
      entry(0x42, 0x60, 0x01, 0x68),
      entry(0x47, 0x80, 0x04),
      entry(0x04, 0x80),
      entry(0x48, 0, 0x05, 0xa0),
      entry(0x46, 0xc0, 0x02),
      entry(0xf0, 0xd0, 0x03),
      // An end without a start, and a type that nobody knows, change nothing.
      entry(0x04, 0xff),
      entry(0x05, 0xff),
    ]);
    expect([...settings]).toEqual([
      [0x10, 0x07],
      [0x20, 0xc0],
      [0x21, 0xc0],
      [0x22, 0xc0],
      [0x40, 0x10],
      [0x41, 0x10],
      [0x48, 0x10],
      [0x60, 0x01],
      [0x68, 0x01],
      [0x80, 0x04],
      [0xa0, 0x05],
      [0xc0, 0x02],
      [0xd0, 0x03],
    ]);
    expect([...aliases]).toEqual([
      [0x40, 0x48],
      [0x41, 0x48],
      [0x60, 0x68],
    ]);
    expect(firmwareDevices([entry(0x01, 0, 0x20)], 3).settings.size).toBe(4);
  });

  test('214 · the settings are bits of the device table entry, and an alias is attached with its device', () => {
    const devices = firmwareDevices([entry(0x42, requester, 0xf7, 0x28)]);
    const { unit, driver, domain, reach } = driven({ devices, unity: [] });
    driver.map(domain, { ...rights, iova: 0, physical: 2 ** 33, bytes: 4096, largestBits: 12 });
    expect(reach(0, 0x28)).toBe(2 ** 33);
    for (const source of [requester, 0x28]) {
      unit.devices.find(source, null);
      const { initPasses, externalPasses, nmiPasses, words } = unit.devices;
      expect([initPasses, externalPasses, nmiPasses]).toEqual([true, true, true]);
      // SysMgt 105:104 and LINT1, LINT0 191:190.
      expect([((words[3] ?? 0) >>> 8) & 3, (words[5] ?? 0) >>> 30]).toEqual([3, 3]);
    }
    driver.route(requester, 1, 0x41, 2);
    unit.devices.find(requester, null);
    expect(unit.devices.nmiPasses).toBe(true);
    driver.attach(0x30, domain);
    expect(reach(0, 0x30)).toBe(2 ** 33);
  });
});

test('the kernel’s lines', () => {
  const source = parseAddress('0000:01:00.0');
  if (source === null) throw new Error('address');
  const line = (code: number, flags: number): string =>
    kernelLine({ code, source, space: 14, flags, addressHi: 1, addressLo: 0xb8001000 | 0, driver: 'vfio-pci' });
  expect(line(2, 0x20)).toBe(
    'vfio-pci 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000e address=0x1b8001000 flags=0x0020]',
  );
  expect(line(1, 0x80)).toBe(
    'AMD-Vi: Event logged [ILLEGAL_DEV_TABLE_ENTRY device=0000:01:00.0 pasid=0x0000e address=0x1b8001000 flags=0x0080]',
  );
  expect(line(3, 0x400)).toBe(
    'AMD-Vi: Event logged [DEV_TAB_HARDWARE_ERROR device=0000:01:00.0 address=0x1b8001000 flags=0x0400]',
  );
  expect(line(4, 0x400)).toContain('[PAGE_TAB_HARDWARE_ERROR device=0000:01:00.0 pasid=0x000e address=');
  expect(line(8, 0xa00)).toContain('[INVALID_DEVICE_REQUEST device=0000:01:00.0 pasid=0x0000e address=');
});
