import { describe, expect, test } from 'vitest';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, descriptor, domain, PS, qemuCap, qemuEcap, requester, RW } from './kit/bench.ts';

const status = 0x7000n;
const cachingMode = qemuCap | (1n << 7n);
const withoutPsi = qemuCap & ~(1n << 39n);
const withDeviceTlb = qemuEcap | (1n << 2n);

/** A page that is cached as 5000h and says 6000h in the table by now. */
function stale(options: ConstructorParameters<typeof Bench>[0] = {}): Bench {
  const bench = new Bench(options).start();
  bench.map(0x30000n, 0x5000n);
  expect(bench.translated(0x30000n)).toBe(0x5000n);
  bench.map(0x30000n, 0x6000n);
  return bench;
}
const seen = (bench: Bench): bigint => bench.translated(0x30000n);
const grain = (bench: Bench, offset: number, shift: number): number => (bench.get32(offset) >>> shift) & 3;
const iotlbRegister = (bench: Bench): number => bench.unit.capabilities.iotlbRegisters + 12;

describe('invalidation', () => {
  test('121 · a changed leaf counts after page-selective invalidation', () => {
    const bench = stale();
    expect(seen(bench)).toBe(0x5000n);
    bench.iotlbCommand(3, domain, 0x30000n);
    expect(seen(bench)).toBe(0x6000n);
  });

  test('122 · page-selective for another domain changes nothing', () => {
    const bench = stale();
    bench.iotlbCommand(3, domain + 1, 0x30000n);
    expect(seen(bench)).toBe(0x5000n);
  });

  test('123 · domain-selective takes all of that domain and nothing of another', () => {
    const bench = stale();
    bench.iotlbCommand(2, domain + 1);
    expect(seen(bench)).toBe(0x5000n);
    bench.iotlbCommand(2, domain);
    expect(seen(bench)).toBe(0x6000n);
  });

  test('124 · global takes everything', () => {
    const bench = stale();
    bench.iotlbCommand(1);
    expect(seen(bench)).toBe(0x6000n);
    expect(bench.unit.iotlb.used).toBe(1);
  });

  test('125 · AM names 2^AM aligned pages; the page beside them stays', () => {
    for (const order of [0, 1, 2, 3, 4]) {
      const bench = new Bench({ caches: { iotlbEntries: 64, iotlbWays: 64 } }).start();
      for (let page = 0n; page < 32n; page++) {
        bench.map(page << 12n, 0x100000n + (page << 12n));
        bench.translated(page << 12n);
      }
      bench.iotlbCommand(3, domain, 16n << 12n, order);
      expect(bench.unit.iotlb.used).toBe(32 - 2 ** order);
      const walked = bench.unit.walk.reads;
      bench.translated(15n << 12n);
      expect(bench.unit.walk.reads).toBe(walked);
      bench.translated(BigInt(16 + 2 ** order - 1) << 12n);
      expect(bench.unit.walk.reads).toBeGreaterThan(walked);
    }
  });

  test('126 · a page inside a large entry drops the whole entry', () => {
    const bench = new Bench().start();
    bench.map(0x200000n, 0x600000n, { level: 2 });
    bench.translated(0x200000n);
    bench.write(bench.entry(0x200000n, 2), 0x800000n | RW | PS);
    bench.iotlbCommand(3, domain, 0x3ff000n);
    expect(bench.translated(0x200000n)).toBe(0x800000n);
  });

  test('127 · AM beyond MAMV, or no page-selective support, becomes a domain invalidation and says so', () => {
    for (const bench of [stale(), stale({ cap: withoutPsi })]) {
      bench.iotlbCommand(3, domain, 0x7000000n, 19);
      expect(grain(bench, iotlbRegister(bench), 25)).toBe(2);
      expect(seen(bench)).toBe(0x6000n);
    }
  });

  test('128 · IH keeps what leads to the tables: an edit above the leaf needs an invalidation without it', () => {
    const bench = new Bench().start();
    bench.map(0x30000n, 0x5000n);
    const directory = bench.entry(0x30000n, 2);
    bench.write(0x60000n + 0x30n * 8n, 0x6000n | RW);
    expect(seen(bench)).toBe(0x5000n);
    bench.write(directory, 0x60000n | RW);
    const reads = bench.unit.walk.reads;
    bench.iotlbCommand(3, domain, 0x30000n, 0, true);
    expect(seen(bench)).toBe(0x5000n);
    expect(bench.unit.walk.reads).toBe(reads + 1);
    bench.iotlbCommand(3, domain, 0x30000n);
    expect(seen(bench)).toBe(0x6000n);
    expect(bench.unit.walk.reads).toBe(reads + 5);
  });

  test('128 · IH is enough after an edit of the leaf, through the queue too', () => {
    const bench = stale();
    bench.startQueue();
    const [low, high] = descriptor.iotlb(3, domain, 0x30000n);
    bench.submit([low, high | 0x40n]);
    expect(seen(bench)).toBe(0x6000n);
  });

  test.each([
    ['another domain', (bench: Bench) => bench.iotlbCommand(2, domain + 1), 0x5000n],
    ['a page that another entry leads to', (bench: Bench) => bench.iotlbCommand(3, domain, 0x200000n), 0x5000n],
    ['a page beside it below the same entry', (bench: Bench) => bench.iotlbCommand(3, domain, 0x31000n), 0x6000n],
    ['the domain', (bench: Bench) => bench.iotlbCommand(2, domain), 0x6000n],
    ['everything', (bench: Bench) => bench.iotlbCommand(1), 0x6000n],
  ])('paging structures: an invalidation of %s', (_, invalidate, expected) => {
    const bench = new Bench().start();
    bench.map(0x30000n, 0x5000n);
    bench.write(0x60000n + 0x30n * 8n, 0x6000n | RW);
    expect(seen(bench)).toBe(0x5000n);
    bench.write(bench.entry(0x30000n, 2), 0x60000n | RW);
    // The page itself is forgotten, what leads to it is not.
    bench.iotlbCommand(3, domain, 0x30000n, 0, true);
    invalidate(bench);
    expect(seen(bench)).toBe(expected);
  });

  test('paging structures: no mixture of an old entry and a table that was written since', () => {
    const bench = new Bench().start();
    bench.map(0x30000n, 0x5000n);
    const old = bench.entry(0x30000n, 1);
    bench.write(0x60000n + 0x30n * 8n, 0x6000n | RW);
    expect(seen(bench)).toBe(0x5000n);
    bench.write(bench.entry(0x30000n, 2), 0x60000n | RW);
    bench.write(old, 0x7000n | RW);
    bench.iotlbCommand(3, domain, 0x30000n, 0, true);
    expect(seen(bench)).toBe(0x6000n);
  });

  test('129 · IAIG and CAIG report what was done; IVT and ICC are 0 again', () => {
    for (const asked of [1, 2, 3]) {
      const bench = stale();
      bench.iotlbCommand(asked, domain, 0x30000n);
      expect(grain(bench, iotlbRegister(bench), 25)).toBe(asked);
      expect(bench.get32(iotlbRegister(bench)) >>> 31).toBe(0);
      bench.contextCommand(asked, domain, requester);
      expect(grain(bench, register.CCMD + 4, 27)).toBe(asked);
      expect(bench.get32(register.CCMD + 4) >>> 31).toBe(0);
    }
    const nothing = stale();
    nothing.iotlbCommand(0, domain);
    nothing.contextCommand(0, domain);
    expect(grain(nothing, iotlbRegister(nothing), 25)).toBe(0);
    expect(grain(nothing, register.CCMD + 4, 27)).toBe(0);
    expect(seen(nothing)).toBe(0x5000n);
  });

  test('130 · through the registers nothing is invalidated while the queue is on (QEMU leaves IVT at 1)', () => {
    const bench = stale();
    bench.startQueue();
    bench.iotlbCommand(1);
    bench.contextCommand(1);
    expect(grain(bench, iotlbRegister(bench), 25)).toBe(0);
    expect(bench.get32(iotlbRegister(bench)) >>> 31).toBe(0);
    expect(grain(bench, register.CCMD + 4, 27)).toBe(0);
    expect(seen(bench)).toBe(0x5000n);
  });

  test('133 · context cache: global, domain, device', () => {
    for (const [granularity, did, source, left] of [
      [1, 0, 0, 0],
      [2, domain, 0, 0],
      [2, domain + 1, 0, 1],
      [3, domain, requester, 0],
      [3, domain, requester + 8, 1],
    ] as const) {
      const bench = stale();
      bench.contextCommand(granularity, did, source);
      expect(bench.unit.contexts.cache.used).toBe(left);
    }
  });

  test('134 · caching mode: what was not there is remembered until invalidation', () => {
    const bench = new Bench({ cap: cachingMode }).start();
    expect(bench.dma(0x30000n)).toBe(0x06);
    bench.map(0x30000n, 0x5000n);
    expect(bench.dma(0x30000n)).toBe(0x06);
    bench.iotlbCommand(3, domain, 0x30000n);
    expect(bench.translated(0x30000n)).toBe(0x5000n);
  });

  test('135 · without caching mode what is not there is never remembered', () => {
    const bench = new Bench().start({ low: 1n });
    expect(bench.dma(0x30000n)).toBe(0x02);
    bench.writeContext();
    expect(bench.dma(0x30000n)).toBe(0x06);
    bench.map(0x30000n, 0x5000n);
    expect(bench.translated(0x30000n)).toBe(0x5000n);
  });

  test('136 · a wait writes its status after the commands before it', () => {
    const bench = stale();
    bench.startQueue();
    bench.submit(descriptor.iotlb(3, domain, 0x30000n), descriptor.wait(status, 0xabcd));
    expect(bench.read(status)).toBe(0xabcdn);
    expect(seen(bench)).toBe(0x6000n);
    expect(bench.get64(register.IQH)).toBe(bench.get64(register.IQT));
  });

  test('137 · a wait with IF sets IWC and raises the completion event', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.set32(register.IEDATA, 0x41);
    bench.set32(register.IEADDR, 0xfee00000);
    bench.submit(descriptor.wait(status, 1, 0x10n));
    expect(bench.get32(register.ICS)).toBe(1);
    expect(bench.get32(register.IECTL)).toBe(0xc0000000);
    bench.set32(register.IECTL, 0);
    expect(bench.messages).toEqual([{ address: 0xfee00000n, data: 0x41 }]);
  });

  test('138 · IWC already set: no further event', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.set32(register.IECTL, 0);
    bench.submit(descriptor.wait(status, 1, 0x10n));
    bench.submit(descriptor.wait(status, 1, 0x10n));
    expect(bench.messages).toHaveLength(1);
    bench.set32(register.ICS, 1);
    bench.submit(descriptor.wait(status, 1, 0x10n));
    expect(bench.messages).toHaveLength(2);
  });

  test('139 · a wait whose status cannot be written stops the queue', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.submit(descriptor.wait(0xfffffffff000n, 1));
    expect(bench.get32(register.FSTS) & 0x10).toBe(0x10);
    expect(bench.get64(register.IQH)).toBe(0n);
  });

  test('140 · FN: what follows starts when all before is done', () => {
    const bench = stale();
    bench.startQueue();
    bench.submit(descriptor.iotlb(1), descriptor.wait(status, 1, 0x60n), descriptor.wait(status, 2));
    expect(bench.read(status)).toBe(2n);
  });

  test('141 · an unknown type stops the queue on its slot', () => {
    for (const type of [0n, 9n, 0xan, 0xfn, 0x201n]) {
      const bench = new Bench();
      bench.startQueue();
      bench.submit(descriptor.wait(status, 1), [type, 0n], descriptor.wait(status, 2));
      expect(bench.get32(register.FSTS) & 0x10).toBe(0x10);
      expect(bench.get64(register.IQH)).toBe(16n);
      expect(bench.get32(register.IQER) & 0xf).toBe(3);
      expect(bench.read(status)).toBe(1n);
    }
  });

  /** Reserved masks of the descriptors, low and high quad. */
  const reserved: [string, [bigint, bigint], bigint, bigint][] = [
    ['context', descriptor.context(1), 0xfffc00000000f1c0n, 0xffffffffffffffffn],
    ['iotlb', descriptor.iotlb(1), 0xffffffff0000f100n, 0xf80n],
    ['interrupt', descriptor.interrupts(false), 0xffff000007fff1e0n, 0xffffffffffffffffn],
    ['wait', descriptor.wait(status, 0), 0x00000000fffff180n, 3n],
    ['device TLB', [3n, 0n], 0xffff0000ffe0f1f0n, 0xffen],
  ];
  for (const [name, [low, high], lowMask, highMask] of reserved)
    test(`142 · each reserved bit of the ${name} descriptor stops the queue with IQEI 4`, () => {
      for (let bit = 0n; bit < 128n; bit++) {
        const inLow = bit < 64n;
        // Bits 11:9 are part of the type.
        if (bit >= 9n && bit <= 11n) continue;
        const isReserved = ((inLow ? lowMask : highMask) >> (inLow ? bit : bit - 64n)) & 1n;
        if (isReserved === 0n) continue;
        const bench = new Bench({ ecap: withDeviceTlb });
        bench.startQueue();
        bench.submit([low | (inLow ? 1n << bit : 0n), high | (inLow ? 0n : 1n << (bit - 64n))]);
        expect([bench.get32(register.FSTS) & 0x10, bench.get32(register.IQER) & 0xf]).toEqual([0x10, 4]);
      }
    });
  test('a device-TLB descriptor completes with device TLBs, and is no type without them [recall]', () => {
    for (const [ecap, error] of [
      [withDeviceTlb, 0],
      [qemuEcap, 3],
    ] as const) {
      const bench = new Bench({ ecap });
      bench.startQueue();
      bench.submit([3n, 0n]);
      expect(bench.get32(register.IQER) & 0xf).toBe(error);
    }
  });

  test('143 · a tail beyond the queue → IQEI 1', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.set32(register.IQT, 0x1000);
    expect([bench.get32(register.FSTS) & 0x10, bench.get32(register.IQER) & 0xf]).toEqual([0x10, 1]);
  });

  test('144 · a descriptor that cannot be fetched → IQEI 2', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.unit.memory.inject = () => memoryStatus.denied;
    bench.set32(register.IQT, 16);
    expect([bench.get32(register.FSTS) & 0x10, bench.get32(register.IQER) & 0xf]).toEqual([0x10, 2]);
  });

  test('145, 146 · recovery: the bad slot becomes a wait, IQE is cleared, the rest runs without a tail write', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.submit([0n, 0n], descriptor.wait(status, 7));
    expect(bench.read(status)).toBe(0n);
    bench.write(bench.queueBase, ...descriptor.wait(status + 8n, 1));
    bench.set32(register.FSTS, 0x10);
    expect([bench.read(status), bench.read(status + 8n)]).toEqual([7n, 1n]);
    expect(bench.get32(register.FSTS)).toBe(0);
  });

  test('148 · the queue goes round at its size', () => {
    const bench = new Bench();
    bench.startQueue(1);
    for (let count = 1; count <= 1100; count++) {
      bench.submit(descriptor.wait(status, count));
      expect(bench.read(status)).toBe(BigInt(count));
    }
  });

  test('149 · queue off and on again: no completion lost, none twice', () => {
    const bench = new Bench();
    bench.startQueue();
    bench.submit(descriptor.wait(status, 1));
    bench.off(global.queue);
    bench.startQueue();
    expect(bench.get64(register.IQH)).toBe(0n);
    bench.write(status, 0n);
    bench.submit(descriptor.wait(status, 2));
    expect(bench.read(status)).toBe(2n);
  });

  test('a queue error is an event of its own', () => {
    const bench = new Bench();
    bench.set32(register.FECTL, 0);
    bench.startQueue();
    bench.submit([0n, 0n]);
    expect(bench.messages).toHaveLength(1);
  });

  test('a permission miss on a cached entry is recorded (QEMU drops it)', () => {
    const bench = new Bench().start();
    bench.map(0x30000n, 0x5000n, { rights: 1n });
    expect(bench.dma(0x30000n, 'read')).toBe(0);
    expect(bench.dma(0x30000n, 'write')).toBe(0x05);
    expect(bench.record()).toMatchObject({ set: true, reason: 0x05, info: 0x30000n });
    // The same again and again, by a requester whose entry is still at hand.
    bench.clearRecord();
    for (let count = 0; count < 3; count++) expect(bench.dma(0x30000n, 'read')).toBe(0);
    expect(bench.dma(0x30000n, 'write')).toBe(0x05);
    expect(bench.record()).toMatchObject({ set: true, reason: 0x05, info: 0x30000n });
  });
});
