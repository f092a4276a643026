import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { control, register, status } from '../../main/remapping/amdvi/registers.ts';
import type { RegisterFile } from '../../main/remapping/registers/register-file.ts';
import { AmdBench, command, commandBuffer, fullEfr, requester } from './kit/amd-bench.ts';
import { refuseEachAccess, refusing } from './kit/refused-access.ts';
import type { Kind, Work } from './kit/refused-access.ts';

/** GV and GCR3 at 50000h, with one level of address spaces. */
const guestEntry: [bigint, bigint, bigint, bigint] = [
  (1n << 55n) | (((0x50000n >> 12n) & 7n) << 58n),
  ((0x50000n >> 15n) & 0xffffn) << 16n,
  0n,
  0n,
];

function amdGuest(nested: boolean): Work {
  const bench = new AmdBench({ efr: fullEfr, memory: 0x8000000 }).start({ mode: nested ? 4n : 0n, extra: guestEntry });
  const tables = [0x51000n, 0x52000n, 0x53000n, 0x54000n] as const;
  bench.write(0x50000n + 5n * 8n, tables[0] | 1n);
  bench.write(tables[0], tables[1] | 7n);
  bench.write(tables[1], tables[2] | 7n);
  bench.write(tables[2], tables[3] | 7n);
  bench.write(tables[3] + 3n * 8n, 0x7000n | 7n);
  if (nested) for (const page of [0x50000n, ...tables, 0x7000n]) bench.map(page, page === 0x7000n ? 0x5000n : page);
  return {
    memory: bench.unit.memory,
    act: () => bench.dma(0x3000n, 'write', requester, 0, 5),
    done: () => expect(bench.translated(0x3000n, 'write', requester, 5)).toBe(nested ? 0x5000n : 0x7000n),
  };
}

function amdGuestInterrupt(running: boolean): Work & { readonly registers: RegisterFile } {
  const on = BigInt(control.guestApic | control.guestApicMode | control.guestLog);
  const bench = new AmdBench({ efr: fullEfr }).start({}, on);
  bench.set64(register.GA_BASE, 0x68000n | (8n << 56n));
  bench.set64(register.GA_TAIL_ADDRESS, 0x69000n);
  bench.interruptTable(0x40000n);
  bench.write(0x40000n, 1n | (running ? 1n << 6n : 1n << 2n) | (1n << 7n), 0x51n | 0x60000n);
  return {
    memory: bench.unit.memory,
    registers: bench.unit.registers,
    act: () => bench.interrupt(0),
    done: () => expect(bench.read(0x60000n + 0x220n)).toBe(0x20000n),
  };
}

function amdPageRequest(): Work {
  const pages = BigInt(control.pageLog | control.pageRequests);
  const bench = new AmdBench({ efr: fullEfr }).start({ extra: [1n << 52n, 0n, 0n, 0n] }, pages);
  bench.set64(register.PPR_BASE, 0x68000n | (8n << 56n));
  const on = bench.unit.readRegister(register.CONTROL);
  return {
    memory: bench.unit.memory,
    act: () => {
      const request = { source: requester, pasid: noPasid, hi: 0, lo: 0x7000, bits: access.read, tag: 9 };
      return bench.unit.pageRequest(request) ? 0 : (bench.unit.pageRequests.answer?.response ?? -1);
    },
    // A log that its memory refused stops until it is turned off and on.
    recover: () => {
      bench.unit.writeRegister(register.CONTROL, on & ~control.pageLog);
      bench.unit.writeRegister(register.CONTROL, on);
    },
    done: () => expect(bench.read(0x68008n)).toBe(0x7000n),
  };
}

function amdCommand(store: boolean): Work {
  const bench = new AmdBench({ efr: fullEfr }).start();
  bench.write(commandBuffer, ...(store ? command.wait(0x7000n, 5n) : command.all()));
  const on = bench.unit.readRegister(register.CONTROL);
  return {
    memory: bench.unit.memory,
    act: () => {
      bench.unit.writeRegister(register.CMD_TAIL, 16);
      return bench.status & status.commandRun ? 0 : bench.unit.events.code;
    },
    recover: () => {
      bench.unit.writeRegister(register.CONTROL, on & ~control.commands);
      bench.unit.writeRegister(register.CONTROL, on);
    },
    done: () => expect([bench.get64(register.CMD_HEAD), bench.read(0x7000n)]).toEqual([16n, store ? 5n : 0n]),
  };
}

const kinds: readonly Kind[] = [
  {
    name: 'a DMA write through host tables with A and D',
    make: () => {
      const bench = new AmdBench({ efr: fullEfr }).start({ extra: [3n << 7n, 0n, 0n, 0n] });
      bench.map(0x30000n, 0x5000n);
      return {
        memory: bench.unit.memory,
        act: () => bench.dma(0x30000n, 'write'),
        done: () => expect(bench.translated(0x30000n, 'write')).toBe(0x5000n),
      };
    },
    reasons: [
      [4, 3],
      [8, 4],
    ],
  },
  {
    name: 'a DMA write through guest tables',
    make: () => amdGuest(false),
    reasons: [
      [4, 3],
      [9, 4],
    ],
  },
  {
    name: 'a DMA write through guest and host tables',
    make: () => amdGuest(true),
    reasons: [
      [4, 3],
      [49, 4],
    ],
  },
  {
    name: 'an interrupt to a guest that runs',
    make: () => amdGuestInterrupt(true),
    reasons: [
      [4, 3],
      [4, 4],
    ],
  },
  {
    name: 'an interrupt to a guest that waits',
    make: () => amdGuestInterrupt(false),
    reasons: [
      [4, 3],
      [4, 4],
      [2, 0],
    ],
  },
  {
    name: 'a page request',
    make: amdPageRequest,
    reasons: [
      [4, 1],
      [2, 1],
    ],
  },
  { name: 'a command', make: () => amdCommand(false), reasons: [[2, 6]] },
  { name: 'a COMPLETION_WAIT and its store', make: () => amdCommand(true), reasons: [[3, 6]] },
];

describe('each access to memory that an AMD-Vi unit makes is refused once', () => {
  refuseEachAccess(kinds);

  test('the guest log of an AMD-Vi unit stops where its memory refuses an entry; a tail copy that is lost is lost', () => {
    for (const [n, running] of [
      [8, 0],
      [9, status.guestRun],
    ] as const) {
      const { memory, act, registers } = amdGuestInterrupt(false);
      refusing(memory, n);
      expect(act()).toBe(0);
      expect(registers.read(register.STATUS) & status.guestRun).toBe(running);
    }
  });
});
