import { describe, expect } from 'vitest';
import { faultStatus, global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, descriptor, qemuCap, requester } from './kit/bench.ts';
import { refuseEachAccess } from './kit/refused-access.ts';
import type { Kind, Work } from './kit/refused-access.ts';
import { fullEcap, pgtt, ScalableBench, user } from './kit/scalable-bench.ts';

const posting = qemuCap | (1n << 59n);
const interruptTable = 0x3000n;
const message = (index: number): number => 0xfee00010 | (index << 5);

function dma(bench: Bench, ask: () => number, reached: () => bigint, at = 0x5000n): Work {
  return { memory: bench.unit.memory, act: ask, done: () => expect(reached()).toBe(at) };
}

function posted(): Work {
  const bench = new Bench({ cap: posting });
  bench.set64(register.IRTA, interruptTable | 3n);
  bench.command(global.interruptTable);
  bench.command(global.interrupts);
  bench.write(interruptTable + 32n, 1n | (1n << 15n) | (0x31n << 16n) | ((0x6000n >> 6n) << 38n), 0n);
  bench.write(0x6020n, 0xf2n << 16n);
  return {
    memory: bench.unit.memory,
    act: () => bench.unit.interrupt(requester, 0, message(2), 0),
    done: () => expect((bench.read(0x6000n) >> 0x31n) & 1n).toBe(1n),
  };
}

function queued(bench: Bench, wide: boolean): Work {
  bench.startQueue(0, wide);
  bench.write(bench.queueBase, ...descriptor.wait(0x7000n, 5));
  return {
    memory: bench.unit.memory,
    act: () => {
      bench.set32(register.IQT, wide ? 32 : 16);
      return bench.get32(register.FSTS) & faultStatus.queueError ? 0x100 | (bench.get32(register.IQER) & 0xf) : 0;
    },
    recover: () => bench.set32(register.FSTS, faultStatus.queueError),
    done: () => expect([bench.read(0x7000n), bench.get64(register.IQH)]).toEqual([5n, wide ? 32n : 16n]),
  };
}

function pageRequest(): Work {
  const bench = new ScalableBench({ ecap: fullEcap | (1n << 29n) }).begin({ context: 0b11100n, pasid: 3 });
  bench.set64(register.PQA, 0x60000n);
  const answers: number[] = [];
  bench.unit.pageRequests.respond = ({ code }) => answers.push(code);
  return {
    memory: bench.unit.memory,
    act: () => {
      const before = bench.get64(register.PQT);
      bench.unit.pageRequests.request({
        ...{ source: requester, pasid: 3, hi: 0, lo: 0x7000, read: true, write: false },
        ...{ execute: false, privileged: false, last: true, group: 9 },
      });
      return bench.get64(register.PQT) === before ? 0x200 | (answers.at(-1) ?? 0) : 0;
    },
    done: () => expect(bench.read(0x60008n)).toBe(0x7000n | 0b101n | (9n << 3n)),
  };
}

/** IQE with IQEI 2, and with 0 for a status that cannot be written. */
const fetch = 0x102;
const statusWrite = 0x100;
/** A page request that is answered with response failure. */
const refusedPage = 0x20f;
/** Half of a root entry, a context entry, a directory entry, a PASID-table entry. */
const entries = [
  [1, 0x38],
  [4, 0x40],
  [1, 0x50],
  [8, 0x58],
] as const;
/** Four levels of second stage, and D of the leaf. */
const dirty = [
  [1, 0x7b],
  [4, 0x78],
] as const;

const kinds: readonly Kind[] = [
  {
    name: 'a DMA write in legacy mode',
    make: () => {
      const bench = new Bench().start();
      bench.map(0x30000n, 0x5000n);
      return dma(
        bench,
        () => bench.dma(0x30000n, 'write'),
        () => bench.translated(0x30000n),
      );
    },
    reasons: [
      [2, 0x08],
      [2, 0x09],
      [1, 0x03],
      [3, 0x07],
    ],
  },
  {
    name: 'a DMA write through a second stage with A and D',
    make: () => {
      const bench = new ScalableBench().begin({ stage: pgtt.second, entry: [1n << 9n, 0n, 0n] });
      bench.mapSecond(0x30000n, 0x5000n);
      return dma(
        bench,
        () => bench.ask(0x30000n, { kind: 'write' }),
        () => bench.reached(0x30000n),
      );
    },
    reasons: [...entries, [1, 0x7b], [7, 0x78]],
  },
  {
    name: 'a DMA write through a first stage of four levels',
    make: () => {
      const bench = new ScalableBench().begin({ stage: pgtt.first });
      bench.mapFirst(0x30000n, 0x5000n, user);
      return dma(
        bench,
        () => bench.ask(0x30000n, { kind: 'write' }),
        () => bench.reached(0x30000n),
      );
    },
    reasons: [
      ...entries,
      [1, 0x73],
      [1, 0x91],
      ...Array.from(
        { length: 3 },
        () =>
          [
            [1, 0x70],
            [1, 0x91],
          ] as const,
      ).flat(),
    ],
  },
  {
    name: 'a DMA write through both stages, with A and D in both',
    make: () => {
      const bench = new ScalableBench().begin({ stage: pgtt.nested, entry: [1n << 9n, 0n, 0n] });
      for (let page = 0x10000n; page < 0x60000n; page += 0x1000n) bench.mapSecond(page, page);
      bench.mapFirst(0x7000_0000n, 0x9000n, user);
      bench.mapSecond(0x9000n, 0x5000n);
      return dma(
        bench,
        () => bench.ask(0x7000_0000n, { kind: 'write' }),
        () => bench.reached(0x7000_0000n),
      );
    },
    reasons: [
      ...entries,
      // The second stage of the top table with its marks; then each entry: itself, D of its own page, its mark.
      ...([[1, 0x7b], [7, 0x78], [1, 0x73], ...dirty, [1, 0x91]] as const),
      ...Array.from({ length: 3 }, () => [...dirty, [1, 0x70], ...dirty, [1, 0x91]] as const).flat(),
      ...dirty,
    ],
  },
  {
    name: 'a posted interrupt',
    make: posted,
    reasons: [
      [2, 0x23],
      [4, 0x27],
    ],
  },
  {
    name: 'a 128-bit queue descriptor and its status',
    make: () => queued(new Bench(), false),
    reasons: [
      [2, fetch],
      [1, statusWrite],
    ],
  },
  {
    name: 'a 256-bit queue descriptor and its status',
    make: () => queued(new ScalableBench(), true),
    reasons: [
      [4, fetch],
      [1, statusWrite],
    ],
  },
  { name: 'a page request', make: pageRequest, reasons: [[9, refusedPage]] },
];

describe('each access to memory that a VT-d unit makes is refused once', () => {
  refuseEachAccess(kinds);
});
