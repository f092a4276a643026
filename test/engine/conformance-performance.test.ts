import { describe, expect, test } from 'vitest';
import { global, layoutProblem, register } from '../../main/remapping/vtd/registers.ts';
import { EventCounts } from '../../main/remapping/vtd/event-counts.ts';
import { performanceEvents } from '../../main/remapping/vtd/performance-events.ts';
import type { PerformanceEvent } from '../../main/remapping/vtd/performance-events.ts';
import { filterEnabled, performanceRegister } from '../../main/remapping/vtd/performance-registers.ts';
import { decodeCapabilities } from '../../main/remapping/vtd/capabilities.ts';
import { quadOf } from '../../main/remapping/core/quad.ts';
import { Bench, domain, qemuCap, qemuEcap, requester } from './kit/bench.ts';
import type { BenchOptions } from './kit/bench.ts';
import { followed } from './kit/follow.ts';
import { fullCap, fullEcap, pgtt, ScalableBench, user } from './kit/scalable-bench.ts';

const commands = 1n << 61n;
const monitoring = 1n << 51n;
const other = 0x0080;
const counted: BenchOptions = { cap: qemuCap | commands, ecap: qemuEcap | monitoring };

/** The unit’s counters, driven through its registers only, as Linux does (drivers/iommu/intel/perfmon.c). */
class Counters {
  private readonly bench: Bench;
  constructor(bench: Bench) {
    this.bench = bench;
  }
  command(command: number, operand = 0): number {
    this.bench.set64(performanceRegister.ECEO, 0n);
    this.bench.set64(performanceRegister.ECMD, BigInt(command) | (BigInt(operand) << 16n));
    return this.bench.get32(performanceRegister.ECRSP);
  }
  private get configurations(): number {
    return this.bench.get32(performanceRegister.PERFCFGOFF);
  }
  private get stride(): number {
    return 2 ** (10 + Number((this.bench.get64(performanceRegister.PERFCAP) >> 52n) & 7n));
  }
  /** Selects an event and filters: requester, domain, PASID in the order of their registers. */
  start(counter: number, name: PerformanceEvent, filters: readonly (number | null)[] = [], more = 0n): void {
    const { group, select } = performanceEvents[name];
    const at = this.configurations + counter * 0x100;
    this.bench.set64(at, (BigInt(select) << 32n) | (BigInt(group) << 8n) | more);
    for (const index of [0, 1, 2]) {
      const filter = filters[index] ?? null;
      this.bench.set32(at + 8 + 4 * index, filter === null ? 0 : filter | filterEnabled);
    }
    expect(this.command(0xf0, counter)).toBe(0);
  }
  valueAt(counter: number): number {
    return this.bench.get32(performanceRegister.PERFCNTROFF) + counter * this.stride;
  }
  value(counter: number): number {
    return Number(this.bench.get64(this.valueAt(counter)));
  }
  get overflowAt(): number {
    return this.bench.get32(performanceRegister.PERFOVFOFF);
  }
}

/** Two requesters in two domains, both of which have page 30h. */
function twoDomains(): { bench: Bench; counters: Counters } {
  const bench = new Bench(counted).start();
  bench.writeContext({ source: other, did: BigInt(domain + 1) });
  bench.map(0x30000n, 0x5000n);
  return { bench, counters: new Counters(bench) };
}

describe('performance counters', () => {
  test('230 · a unit that counts says what Linux looks for', () => {
    const bench = new Bench(counted);
    const capability = bench.get64(performanceRegister.PERFCAP);
    const [count, width, groups] = [capability & 0xffffn, (capability >> 16n) & 0x7fn, (capability >> 24n) & 0x1fn];
    expect([count, width, groups]).toEqual([4n, 48n, 5n]);
    expect([(capability >> 32n) & 0x1fn, (capability >> 50n) & 1n]).toEqual([0b111n, 1n]);
    expect((bench.get64(performanceRegister.ECCAP + 24) >> 48n) & 0b110011n).toBe(0b110011n);
    const offered = [0, 1, 2, 3, 4].map((group) => bench.get64(performanceRegister.PERFEVNTCAP + 8 * group));
    expect(offered).toEqual([0x002n, 0x041n, 0x00fn, 0x003n, 0x007n]);
    for (const without of [new Bench(), new Bench({ ...counted, ecap: qemuEcap })])
      expect([without.get64(performanceRegister.PERFCAP), without.get64(performanceRegister.ECCAP + 24)]).toEqual([
        0n,
        0n,
      ]);
  });

  test('230 · by requester and by domain: only requests that pass every filter count', () => {
    const { bench, counters } = twoDomains();
    counters.start(0, 'iommu_requests');
    counters.start(1, 'iommu_requests', [other]);
    counters.start(2, 'iommu_requests', [null, domain]);
    counters.start(3, 'iommu_requests', [other, domain]);
    for (let count = 0; count < 3; count++) expect(bench.dma(0x30000n)).toBe(0);
    for (let count = 0; count < 5; count++) expect(bench.dma(0x30000n, 'read', other)).toBe(0);
    expect(bench.dma(0x30000n, 'read', 0x0300)).not.toBe(0);
    expect([0, 1, 2, 3].map((counter) => counters.value(counter))).toEqual([9, 5, 3, 0]);
  });

  test('230 · by address space: a request without PASID is of none', () => {
    const bench = new ScalableBench({ cap: fullCap | commands, ecap: fullEcap | monitoring }).begin({
      stage: pgtt.first,
      pasid: 9,
      context: 1n << 3n,
    });
    bench.writeEntry({ stage: pgtt.first, pasid: 0, did: 6n });
    bench.mapFirst(0x30000n, 0x5000n, user);
    const counters = new Counters(bench);
    counters.start(0, 'iotlb_lookup', [null, null, 9]);
    counters.start(1, 'iotlb_hit', [null, null, 9]);
    counters.start(2, 'iotlb_lookup', [null, 6]);
    counters.start(3, 'pasid_cache_hit');
    for (let count = 0; count < 4; count++) expect(bench.ask(0x30000n, { pasid: 9 })).toBe(0);
    for (let count = 0; count < 2; count++) expect(bench.ask(0x30000n)).toBe(0);
    expect([0, 1, 2, 3].map((counter) => counters.value(counter))).toEqual([4, 3, 2, 4]);
  });

  test('229, 230 · the events agree with what happened: lookups, hits, reads of memory', () => {
    const { bench, counters } = twoDomains();
    bench.map(0x31000n, 0x6000n, { rights: 1n });
    const names = ['ctxt_cache_lookup', 'ctxt_cache_hit', 'iotlb_lookup', 'iotlb_hit'] as const;
    names.forEach((name, counter) => counters.start(counter, name));
    const wrote = bench.unit.dma.lookups;
    for (const address of [0x30000n, 0x30000n, 0x31000n, 0x31008n]) expect(bench.dma(address)).toBe(0);
    expect(bench.dma(0x31000n, 'write')).toBe(0x05);
    expect(names.map((_, counter) => counters.value(counter))).toEqual([5, 4, 5, 3]);
    expect([bench.unit.dma.lookups - wrote, bench.unit.dma.hits]).toEqual([5, 3]);
    expect([bench.unit.contexts.lookups, bench.unit.contexts.hits]).toEqual([5, 4]);
    // Root, context, four levels; then the last level only differs, but every walk reads all of them.
    counters.start(0, 'iommu_mrds');
    const before = counters.value(0);
    bench.iotlbCommand(1);
    bench.contextCommand(1);
    expect(bench.dma(0x30000n)).toBe(0);
    expect(counters.value(0) - before).toBe(6);
  });

  test('230 · interrupts by requester: lookups, and hits of entries that are posted or not', () => {
    const bench = new Bench({ ...counted, cap: qemuCap | commands | (1n << 59n) });
    bench.set64(register.IRTA, 0x3003n);
    bench.command(global.interruptTable);
    bench.command(global.interrupts);
    bench.write(0x3010n, 1n | (0x31n << 16n), 0n);
    bench.write(0x3020n, 1n | (1n << 15n) | (0x31n << 16n) | ((0x6000n >> 6n) << 38n), 0n);
    const counters = new Counters(bench);
    counters.start(0, 'int_cache_lookup');
    counters.start(1, 'int_cache_hit_nonposted');
    counters.start(2, 'int_cache_hit_posted');
    counters.start(3, 'int_cache_lookup', [other]);
    for (const [source, index] of [
      [requester, 1],
      [requester, 1],
      [other, 2],
      [requester, 2],
      [other, 2],
    ] as const)
      expect(bench.unit.interrupt(source, 0, 0xfee00010 | (index << 5), 0)).toBe(0);
    expect([0, 1, 2, 3].map((counter) => counters.value(counter))).toEqual([5, 1, 2, 2]);
  });

  test('230 · page requests that were queued', () => {
    const bench = new ScalableBench({
      cap: fullCap | commands,
      ecap: fullEcap | monitoring | (1n << 29n),
    }).begin({ context: 1n << 4n });
    bench.set64(register.PQA, 0x60000n);
    const counters = new Counters(bench);
    const ask = (pasid: number): void =>
      bench.unit.pageRequests.request({
        ...{ source: requester, pasid, hi: 0, lo: 0x30000, read: true, write: false },
        ...{ execute: false, privileged: false, last: true, group: 1 },
      });
    ask(9);
    counters.start(0, 'pg_req_posted');
    counters.start(1, 'pg_req_posted', [null, null, 9]);
    ask(9);
    ask(8);
    expect([counters.value(0), counters.value(1)]).toEqual([2, 1]);
  });

  test('230 · frozen or disabled counters stand still; commands that are not offered are refused', () => {
    const { bench, counters } = twoDomains();
    counters.start(0, 'iommu_requests');
    counters.start(1, 'iommu_requests');
    bench.dma(0x30000n);
    expect(counters.command(0xf4)).toBe(0);
    bench.dma(0x30000n);
    expect(counters.command(0xf5)).toBe(0);
    expect(counters.command(0xf1, 1)).toBe(0);
    bench.dma(0x30000n);
    expect([counters.value(0), counters.value(1)]).toEqual([2, 1]);
    expect([counters.command(0xf0, 4), counters.command(0xf1, 99), counters.command(0x10)]).toEqual([2, 2, 2]);
    expect(new Counters(new Bench({ ...counted, ecap: qemuEcap })).command(0xf0)).toBe(2);
    expect(new Counters(new Bench({ ...counted, cap: qemuCap })).command(0xf0)).toBe(0);
  });

  test('230 · a counter goes round at 48 bits: its overflow bit, and an interrupt where it is asked for', () => {
    const { bench, counters } = twoDomains();
    bench.set32(performanceRegister.PERFINTRCTL + 4, 0x61);
    bench.set32(performanceRegister.PERFINTRCTL + 8, 0xfee00000);
    counters.start(0, 'iommu_requests', [], 2n);
    counters.start(1, 'iommu_requests');
    const full = (counter: number): void => {
      bench.unit.registers.set(counters.valueAt(counter), -1);
      bench.unit.registers.set(counters.valueAt(counter) + 4, 0xffff);
    };
    full(1);
    bench.dma(0x30000n);
    expect([counters.value(1), bench.get32(counters.overflowAt), bench.get32(performanceRegister.PERFINTRSTS)]).toEqual(
      [0, 2, 0],
    );
    full(0);
    bench.dma(0x30000n);
    expect([counters.value(0), counters.value(1), bench.get32(counters.overflowAt)]).toEqual([0, 1, 3]);
    // Masked: it waits. Another overflow while it is pending says nothing more.
    expect([bench.messages.length, bench.get32(performanceRegister.PERFINTRCTL) >>> 30]).toEqual([0, 3]);
    bench.set32(performanceRegister.PERFINTRCTL, 0);
    expect(bench.messages).toEqual([{ address: 0xfee00000n, data: 0x61 }]);
    full(0);
    bench.dma(0x30000n);
    expect(bench.messages).toHaveLength(1);
    bench.set32(counters.overflowAt, 3);
    bench.set32(performanceRegister.PERFINTRSTS, 1);
    expect([bench.get32(counters.overflowAt), bench.get32(performanceRegister.PERFINTRSTS)]).toEqual([0, 0]);
  });

  test('who follows a request hears the same with and without counters', () => {
    const said = (count: boolean): string => {
      const { bench, counters } = twoDomains();
      if (count) counters.start(0, 'iommu_requests');
      return JSON.stringify([
        followed(bench.unit, () => bench.dma(0x30000n)),
        followed(bench.unit, () => bench.dma(0x40000n)),
      ]);
    };
    expect(said(true)).toBe(said(false));
    expect(said(true).length).toBeGreaterThan(1000);
  });

  test('one structure is one read of memory, however wide it is, and whoever follows hears of it too', () => {
    const heard: string[] = [];
    const tell = (code: string): number => heard.push(code);
    const counts = new EventCounts({ decided: tell, readPaging: tell, readEntry: tell, readWide: tell });
    counts.readPaging('paging-entry-is-leaf', 1, 0, 0, 0, 0);
    counts.readEntry('context-entry-translates', 0, 0, 0, 0, 0, 0);
    counts.readWide('amd-device-entry-translates', 0, 0, new Int32Array(8));
    expect([counts.counts.get('iommu_mrds'), counts.domainIn, heard.length]).toEqual([3, 'context', 3]);
  });

  test('registers that would lie over these are no layout', () => {
    const problem = (cap: bigint, ecap: bigint): string | null =>
      layoutProblem(decodeCapabilities(quadOf(cap), quadOf(ecap), null));
    const records = (at: bigint): bigint => (qemuCap & ~(0x3ffn << 24n)) | ((at / 16n) << 24n);
    const iotlb = (at: bigint): bigint => (qemuEcap & ~(0x3ffn << 8n)) | ((at / 16n) << 8n);
    for (const at of [0x300n, 0x440n]) {
      expect(problem(records(at) | commands, qemuEcap)).toContain('CAP.FRO');
      expect(problem(qemuCap | commands, iotlb(at))).toContain('ECAP.IRO');
      expect([problem(records(at), qemuEcap), problem(qemuCap, iotlb(at))]).toEqual([null, null]);
    }
    for (const at of [0x1000n, 0x2ff0n]) {
      expect(problem(records(at), qemuEcap | monitoring)).toContain('CAP.FRO');
      expect(problem(records(at) | commands, qemuEcap)).toBe(null);
    }
    expect(problem(records(0x3000n) | commands, qemuEcap | monitoring)).toBe(null);
    expect(problem(records(0x220n), iotlb(0x220n))).toContain('at the same offsets');
  });
});
