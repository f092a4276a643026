import { describe, expect, test } from 'vitest';
import { access } from '../../main/remapping/access.ts';
import { control, register, status } from '../../main/remapping/amdvi/registers.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import {
  allPages,
  AmdBench,
  command,
  commandBuffer,
  domain,
  eventLog,
  fullEfr,
  next,
  PR,
  qemuEfr,
  requester,
  RW,
} from './kit/amd-bench.ts';

describe('registers', () => {
  test('a fresh unit: EFR as given, STATUS 0, buffers of 256 entries; read-only registers stay', () => {
    const bench = new AmdBench();
    expect(bench.get64(register.EFR)).toBe(qemuEfr);
    expect(bench.status).toBe(0);
    expect(bench.get64(register.CMD_BASE)).toBe(8n << 56n);
    bench.set64(register.EFR, 0n);
    bench.set64(register.STATUS, -1n & 0xffff_ffffn);
    expect(bench.get64(register.EFR)).toBe(qemuEfr);
    expect(bench.status).toBe(0);
  });

  test('reserved bits read back 0, and those of features that the unit lacks', () => {
    const ones = 0xffff_ffff_ffff_ffffn;
    const bench = new AmdBench();
    for (const [offset, kept] of [
      [register.DEV_TABLE, 0x000f_ffff_ffff_f1ffn],
      [register.CMD_BASE, 0x0f0f_ffff_ffff_f000n],
      [register.EXCL_BASE, 0x000f_ffff_ffff_f003n],
      [register.EXCL_LIMIT, 0x000f_ffff_ffff_f000n],
      [register.CMD_HEAD, 0x7fff0n],
      [register.GA_BASE, 0n],
      [register.MSI_DATA + 4, 0n],
    ] as const) {
      bench.set64(offset, ones);
      expect(bench.get64(offset)).toBe(kept);
    }
    bench.set64(register.CONTROL, ones);
    // GA and GT are there, guest vAPIC, X2APIC and 2048 interrupts are not.
    expect(bench.get64(register.CONTROL)).toBe((0x3ffffn & ~(1n << 13n) & ~(1n << 14n) & ~(1n << 15n)) | 0xe000n);
  });

  test('run bits follow CONTROL', () => {
    const bench = new AmdBench().start();
    expect(bench.status).toBe(status.commandRun | status.eventRun);
    bench.set64(register.CONTROL, BigInt(control.enable | control.commands));
    expect(bench.status).toBe(status.commandRun);
    bench.set64(register.CONTROL, BigInt(control.commands));
    expect(bench.status).toBe(0);
  });
});

describe('command buffer', () => {
  test('196 · the head goes back to 0 at the end of the buffer', () => {
    const bench = new AmdBench().start();
    for (let round = 0; round < 513; round++) bench.submit(command.wait(0x7000n, BigInt(round)));
    expect(bench.get64(register.CMD_HEAD)).toBe(16n);
    expect(bench.read(0x7000n)).toBe(512n);
    const short = new AmdBench().start();
    short.set64(register.CMD_BASE, commandBuffer | (8n << 56n));
    for (let slot = 0n; slot < 256n; slot++) short.write(commandBuffer + slot * 16n, ...command.wait(0x7000n, slot));
    short.unit.writeRegister(register.CMD_TAIL, 255 * 16);
    short.unit.writeRegister(register.CMD_TAIL, 0);
    expect([short.get64(register.CMD_HEAD), short.read(0x7000n)]).toEqual([0n, 255n]);
  });

  test('204 · pages of a domain: one, a run by S, all by the code that Linux writes', () => {
    const bench = new AmdBench({ caches: { pageEntries: 64, pageWays: 64 } }).start();
    const pages = Array.from({ length: 8 }, (_, index) => 0x40000n + BigInt(index) * 0x1000n);
    const known = (): boolean[] => {
      const { pages: cache } = bench.unit;
      return pages.map((page) => cache.find(domain, 0, 0, Number(page)) >= 0);
    };
    const fill = (): void => pages.forEach((page) => bench.translated(page));
    pages.forEach((page) => bench.map(page, page + 0x1000000n));
    const after = (flags: bigint, address: bigint, did = domain): string => {
      fill();
      bench.submit(command.pages(did, address, flags));
      return known().map(Number).join('');
    };
    expect(after(0n, 0x42000n)).toBe('11011111');
    expect(after(1n, 0x42000n)).toBe('11001111');
    expect(after(1n, 0x41000n)).toBe('00001111');
    expect(after(1n, 0x43000n)).toBe('00000000');
    expect(after(0n, 0x42000n, domain + 1)).toBe('11111111');
    expect(after(0n, allPages)).toBe('00000000');
  });

  test('204 · a page inside a large one drops it whole; a stale answer is the old one until then', () => {
    const bench = new AmdBench().start();
    bench.map(0x200000n, 0x600000n, { level: 2 });
    expect(bench.translated(0x212345n)).toBe(0x612345n);
    bench.map(0x200000n, 0x800000n, { level: 2 });
    expect(bench.translated(0x212345n)).toBe(0x612345n);
    bench.submit(command.pages(domain, 0x3ff000n));
    expect(bench.translated(0x212345n)).toBe(0x812345n);
  });

  test('205 · INVALIDATE_DEVTAB_ENTRY drops the device’s entry only: pages of its domain stay, and other devices’ entries', () => {
    const bench = new AmdBench().start();
    bench.map(0x30000n, 0x5000n);
    bench.translated(0x30000n);
    bench.device({ source: 0x21, mode: 0n });
    bench.translated(0x30000n, 'read', 0x21);
    bench.device({ mode: 0n });
    bench.device({ source: 0x21 });
    expect(bench.translated(0x30000n)).toBe(0x5000n);
    bench.submit(command.device(requester));
    expect(bench.translated(0x31000n)).toBe(0x31000n);
    expect(bench.translated(0x31000n, 'read', 0x21)).toBe(0x31000n);
    bench.device({ rights: 0n });
    bench.submit(command.device(requester));
    bench.device();
    bench.submit(command.device(requester));
    expect(bench.unit.pages.used).toBe(1);
  });

  test('206 · COMPLETION_WAIT stores its data, and raises the interrupt where it and CONTROL ask for it', () => {
    const bench = new AmdBench().start();
    bench.submit(command.wait(0x7008n, 0x1122334455667788n));
    expect(bench.read(0x7008n)).toBe(0x1122334455667788n);
    expect([bench.status & status.waitInterrupt, bench.messages.length]).toEqual([0, 0]);
    bench.submit(command.wait(0x7010n, 5n, 2n));
    expect(bench.read(0x7010n)).toBe(0n);
    expect(bench.status & status.waitInterrupt).toBe(status.waitInterrupt);
    expect(bench.messages).toEqual([{ address: 0xfee00000n, data: 0x22 }]);
    bench.unit.writeRegister(register.STATUS, status.waitInterrupt);
    expect(bench.status & status.waitInterrupt).toBe(0);
  });

  test('206 · a store that memory refuses is COMMAND_HARDWARE_ERROR, and the buffer stops there', () => {
    const bench = new AmdBench().start();
    bench.submit(command.wait(0x9000000n, 1n));
    expect(bench.event).toMatchObject({ code: 6, flags: 0x200, address: 0x9000000n });
    expect([bench.commandsRun, bench.get64(register.CMD_HEAD)]).toEqual([false, 0n]);
  });

  const illegal: [string, [bigint, bigint]][] = [
    ['opcode 0', [0n, 0n]],
    ['opcode 9', [9n << 60n, 0n]],
    ['wait, bit 52', [(1n << 60n) | (1n << 52n), 0n]],
    ['device entry, bit 16', [(2n << 60n) | (1n << 16n), 0n]],
    ['device entry, operand', [2n << 60n, 1n]],
    ['pages, bit 20', [(3n << 60n) | (1n << 20n), 0n]],
    ['pages, bit 48', [(3n << 60n) | (1n << 48n), 0n]],
    ['pages, bit 67', [3n << 60n, 8n]],
    ['device cache, bit 65', [4n << 60n, 2n]],
    ['interrupt table, bit 16', [(5n << 60n) | (1n << 16n), 0n]],
    ['prefetch, bit 16', [(6n << 60n) | (1n << 16n), 0n]],
    ['page answer, bit 64', [7n << 60n, 1n]],
    ['everything, bit 0', [(8n << 60n) | 1n, 0n]],
  ];
  for (const [name, words] of illegal)
    test(`207 · ${name} is ILLEGAL_COMMAND_ERROR: the head stops on it until the buffer is turned off and on`, () => {
      const bench = new AmdBench().start();
      bench.submit(command.wait(0x7000n, 1n), words, command.wait(0x7000n, 2n));
      expect(bench.event).toEqual({ code: 5, flags: 0, space: 0, source: 0, address: commandBuffer + 16n });
      expect([bench.get64(register.CMD_HEAD), bench.commandsRun, bench.read(0x7000n)]).toEqual([16n, false, 1n]);
      bench.unit.writeRegister(register.CMD_TAIL, 48);
      expect(bench.read(0x7000n)).toBe(1n);
      // Linux amd_iommu_reset_cmd_buffer: off, head and tail 0, on.
      const on = bench.unit.readRegister(register.CONTROL);
      bench.unit.writeRegister(register.CONTROL, on & ~control.commands);
      bench.write(commandBuffer + 16n, ...command.wait(0x7000n, 3n));
      bench.unit.writeRegister(register.CONTROL, on);
      expect([bench.commandsRun, bench.read(0x7000n)]).toEqual([true, 2n]);
    });

  test('commands of features that the unit lacks are illegal', () => {
    for (const [bit, words] of [
      [0n, command.prefetch(requester, 0x30000n, 1)],
      [1n, command.pageAnswer(requester, 1, 0, null)],
      [6n, command.all()],
    ] as const) {
      const bench = new AmdBench({ efr: qemuEfr & ~(1n << bit) }).start();
      bench.submit(words);
      expect(bench.event.code).toBe(5);
    }
  });

  test('INVALIDATE_IOMMU_ALL forgets everything; device caches have nothing to forget; prefetch fills', () => {
    const bench = new AmdBench().start();
    bench.map(0x30000n, 0x5000n);
    bench.map(0x31000n, 0x6000n);
    bench.submit(command.prefetch(requester, 0x30000n, 3));
    expect([bench.unit.pages.used, bench.events]).toEqual([2, 0]);
    const walked = bench.unit.hostWalk.reads;
    expect(bench.translated(0x31000n)).toBe(0x6000n);
    expect(bench.unit.hostWalk.reads).toBe(walked);
    bench.submit(command.prefetch(requester, 0x30000n, 1, 1n << 4n));
    expect(bench.unit.hostWalk.reads).toBe(walked + 4);
    bench.submit(command.deviceCache(requester, 0x30000n));
    expect(bench.unit.pages.used).toBe(2);
    bench.submit(command.all());
    expect([bench.unit.pages.used, bench.unit.devices.cache.used]).toEqual([0, 0]);
  });
});

describe('event log', () => {
  test('208 · full: overflow and no run bit, one entry stays free; off, cleared and on again it goes on', () => {
    const bench = new AmdBench().start();
    bench.set64(register.EVT_BASE, eventLog | (8n << 56n));
    for (let round = 0; round < 255; round++) expect(bench.dma(0x30000n)).toBe(2);
    expect([bench.status & status.eventOverflow, bench.get64(register.EVT_TAIL)]).toEqual([0, 255n * 16n]);
    const sent = bench.messages.length;
    expect(bench.dma(0x31000n)).toBe(2);
    expect(bench.unit.dma.recorded).toBe(false);
    expect(bench.status & (status.eventOverflow | status.eventRun)).toBe(status.eventOverflow);
    expect(bench.messages.length).toBe(sent + 1);
    // Reading some of it does not help before the log is started again (Linux amd_iommu_restart_event_logging).
    bench.unit.writeRegister(register.EVT_HEAD, 0x100);
    bench.dma(0x31000n);
    expect(bench.get64(register.EVT_TAIL)).toBe(255n * 16n);
    const on = bench.unit.readRegister(register.CONTROL);
    bench.unit.writeRegister(register.CONTROL, on & ~control.eventLog);
    bench.unit.writeRegister(register.STATUS, status.eventOverflow);
    bench.unit.writeRegister(register.CONTROL, on);
    bench.dma(0x32000n);
    expect(bench.unit.dma.recorded).toBe(true);
    expect(bench.get64(register.EVT_TAIL)).toBe(0n);
    expect(bench.eventAt(255 * 16)).toMatchObject({ code: 2, address: 0x32000n });
  });

  test('120 · memory that refuses the entry stops the log: the run bit clears, and the tail stays', () => {
    const bench = new AmdBench().start();
    bench.unit.memory.inject = (_, __, write) => (write ? memoryStatus.denied : memoryStatus.ok);
    expect(bench.dma(0x30000n)).toBe(2);
    expect(bench.unit.dma.recorded).toBe(false);
    expect([bench.status & status.eventRun, bench.get64(register.EVT_TAIL)]).toEqual([0, 0n]);
    bench.unit.memory.inject = null;
    bench.dma(0x30000n);
    expect(bench.events).toBe(0);
  });

  test('the interrupt is sent once an entry, where EventIntEn is on, and by the message of the registers where there are any', () => {
    const bench = new AmdBench({ efr: fullEfr }).start();
    bench.unit.writeRegister(register.MSI_ADDRESS, 0xfee05000 | 0);
    bench.unit.writeRegister(register.MSI_DATA, 0x41);
    bench.dma(0x30000n);
    expect(bench.status & status.eventInterrupt).toBe(status.eventInterrupt);
    expect(bench.messages).toEqual([{ address: 0xfee05000n, data: 0x41 }]);
    bench.unit.writeRegister(register.CONTROL, bench.unit.readRegister(register.CONTROL) & ~control.eventInterrupt);
    bench.dma(0x30000n);
    expect([bench.messages.length, bench.events]).toEqual([1, 2]);
  });

  test('hardware errors stand in the error registers too: the first is held, and a second noted', () => {
    const bench = new AmdBench().start({ root: 0x9000000n });
    expect(bench.dma(0x30000n, 'write')).toBe(4);
    expect(bench.event).toMatchObject({ code: 4, flags: 0x220, space: domain, address: 0x9000000n });
    expect(bench.get64(register.HW_EVENT_HI) >> 60n).toBe(4n);
    expect(bench.get64(register.HW_EVENT_LO)).toBe(0x9000000n);
    expect(bench.unit.readRegister(register.HW_EVENT_STATUS)).toBe(1);
    bench.dma(0x30000n);
    expect(bench.unit.readRegister(register.HW_EVENT_STATUS)).toBe(3);
    bench.unit.writeRegister(register.HW_EVENT_STATUS, 3);
    expect(bench.unit.readRegister(register.HW_EVENT_STATUS)).toBe(0);
  });
});

describe('page requests', () => {
  const pageLog = 0xc000n;
  const ready = (extra = 1n << 52n): AmdBench => {
    const more = BigInt(control.pageLog | control.pageInterrupt | control.pageRequests);
    const bench = new AmdBench({ efr: fullEfr });
    bench.set64(register.PPR_BASE, pageLog | (8n << 56n));
    return bench.start({ extra: [extra, 0n, 0n, 0n] }, more);
  };
  const request = {
    source: requester,
    pasid: 0x3_1234,
    hi: 0,
    lo: 0x30abc,
    bits: access.read | access.write,
    tag: 0x155,
  };

  test('a request is a log entry with device, PASID, tag and flags, and an interrupt; the answer reaches the device', () => {
    const bench = ready();
    expect(bench.unit.pageRequest(request)).toBe(true);
    const low = bench.read(pageLog);
    expect(low >> 60n).toBe(1n);
    expect((low >> 48n) & 0xfffn).toBe(0x164n);
    expect([low & 0xffffn, (low >> 16n) & 0xffffn, (low >> 42n) & 0xfn, (low >> 32n) & 0x3ffn]).toEqual([
      BigInt(requester),
      0x1234n,
      3n,
      0x155n,
    ]);
    expect(bench.read(pageLog + 8n)).toBe(0x30000n);
    expect(bench.status & (status.pageInterrupt | status.pageRun)).toBe(status.pageInterrupt | status.pageRun);
    expect(bench.get64(register.PPR_TAIL)).toBe(16n);
    bench.submit(command.pageAnswer(requester, 0x155, 0, 0x3_1234));
    expect(bench.unit.pageRequests.answer).toEqual({ source: requester, pasid: 0x3_1234, tag: 0x155, response: 0 });
    bench.submit(command.pageAnswer(requester, 2, 15, null));
    expect(bench.unit.pageRequests.answer).toEqual({ source: requester, pasid: -1, tag: 2, response: 15 });
  });

  test('PPR=0 in the entry is INVALID_PPR_REQUEST with tag and PASID, and the device is told', () => {
    const bench = ready(0n);
    expect(bench.unit.pageRequest(request)).toBe(false);
    const low = bench.read(eventLog);
    expect([low >> 60n, (low >> 16n) & 0xffffn, (low >> 42n) & 0xfn, (low >> 32n) & 0x3ffn]).toEqual([
      9n,
      0x1234n,
      3n,
      0x155n,
    ]);
    expect(bench.unit.pageRequests.answer?.response).toBe(1);
  });

  test('a full log overflows, and the device is told', () => {
    const bench = ready();
    for (let round = 0; round < 255; round++) expect(bench.unit.pageRequest({ ...request, pasid: -1 })).toBe(true);
    expect(bench.unit.pageRequest(request)).toBe(false);
    expect(bench.status & (status.pageOverflow | status.pageRun)).toBe(status.pageOverflow);
  });
});

test('an entry that was not present is never cached: mapping needs no invalidation', () => {
  const bench = new AmdBench().start();
  expect(bench.dma(0x30000n)).toBe(2);
  bench.map(0x30000n, 0x5000n);
  expect(bench.translated(0x30000n)).toBe(0x5000n);
  bench.write(bench.entry(0x200000n, 2), 0x600000n | PR | RW | next(0));
  expect(bench.translated(0x200000n)).toBe(0x600000n);
});
