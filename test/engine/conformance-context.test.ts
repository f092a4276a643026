import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { register } from '../../main/remapping/vtd/registers.ts';
import { Bench, contextTable, domain, qemuCap, qemuEcap, requester, rootTable } from './kit/bench.ts';

/** ECAP with device TLBs. */
const withDeviceTlb = qemuEcap | (1n << 2n);

/** Makes one address refuse. */
function deny(bench: Bench, from: bigint, to = from): void {
  bench.unit.memory.inject = (hi, lo) => {
    const at = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
    return at >= from && at <= to ? memoryStatus.denied : memoryStatus.ok;
  };
}

describe('root and context entries, legacy mode', () => {
  test('21 · root entry not present → 1, whatever FPD says', () => {
    const bench = new Bench().start({ low: 2n });
    bench.write(rootTable, contextTable, 0n);
    expect(bench.dma(0n)).toBe(0x01);
    expect(bench.record().reason).toBe(0x01);
  });

  for (const bit of [1, 5, 11, 48, 51, 63])
    test(`22 · root entry reserved bit ${bit} → A`, () => {
      const bench = new Bench().start();
      bench.write(rootTable, contextTable | 1n | (1n << BigInt(bit)), 0n);
      expect(bench.dma(0n)).toBe(0x0a);
    });
  test('22 · root entry high quad not 0 → A', () => {
    const bench = new Bench().start();
    bench.write(rootTable, contextTable | 1n, 1n << 40n);
    expect(bench.dma(0n)).toBe(0x0a);
  });

  test('23 · root table unreadable → 8', () => {
    const bench = new Bench().start();
    deny(bench, rootTable);
    expect(bench.dma(0n)).toBe(0x08);
    const outside = new Bench().start();
    outside.set64(register.RTADDR, 0xfffffffff000n);
    outside.command(1 << 30);
    expect(outside.dma(0n)).toBe(0x08);
  });

  test('24 · context entry not present → 2', () => {
    const bench = new Bench().start({ low: 1n });
    expect(bench.dma(0n)).toBe(0x02);
    expect(bench.record()).toMatchObject({ reason: 0x02, set: true });
  });

  test('25 · context entry not present with FPD → blocked and silent', () => {
    const bench = new Bench().start({ low: 3n });
    expect(bench.dma(0n)).toBe(0x02);
    expect(bench.record().set).toBe(false);
    expect(bench.get32(register.FSTS)).toBe(0);
  });

  for (const bit of [4, 7, 11, 48, 63])
    test(`26 · context entry reserved bit ${bit} → B`, () => {
      const bench = new Bench().start({ low: 1n << BigInt(bit) });
      expect(bench.dma(0n)).toBe(0x0b);
    });
  for (const bit of [7, 24, 31, 40, 63])
    test(`26 · context entry reserved bit ${64 + bit} → B`, () => {
      const bench = new Bench().start({ high: 1n << BigInt(bit) });
      expect(bench.dma(0n)).toBe(0x0b);
    });
  test('26 · context entry ignored bits 70:67 do not matter', () => {
    const bench = new Bench().start({ high: 0x78n });
    bench.map(0n, 0x5000n);
    expect(bench.translated(0n)).toBe(0x5000n);
  });

  test('27 · context table unreadable → 9', () => {
    const bench = new Bench().start();
    deny(bench, contextTable, contextTable + 0xfffn);
    expect(bench.dma(0n)).toBe(0x09);
  });

  for (const aw of [0n, 3n, 4n, 7n])
    test(`28 · AW ${aw} that SAGAW does not offer → 3`, () => {
      expect(new Bench().start({ aw }).dma(0n)).toBe(0x03);
    });

  test('29 · TT 11 → 3', () => {
    expect(new Bench().start({ tt: 3n }).dma(0n)).toBe(0x03);
  });

  test('30 · TT 10 without ECAP.PT → 3', () => {
    expect(new Bench({ ecap: qemuEcap & ~(1n << 6n) }).start({ tt: 2n }).dma(0n)).toBe(0x03);
  });

  test('31 · TT 10 passes the address on, and reads no paging table', () => {
    const bench = new Bench().start({ tt: 2n });
    expect(bench.translated(0x12345678n)).toBe(0x12345678n);
    expect(bench.unit.walk.reads).toBe(0);
  });

  test('32 · TT 00 blocks translated and translation requests → D (QEMU does not)', () => {
    for (const kind of [access.translated, access.translationRequest]) {
      const bench = new Bench().start();
      expect(bench.dma(0n, 'read', requester, kind)).toBe(0x0d);
      expect(bench.record().addressType).toBe(kind === access.translated ? 2 : 1);
    }
    expect(new Bench().start({ tt: 2n }).dma(0n, 'read', requester, access.translated)).toBe(0x0d);
  });

  test('33 · TT 01 without ECAP.DT → 3', () => {
    expect(new Bench().start({ tt: 1n }).dma(0n)).toBe(0x03);
    const bench = new Bench({ ecap: withDeviceTlb }).start({ tt: 1n });
    bench.map(0n, 0x5000n);
    expect(bench.translated(0n)).toBe(0x5000n);
  });

  test('34 · every reserved bit and unsupported mode of a context entry, one at a time, is a configuration fault', () => {
    const reservedLow = [4, 5, 6, 7, 8, 9, 10, 11, ...Array.from({ length: 16 }, (_, index) => 48 + index)];
    const reservedHigh = [7, ...Array.from({ length: 40 }, (_, index) => 24 + index)];
    for (const bit of reservedLow) expect(new Bench().start({ low: 1n << BigInt(bit) }).dma(0n)).toBe(0x0b);
    for (const bit of reservedHigh) expect(new Bench().start({ high: 1n << BigInt(bit) }).dma(0n)).toBe(0x0b);
    for (const aw of [0n, 3n, 4n, 5n, 6n, 7n]) expect(new Bench().start({ aw }).dma(0n)).toBe(0x03);
    for (const tt of [1n, 3n]) expect(new Bench().start({ tt }).dma(0n)).toBe(0x03);
  });

  test('35 · a device on a bus without a context table is blocked', () => {
    const bench = new Bench().start();
    expect(bench.dma(0n, 'read', 0x0100)).toBe(0x01);
    expect(bench.record().source).toBe(0x0100);
  });

  test('36 · abort mode (TTM 11) blocks every type → 33, whatever FPD says', () => {
    const bench = new Bench({ ecap: withDeviceTlb | (1n << 52n) }).start({ tt: 2n, low: 2n });
    bench.set64(register.RTADDR, rootTable | 0xc00n);
    bench.command(1 << 30);
    for (const kind of [0, access.translationRequest, access.translated])
      expect(bench.dma(0n, 'read', requester, kind)).toBe(0x33);
    expect(bench.record()).toMatchObject({ set: true, reason: 0x33, source: requester });
  });

  test('37 · FPD blocks 5, 6 and C without a record', () => {
    for (const [entry, kind, reason] of [
      [0x5000n | 1n, 'write', 0x05],
      [0x5000n | 2n, 'read', 0x06],
      [0x5000n | 3n | (1n << 50n), 'read', 0x0c],
    ] as const) {
      const bench = new Bench().start({ low: 2n });
      bench.write(bench.entry(0n, 1), entry);
      expect(bench.dma(0n, kind)).toBe(reason);
      expect(bench.unit.dma.recorded).toBe(false);
      expect(bench.record().set).toBe(false);
    }
  });

  test('37 · FPD also silences B, which QEMU records', () => {
    const bench = new Bench().start({ low: 2n | (1n << 4n) });
    expect(bench.dma(0n)).toBe(0x0b);
    expect(bench.record().set).toBe(false);
  });

  test('38 · an edited context entry counts only after device-selective invalidation', () => {
    const bench = new Bench().start({ tt: 2n });
    expect(bench.dma(0x9000n)).toBe(0);
    bench.writeContext({ low: 1n });
    expect(bench.dma(0x9000n)).toBe(0);
    bench.contextCommand(3, domain, requester ^ 1);
    expect(bench.dma(0x9000n)).toBe(0);
    bench.contextCommand(3, domain, requester);
    expect(bench.dma(0x9000n)).toBe(0x02);
  });

  test('38 · device-selective invalidation may name the domain of the new entry', () => {
    const bench = new Bench().start({ tt: 2n });
    expect(bench.dma(0x9000n)).toBe(0);
    bench.writeContext({ tt: 3n, did: 9n });
    bench.contextCommand(3, 9, requester);
    expect(bench.dma(0x9000n)).toBe(0x03);
  });

  test('39 · device-selective with FM 3 forgets all eight functions', () => {
    const bench = new Bench({ caches: { contextEntries: 16 } }).start();
    for (let fn = 0; fn < 8; fn++) {
      bench.writeContext({ tt: 2n, source: requester + fn });
      expect(bench.dma(0x9000n, 'read', requester + fn)).toBe(0);
    }
    expect(bench.unit.contexts.cache.used).toBe(8);
    bench.contextCommand(3, domain, requester, 1);
    expect(bench.unit.contexts.cache.used).toBe(6);
    bench.contextCommand(3, domain, requester, 3);
    expect(bench.unit.contexts.cache.used).toBe(0);
  });

  test('40 · changing the domain needs context and IOTLB invalidation', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n);
    expect(bench.translated(0n)).toBe(0x5000n);
    bench.write(bench.entry(0n, 1), 0x6000n | 3n);
    bench.writeContext({ did: 9n });
    expect(bench.translated(0n)).toBe(0x5000n);
    bench.contextCommand(2, domain);
    expect(bench.translated(0n)).toBe(0x6000n);
    bench.writeContext({ did: BigInt(domain) });
    bench.contextCommand(1);
    expect(bench.translated(0n)).toBe(0x5000n);
    bench.iotlbCommand(2, domain);
    expect(bench.translated(0n)).toBe(0x6000n);
  });

  test('41 · two domains, the same address, different memory', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n);
    const other = requester + 8;
    bench.write(contextTable + BigInt(other) * 16n, 0x40000n | 1n, (7n << 8n) | 2n);
    bench.write(0x40000n, 0x41003n);
    bench.write(0x41000n, 0x42003n);
    bench.write(0x42000n, 0x43003n);
    bench.write(0x43000n, 0x7003n);
    for (let round = 0; round < 2; round++) {
      expect(bench.translated(0n)).toBe(0x5000n);
      expect(bench.translated(0n, 'read', other)).toBe(0x7000n);
    }
  });

  test('42 · two devices of one domain share IOTLB entries (QEMU tags by requester)', () => {
    const bench = new Bench().start();
    bench.map(0n, 0x5000n);
    const other = requester + 8;
    bench.writeContext({ source: other });
    expect(bench.translated(0n)).toBe(0x5000n);
    const walked = bench.unit.walk.reads;
    expect(bench.translated(0n, 'read', other)).toBe(0x5000n);
    expect(bench.unit.walk.reads).toBe(walked);
  });

  test('85 · a request with PASID in legacy mode → 31', () => {
    const bench = new Bench().start();
    expect(bench.unit.translate(requester, 3, 0, 0, access.read)).toBe(0x31);
    expect(bench.record()).toMatchObject({ reason: 0x31, pasidPresent: true });
    expect(bench.unit.translate(requester, noPasid, 0, 0, access.read)).not.toBe(0x31);
  });

  test('182 · a translation request to an unmapped page grants nothing and logs nothing', () => {
    const bench = new Bench({ ecap: withDeviceTlb }).start({ tt: 1n });
    expect(bench.dma(0x7000n, 'read', requester, access.translationRequest)).toBe(0x06);
    expect(bench.unit.dma.outPermissions).toBe(0);
    expect(bench.get32(register.FSTS)).toBe(0);
    bench.map(0x7000n, 0x5000n, { rights: 1n });
    expect(bench.dma(0x7000n, 'write', requester, access.translationRequest)).toBe(0);
    expect(bench.unit.dma.outPermissions).toBe(1);
  });

  test('184 · a translated request with TT 01 bypasses walk and IOTLB', () => {
    const bench = new Bench({ ecap: withDeviceTlb }).start({ tt: 1n });
    expect(bench.dma(0x7000n, 'write', requester, access.translated)).toBe(0);
    expect([bench.unit.dma.lookups, bench.unit.walk.reads, bench.unit.dma.outLo]).toEqual([0, 0, 0x7000]);
  });

  test('the address of the top table is host-width bits, no more', () => {
    const bench = new Bench({ cap: qemuCap, hostWidth: 36 }).start({ low: 1n << 36n });
    expect(bench.dma(0n)).toBe(0x0b);
  });
});
