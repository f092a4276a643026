import { describe, expect, test } from 'vitest';
import { access } from '../../main/remapping/access.ts';
import { memoryStatus } from '../../main/remapping/memory/physical-memory.ts';
import { register } from '../../main/remapping/vtd/registers.ts';
import { qemuCap, requester, rootTable } from './kit/bench.ts';
import {
  directory,
  firstTop,
  fullCap,
  fullEcap,
  P,
  pasidTable,
  pgtt,
  qemuFirstCap,
  qemuFirstEcap,
  qemuSecondEcap,
  ScalableBench,
  scalableContext,
  scalableDescriptor,
  secondTop,
} from './kit/scalable-bench.ts';

const PASIDE = 1n << 3n;
const DTE = 1n << 2n;
const FPD = 2n;

function deny(bench: ScalableBench, from: bigint, to = from): void {
  bench.unit.memory.inject = (hi, lo) => {
    const at = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
    return at >= from && at <= to ? memoryStatus.denied : memoryStatus.ok;
  };
}

describe('scalable mode: root, context, PASID directory and table', () => {
  test('73 · PGTT 4 passes the address on, and reads no paging table', () => {
    const bench = new ScalableBench().begin({ stage: pgtt.pass });
    expect(bench.reached(0x12345678n)).toBe(0x12345678n);
    expect(bench.unit.walk.reads).toBe(0);
  });

  test('74 · PGTT 2 goes through the second stage, with the capabilities that QEMU reports', () => {
    const bench = new ScalableBench({ cap: qemuCap, ecap: qemuSecondEcap }).begin();
    bench.mapSecond(0x30000n, 0x5000n);
    expect(bench.reached(0x30123n, { kind: 'write' })).toBe(0x5123n);
    expect(bench.reached(0x30456n)).toBe(0x5456n);
    expect(bench.unit.dma.hits).toBe(1);
  });

  test('77 · PGTT that is reserved or that the unit lacks, AW and FSPM that it lacks → 5B', () => {
    for (const stage of [0n, 5n, 6n, 7n]) expect(new ScalableBench().begin({ stage }).ask(0n)).toBe(0x5b);
    expect(new ScalableBench({ ecap: qemuSecondEcap }).begin({ stage: pgtt.first }).ask(0n)).toBe(0x5b);
    expect(new ScalableBench({ ecap: qemuSecondEcap }).begin({ stage: pgtt.nested }).ask(0n)).toBe(0x5b);
    const first = new ScalableBench({ cap: qemuFirstCap, ecap: qemuFirstEcap });
    expect(first.begin({ stage: pgtt.second }).ask(0n)).toBe(0x5b);
    // AW 2 of the entry becomes 3, five levels, which SAGAW lacks.
    expect(new ScalableBench().begin({ entry: [1n << 2n, 0n, 0n] }).ask(0n)).toBe(0x5b);
    expect(new ScalableBench().begin({ stage: pgtt.first, entry: [0n, 0n, 2n << 2n] }).ask(0n)).toBe(0x5b);
    const four = new ScalableBench({ cap: qemuFirstCap });
    expect(four.begin({ stage: pgtt.first, entry: [0n, 0n, 1n << 2n] }).ask(0n)).toBe(0x5b);
  });

  test('78 · PASID directory entry not present → 51, reserved bits → 52', () => {
    const bench = new ScalableBench().begin();
    bench.write(directory, pasidTable);
    expect(bench.ask(0n)).toBe(0x51);
    bench.write(directory, pasidTable | P | (1n << 11n));
    expect(bench.ask(0n)).toBe(0x52);
    bench.write(directory, pasidTable | P | (1n << 50n));
    expect(bench.ask(0n)).toBe(0x52);
  });

  test('79 · PASID entry not present → 59', () => {
    const bench = new ScalableBench().begin({ entry: [1n, 0n, 0n] });
    expect(bench.ask(0n)).toBe(0x59);
    expect(bench.record()).toMatchObject({ reason: 0x59, set: true, pasidPresent: false });
  });

  for (const [quad, at] of [
    [0, 10],
    [0, 11],
    [0, 48],
    [1, 16],
    [1, 22],
    [1, 30],
    [2, 8],
    [2, 11],
  ] as const)
    test(`79 · PASID entry reserved bit ${at} of quad ${quad} → 5A`, () => {
      const entry: [bigint, bigint, bigint] = [0n, 0n, 0n];
      entry[quad] = 1n << BigInt(at);
      expect(new ScalableBench().begin({ entry }).ask(0n)).toBe(0x5a);
    });
  for (const quad of [3, 4, 5, 6, 7])
    test(`79 · PASID entry quad ${quad} is reserved → 5A`, () => {
      const bench = new ScalableBench().begin();
      bench.write(pasidTable + BigInt(quad) * 8n, 1n << 63n);
      expect(bench.ask(0n)).toBe(0x5a);
    });

  test('80 · directory and PASID table unreadable → 50 and 58, whatever FPD says', () => {
    for (const [at, reason] of [
      [directory, 0x50],
      [pasidTable + 0x38n, 0x58],
    ] as const) {
      const bench = new ScalableBench().begin({ context: FPD });
      deny(bench, at);
      expect(bench.ask(0n)).toBe(reason);
      expect(bench.record().set).toBe(true);
    }
  });

  test('34 · scalable root and context entries: 38, 39, 3A, 40, 41, 42', () => {
    const root = new ScalableBench().begin();
    deny(root, rootTable);
    expect(root.ask(0n)).toBe(0x38);
    root.unit.memory.inject = null;
    root.write(rootTable, scalableContext);
    expect(root.ask(0n)).toBe(0x39);
    root.write(rootTable, scalableContext | P | (1n << 3n));
    expect(root.ask(0n)).toBe(0x3a);

    const at = scalableContext + BigInt(requester) * 32n;
    for (const [quads, reason] of [
      [[directory, 0n, 0n, 0n], 0x41],
      [[directory | P | (1n << 5n), 0n, 0n, 0n], 0x42],
      [[directory | P | (1n << 8n), 0n, 0n, 0n], 0x42],
      [[directory | P | (1n << 60n), 0n, 0n, 0n], 0x42],
      [[directory | P, 1n << 21n, 0n, 0n], 0x42],
      [[directory | P, 0n, 1n, 0n], 0x42],
      [[directory | P, 0n, 0n, 1n << 40n], 0x42],
    ] as const) {
      const bench = new ScalableBench().begin();
      bench.write(at, ...quads);
      expect(bench.ask(0n)).toBe(reason);
    }
    const unreadable = new ScalableBench().begin();
    deny(unreadable, at + 24n);
    expect(unreadable.ask(0n)).toBe(0x40);
  });

  test('34 · devfn from 80h on uses the upper half of the root entry', () => {
    const bench = new ScalableBench().begin({ stage: pgtt.pass });
    expect(bench.ask(0n, { source: 0x90 })).toBe(0x39);
    bench.write(rootTable + 8n, 0x5000n | P);
    bench.write(0x5000n + 0x10n * 32n, directory | P, 0n, 0n, 0n);
    expect(bench.reached(0x7000n, { source: 0x90 })).toBe(0x7000n);
  });

  test('81 · a request with PASID where PASIDE is 0 → 45', () => {
    expect(new ScalableBench().begin().ask(0n, { pasid: 0 })).toBe(0x45);
  });

  test('82 · a PASID beyond the directory → 46; the last one inside is looked up', () => {
    const bench = new ScalableBench().begin({ context: PASIDE });
    expect(bench.ask(0n, { pasid: 8192 })).toBe(0x46);
    expect(bench.ask(0n, { pasid: 8191 })).toBe(0x51);
    const larger = new ScalableBench().begin({ context: PASIDE | (1n << 9n) });
    expect(larger.ask(0n, { pasid: 8192 })).toBe(0x51);
  });

  test('83 · DTE 0 refuses translation and translated requests → 44; DTE 1 serves both', () => {
    for (const extra of [access.translationRequest, access.translated])
      expect(new ScalableBench().begin().ask(0n, { extra })).toBe(0x44);
    const bench = new ScalableBench().begin({ context: DTE });
    bench.mapSecond(0x30000n, 0x5000n);
    expect(bench.reached(0x30000n, { extra: access.translationRequest })).toBe(0x5000n);
    expect(bench.reached(0x777000n, { extra: access.translated })).toBe(0x777000n);
  });

  test('100 · FPD of the context, the directory and the PASID entry each silence what is qualified', () => {
    const loud = new ScalableBench().begin();
    expect(loud.ask(0x30000n)).toBe(0x79);
    expect(loud.record()).toMatchObject({ set: true, reason: 0x79, info: 0x30000n, source: requester });
    const inContext = new ScalableBench().begin({ context: FPD });
    const inDirectory = new ScalableBench().begin();
    inDirectory.write(directory, pasidTable | P | FPD);
    const inEntry = new ScalableBench().begin({ entry: [FPD, 0n, 0n] });
    for (const bench of [inContext, inDirectory, inEntry]) {
      expect(bench.ask(0x30000n)).toBe(0x79);
      expect(bench.ask(0x30000n)).toBe(0x79);
      expect(bench.record().set).toBe(false);
    }
  });

  test('100 · what is wrong with a directory entry, 51 and 52, only the context entry silences', () => {
    for (const [entry, reason] of [
      [FPD, 0x51],
      [pasidTable | P | FPD | (1n << 2n), 0x52],
    ] as const)
      for (const context of [0n, FPD]) {
        const bench = new ScalableBench().begin({ context });
        bench.write(directory, entry);
        expect(bench.ask(0x30000n)).toBe(reason);
        expect(bench.record().set).toBe(context === 0n);
      }
  });

  // VT-d 5.10 has it as 43h too; 48h is the name that the kernel has for it (Linux drivers/iommu/intel/dmar.c).
  test('101 · RID_PASID beyond the directory → 48; without ECAP.RPS it is ignored and 0 is used', () => {
    expect(new ScalableBench().begin({ rid: 8192n }).ask(0n)).toBe(0x48);
    const ignored = new ScalableBench({ ecap: fullEcap & ~(1n << 49n) }).begin({ rid: 8192n, stage: pgtt.pass });
    expect(ignored.reached(0x9000n)).toBe(0x9000n);
    const used = new ScalableBench().begin({ rid: 65n, pasid: 65, stage: pgtt.pass });
    expect(used.reached(0x9000n)).toBe(0x9000n);
  });

  test('102 · privileged with SRE 0 → 5D, execute with ERE 0 → 5C', () => {
    const bench = new ScalableBench().begin({ context: PASIDE, stage: pgtt.pass });
    expect(bench.ask(0n, { pasid: 0, extra: access.privileged })).toBe(0x5d);
    bench.clearRecord();
    expect(bench.ask(0n, { pasid: 0, extra: access.execute })).toBe(0x5c);
    bench.writeEntry({ stage: pgtt.pass, entry: [0n, 0n, 3n] });
    bench.contextCommand(1);
    expect(bench.ask(0n, { pasid: 0, extra: access.privileged | access.execute })).toBe(0);
  });

  test('117 · the record of a request with PASID has PP, PV, EXE and PRIV', () => {
    const bench = new ScalableBench().begin({ context: PASIDE, entry: [0n, 0n, 3n], pasid: 0x41 });
    expect(bench.ask(0x30000n, { pasid: 0x41, extra: access.privileged | access.execute })).toBe(0x79);
    expect(bench.spaceRecord()).toEqual({ pasid: 0x41, present: true, execute: true, privileged: true });
    const plain = new ScalableBench().begin();
    plain.ask(0x30000n);
    expect(plain.spaceRecord()).toEqual({ pasid: 0, present: false, execute: false, privileged: false });
  });
});

describe('scalable mode: second stage', () => {
  test('its codes: 84 beyond the width, 7B top unreadable, 78 lower, 79 not mapped, 85 and 86 no right, 7A reserved', () => {
    const bench = new ScalableBench().begin();
    expect(bench.ask(1n << 48n)).toBe(0x84);
    bench.mapSecond(0x30000n, 0x5000n, 1n);
    expect(bench.ask(0x30000n, { kind: 'write' })).toBe(0x85);
    bench.mapSecond(0x32000n, 0x5000n, 2n);
    expect(bench.ask(0x32000n)).toBe(0x86);
    expect(bench.ask(0x33000n)).toBe(0x79);
    bench.mapSecond(0x31000n, 0x5000n, 3n | (1n << 50n));
    expect(bench.ask(0x31000n)).toBe(0x7a);
    deny(bench, secondTop, secondTop + 0xfffn);
    expect(bench.ask(0x40000n)).toBe(0x7b);
    deny(bench, 0x40000n, 0x7ffffn);
    expect(bench.ask(0x40000n)).toBe(0x78);
  });

  test('62 · SSADE 1: a read marks A at every level, a write D at the leaf; SSADE 0 changes nothing', () => {
    const bench = new ScalableBench().begin({ entry: [1n << 9n, 0n, 0n] });
    bench.mapSecond(0x30000n, 0x5000n);
    const leaf = bench.slot(secondTop, 0x30000n, 1, 3n);
    bench.reached(0x30000n);
    expect(bench.read(leaf)).toBe(0x5103n);
    expect(bench.read(secondTop) & 0x300n).toBe(0x100n);
    bench.reached(0x30000n, { kind: 'write' });
    expect(bench.read(leaf)).toBe(0x5303n);
    expect(bench.read(secondTop) & 0x300n).toBe(0x100n);

    const without = new ScalableBench().begin();
    without.mapSecond(0x30000n, 0x5000n);
    without.reached(0x30000n, { kind: 'write' });
    expect(without.read(without.slot(secondTop, 0x30000n, 1, 3n))).toBe(0x5003n);
    const lacking = new ScalableBench({ ecap: fullEcap & ~(1n << 45n) }).begin({ entry: [1n << 9n, 0n, 0n] });
    expect(lacking.ask(0n)).toBe(0x5a);
  });

  test('63 · D that software cleared and invalidated is set again by the next write', () => {
    const bench = new ScalableBench().begin({ entry: [1n << 9n, 0n, 0n] });
    bench.mapSecond(0x30000n, 0x5000n);
    const leaf = bench.slot(secondTop, 0x30000n, 1, 3n);
    bench.reached(0x30000n, { kind: 'write' });
    bench.write(leaf, 0x5103n);
    bench.iotlbCommand(3, 5, 0x30000n);
    bench.reached(0x30000n, { kind: 'write' });
    expect(bench.read(leaf)).toBe(0x5303n);
  });

  test('103 · output in the interrupt range → 87', () => {
    const bench = new ScalableBench().begin();
    bench.mapSecond(0x30000n, 0xfee00000n);
    expect(bench.ask(0x30000n)).toBe(0x87);
    const first = new ScalableBench().begin({ stage: pgtt.first });
    first.mapFirst(0x30000n, 0xfee05000n);
    expect(first.ask(0x30000n)).toBe(0x87);
  });
});

describe('scalable mode: invalidation', () => {
  function twoSpaces(): ScalableBench {
    const bench = new ScalableBench().begin({ context: PASIDE, stage: pgtt.first });
    bench.writeEntry({ stage: pgtt.first, pasid: 1, entry: [0n, 0n, firstTop ^ 0x18000n] });
    bench.mapFirst(0x30000n, 0x5000n);
    bench.write(bench.slot(0x18000n, 0x30000n, 1, 7n), 0x6007n);
    expect(bench.reached(0x30000n, { pasid: 0 })).toBe(0x5000n);
    expect(bench.reached(0x30000n, { pasid: 1 })).toBe(0x6000n);
    bench.write(bench.slot(firstTop, 0x30000n, 1, 7n), 0x7007n);
    bench.write(bench.slot(0x18000n, 0x30000n, 1, 7n), 0x8007n);
    bench.startQueue();
    return bench;
  }

  test('131 · PASID IOTLB invalidation touches its address space only, whole or by pages', () => {
    const whole = twoSpaces();
    whole.submit(scalableDescriptor.pasidIotlb(2, 5, 1));
    expect(whole.reached(0x30000n, { pasid: 0 })).toBe(0x5000n);
    expect(whole.reached(0x30000n, { pasid: 1 })).toBe(0x8000n);

    const pages = twoSpaces();
    pages.submit(scalableDescriptor.pasidIotlb(3, 5, 0, 0x31000n));
    expect(pages.reached(0x30000n, { pasid: 0 })).toBe(0x5000n);
    pages.submit(scalableDescriptor.pasidIotlb(3, 5, 0, 0x30000n, 1));
    expect(pages.reached(0x30000n, { pasid: 0 })).toBe(0x7000n);
    expect(pages.reached(0x30000n, { pasid: 1 })).toBe(0x6000n);
    expect(pages.get32(register.FSTS) & 0x10).toBe(0);
  });

  test('104 · a global first-stage page goes with its address space too', () => {
    const bench = new ScalableBench().begin({ context: PASIDE, stage: pgtt.first });
    bench.mapFirst(0x30000n, 0x5000n, 0x107n);
    bench.reached(0x30000n, { pasid: 0 });
    bench.mapFirst(0x30000n, 0x6000n, 0x107n);
    bench.startQueue();
    bench.submit(scalableDescriptor.pasidIotlb(2, 5, 0));
    expect(bench.reached(0x30000n, { pasid: 0 })).toBe(0x6000n);
  });

  for (const [name, how, did, pasid, gone] of [
    ['domain', 0, 5, 0, true],
    ['another domain', 0, 6, 0, false],
    ['PASID', 1, 5, 0, true],
    ['another PASID', 1, 5, 1, false],
    ['global', 3, 0, 0, true],
  ] as const)
    test(`132 · PASID-cache invalidation, ${name}: ${gone ? 'the new entry counts' : 'the old entry counts'}`, () => {
      const bench = new ScalableBench().begin({ stage: pgtt.pass });
      expect(bench.reached(0x9000n)).toBe(0x9000n);
      bench.writeEntry({ stage: pgtt.pass, entry: [1n, 0n, 0n] });
      expect(bench.ask(0x9000n)).toBe(0);
      bench.startQueue();
      bench.submit(scalableDescriptor.pasidCache(how, did, pasid));
      expect(bench.ask(0x9000n)).toBe(gone ? 0x59 : 0);
    });

  test('105 · P=0, then PASID cache, PASID IOTLB: no translation can be reached any more', () => {
    const bench = twoSpaces();
    bench.writeEntry({ stage: pgtt.first, pasid: 1, entry: [1n, 0n, 0n] });
    bench.submit(scalableDescriptor.pasidCache(1, 5, 1), scalableDescriptor.pasidIotlb(2, 5, 1));
    expect(bench.ask(0x30000n, { pasid: 1 })).toBe(0x59);
    expect(bench.reached(0x30000n, { pasid: 0 })).toBe(0x5000n);
  });

  test('126 · page-selective invalidation of a second-stage page drops the nested entries of its domain', () => {
    const bench = new ScalableBench().begin({ stage: pgtt.nested });
    bench.mapSecond(0n, 0n, 3n, 3);
    bench.mapFirst(0x30000n, 0x5000n);
    expect(bench.reached(0x30000n)).toBe(0x5000n);
    bench.mapFirst(0x30000n, 0x6000n);
    bench.iotlbCommand(3, 5, 0x5000n);
    expect(bench.reached(0x30000n)).toBe(0x6000n);
  });

  test('142 · granularities that mean nothing and reserved fields stop the queue', () => {
    for (const bad of [
      [6n, 0n],
      [6n | (1n << 4n), 0n],
      [7n | (2n << 4n), 0n],
      [7n | (1n << 4n) | (1n << 52n), 0n],
      [7n | (1n << 4n), 1n],
      [6n | (2n << 4n) | (1n << 63n), 0n],
    ] as [bigint, bigint][]) {
      const bench = new ScalableBench().begin();
      bench.startQueue();
      bench.submit(bad);
      expect(bench.get32(register.FSTS) & 0x10).toBe(0x10);
      expect(bench.get32(register.IQER) & 0xf).toBe(4);
    }
  });

  test('142 · each reserved bit of the PASID device-TLB descriptor stops the queue, PFSID without ECAP.DIT too', () => {
    for (let bit = 0n; bit < 128n; bit++) {
      const mask = bit < 64n ? 0xfff000000000f000n : 0x7fen;
      if (((mask >> (bit & 63n)) & 1n) === 0n) continue;
      const bench = new ScalableBench().begin();
      bench.startQueue();
      bench.submit([8n | (bit < 64n ? 1n << bit : 0n), bit < 64n ? 0n : 1n << (bit - 64n)]);
      expect([bench.get32(register.FSTS) & 0x10, bench.get32(register.IQER) & 0xf]).toEqual([0x10, 4]);
    }
  });

  test('141 · without scalable mode types 6 and 7 are unknown', () => {
    const bench = new ScalableBench({ cap: fullCap, ecap: 0xf00f4an });
    bench.startQueue();
    bench.submit(scalableDescriptor.pasidCache(3, 0));
    expect(bench.get32(register.IQER) & 0xf).toBe(3);
  });

  // The specification (VT-d 11.4.9.9) against QEMU, which takes descriptors of either width.
  test('147 · 128-bit descriptors in scalable mode → IQEI 5; in legacy mode either width will do', () => {
    const bench = new ScalableBench().begin();
    bench.startQueue(0, false);
    bench.submit([0x11n, 0n]);
    expect([bench.get32(register.FSTS) & 0x10, bench.get32(register.IQER) & 0xf]).toEqual([0x10, 5]);
    expect(bench.get64(register.IQH)).toBe(0n);
    for (const wide of [false, true]) {
      const legacy = new ScalableBench();
      legacy.startQueue(0, wide);
      legacy.submit([0x11n, 0n]);
      expect([legacy.get32(register.FSTS) & 0x10, legacy.get64(register.IQH)]).toEqual([0, wide ? 32n : 16n]);
    }
  });

  test('148 · 256-bit descriptors: the head moves by 32 and wraps at twice the bytes of a slot', () => {
    const bench = new ScalableBench().begin();
    bench.set64(register.IQA, bench.queueBase | (1n << 11n));
    bench.set32(register.IQT, 0);
    bench.command(1 << 26);
    for (let slot = 0; slot < 128; slot++) bench.write(bench.queueBase + BigInt(slot * 32), 0x11n, 0n, 0n, 0n);
    bench.set32(register.IQT, 127 * 32);
    expect(bench.get32(register.IQH)).toBe(127 * 32);
    bench.set32(register.IQT, 32);
    expect(bench.get32(register.IQH)).toBe(32);
    bench.set32(register.IQT, 48);
    expect(bench.get32(register.IQER) & 0xf).toBe(6);
  });

  test('148 · reserved upper half of a 256-bit descriptor → IQEI 4', () => {
    const bench = new ScalableBench().begin();
    bench.set64(register.IQA, bench.queueBase | (1n << 11n));
    bench.command(1 << 26);
    bench.write(bench.queueBase, 0x11n, 0n, 0n, 1n);
    bench.set32(register.IQT, 32);
    expect(bench.get32(register.IQER) & 0xf).toBe(4);
  });
});
