import { describe, expect, test } from 'vitest';
import { control, controlHi, register, status } from '../../main/remapping/amdvi/registers.ts';
import { AmdBench, command, domain, fullEfr, manyInterrupts, requester } from './kit/amd-bench.ts';

const root = 0x40000n;
const narrow = (vector: number, destination: number, more = 0n): bigint =>
  1n | more | (BigInt(destination) << 8n) | (BigInt(vector) << 16n);
const wide = (vector: number, destination: number, more = 0n): [bigint, bigint] => [
  1n | more | (BigInt(destination & 0xffffff) << 8n),
  BigInt(vector) | (BigInt(destination >>> 24) << 56n),
];
const setNarrow = (bench: AmdBench, index: number, value: bigint): void => {
  const at = root + BigInt((index * 4) & ~7);
  const held = bench.read(at);
  const shift = BigInt((index & 1) * 32);
  bench.write(at, (held & ~(0xffff_ffffn << shift)) | (value << shift));
};
const ga = BigInt(control.guestApic);

describe('interrupt remapping', () => {
  test('209 · 32-bit entries: vector, destination, mode, level and logical from the entry', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root);
    setNarrow(bench, 6, narrow(0x41, 3));
    setNarrow(bench, 7, narrow(0x42, 9, (1n << 2n) | (1n << 5n) | (1n << 6n)));
    expect(bench.interrupt(6)).toBe(0);
    expect(bench.unit.interrupts.delivered).toEqual({
      vector: 0x41,
      destination: 3,
      logical: false,
      redirectionHint: false,
      mode: 'fixed',
      trigger: 'edge',
      posted: null,
    });
    expect(bench.interrupt(7)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({
      vector: 0x42,
      destination: 9,
      logical: true,
      mode: 'lowest',
      trigger: 'level',
    });
  });

  test('209 · 128-bit entries with GAEn; 32-bit destinations with XTEn', () => {
    const bench = new AmdBench({ efr: fullEfr }).start({}, ga);
    bench.interruptTable(root);
    bench.write(root + 5n * 16n, ...wide(0x51, 0x12345678));
    expect(bench.interrupt(5)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ vector: 0x51, destination: 0x78 });
    bench.unit.writeRegister(register.CONTROL + 4, controlHi.x2apic);
    expect(bench.interrupt(5)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ destination: 0x12345678 });
  });

  test('209 · IntCtl: 00 refuses, 01 passes, 10 remaps, 11 is reserved; IV=0 passes', () => {
    const bench = new AmdBench().start();
    const ask = (how: bigint, valid = 1n): number => {
      bench.interruptTable(root, { control: how, valid });
      bench.submit(command.device(requester));
      return bench.interrupt(0x31, 0xfee04000);
    };
    expect(ask(0n)).toBe(8);
    // The flags that a real machine logs (INVALID_DEVICE_REQUEST … flags=0x0a00).
    expect(bench.event).toMatchObject({ code: 8, flags: 0xa00, source: requester, address: 0xfee04000n });
    expect(ask(1n)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ vector: 0x31, destination: 4 });
    setNarrow(bench, 0x31, narrow(0x77, 1));
    expect(ask(2n)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ vector: 0x77, destination: 1 });
    expect(ask(3n)).toBe(1);
    expect(bench.event).toMatchObject({ code: 1, flags: 0x88 });
    expect(ask(0n, 0n)).toBe(0);
  });

  test('210 · an index beyond the table is IO_PAGE_FAULT with I; so is an entry that is off', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root, { length: 3n });
    expect(bench.interrupt(8)).toBe(2);
    expect(bench.unit.interrupts.index).toBe(8);
    expect(bench.event).toEqual({ code: 2, flags: 0x08, space: domain, source: requester, address: 0xfee00000n });
    expect(bench.interrupt(7)).toBe(2);
    expect(bench.event.flags).toBe(0x08);
    setNarrow(bench, 7, narrow(0x41, 3));
    expect(bench.interrupt(7)).toBe(0);
    bench.interruptTable(root, { length: 12n });
    bench.submit(command.device(requester));
    expect(bench.interrupt(1)).toBe(1);
    expect(bench.event.flags).toBe(0x08);
  });

  test('malformed entries: reserved type, guest entry without guest mode, reserved bits → RZ', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root);
    for (const more of [2n << 2n, 1n << 7n, 1n << 24n]) {
      setNarrow(bench, 4, narrow(0x41, 3, more));
      expect(bench.interrupt(4)).toBe(2);
      expect(bench.event.flags).toBe(0x98);
    }
  });

  test('SupIOPF and IG keep page faults of interrupts out of the log; the interrupt is stopped all the same', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root);
    setNarrow(bench, 4, 2n);
    expect(bench.interrupt(4)).toBe(2);
    expect(bench.events).toBe(0);
    expect(bench.interrupt(5)).toBe(2);
    expect(bench.events).toBe(1);
    bench.interruptTable(root, { extra: 1n << 5n });
    bench.submit(command.device(requester));
    expect(bench.interrupt(5)).toBe(2);
    expect(bench.events).toBe(1);
  });

  test('NMI, INIT and ExtInt pass where their bit is set, with a physical destination; SMI passes [recall for the event]', () => {
    for (const [mode, bit] of [
      [4, 58n],
      [5, 56n],
      [7, 57n],
    ] as const) {
      const bench = new AmdBench().start();
      bench.interruptTable(root);
      expect(bench.interrupt(mode << 8)).toBe(2);
      expect(bench.event.flags).toBe(0x08);
      bench.interruptTable(root, { extra: 1n << bit });
      bench.submit(command.device(requester));
      expect(bench.interrupt(mode << 8)).toBe(0);
      expect(bench.interrupt(mode << 8, 0xfee00004)).toBe(2);
    }
    const bench = new AmdBench().start();
    bench.interruptTable(root);
    expect(bench.interrupt(2 << 8)).toBe(0);
    expect(bench.unit.interrupts.delivered?.mode).toBe('smi');
    expect(bench.interrupt(3 << 8)).toBe(2);
  });

  test('an entry is cached until INVALIDATE_INTERRUPT_TABLE of its device', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root);
    setNarrow(bench, 4, narrow(0x41, 3));
    bench.interrupt(4);
    setNarrow(bench, 4, narrow(0x42, 3));
    bench.submit(command.interrupts(requester + 1), command.device(requester));
    bench.interrupt(4);
    expect(bench.unit.interrupts.delivered?.vector).toBe(0x41);
    bench.submit(command.interrupts(requester));
    bench.interrupt(4);
    expect(bench.unit.interrupts.delivered?.vector).toBe(0x42);
  });

  test('a device cannot reach another’s table: the same index is the other’s own', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root);
    setNarrow(bench, 4, narrow(0x41, 3));
    bench.device({ source: 0x21, extra: [0n, 0n, 1n | (9n << 1n) | 0x50000n | (2n << 60n), 0n] });
    expect(bench.interrupt(4)).toBe(0);
    expect(bench.interrupt(4, 0xfee00000, 0x21)).toBe(2);
    expect(bench.event).toMatchObject({ source: 0x21, flags: 0x08 });
  });

  test('a requester outside the table, and reserved bits of the upper half', () => {
    const bench = new AmdBench().start();
    bench.interruptTable(root, { extra: 1n << 52n });
    expect(bench.interrupt(4)).toBe(1);
    expect(bench.event.flags).toBe(0x88);
    bench.device({ extra: [0n, 0n, 1n | (2n << 60n), 1n] });
    bench.submit(command.device(requester));
    expect(bench.interrupt(4)).toBe(1);
    bench.set64(register.DEV_TABLE, 0x100000n);
    expect(bench.interrupt(4, 0xfee00000, 128)).toBe(2);
  });

  test('212 · without 2048 interrupts bits 10:8 are the delivery mode; with them, the index', () => {
    const few = new AmdBench().start();
    few.interruptTable(root, { length: 11n });
    setNarrow(few, 1000, narrow(0x41, 3));
    expect(few.interrupt(1000)).toBe(2);
    setNarrow(few, 500, narrow(0x43, 3));
    expect(few.interrupt(500)).toBe(0);
    const many = new AmdBench({ efr2: manyInterrupts }).start();
    many.unit.writeRegister(register.CONTROL + 4, controlHi.manyInterrupts);
    many.interruptTable(root, { length: 11n });
    setNarrow(many, 2047, narrow(0x42, 3));
    for (const address of [0xfee00004, 0xfee00000]) {
      expect(many.interrupt(2047, address)).toBe(0);
      expect(many.unit.interrupts.delivered?.vector).toBe(0x42);
    }
  });

  test('212 · what a bit of the device entry lets through passes also with 2048 interrupts, unless DM says index', () => {
    const bench = new AmdBench({ efr2: manyInterrupts }).start();
    bench.unit.writeRegister(register.CONTROL + 4, controlHi.manyInterrupts);
    const nmiPass = 1n << 58n;
    bench.interruptTable(root, { length: 11n, extra: nmiPass });
    setNarrow(bench, 0x400, narrow(0x42, 3));
    expect(bench.interrupt(0x400)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ mode: 'nmi', vector: 0 });
    expect(bench.interrupt(0x400, 0xfee00004)).toBe(0);
    expect(bench.unit.interrupts.delivered).toMatchObject({ mode: 'fixed', vector: 0x42 });
  });
});

describe('guest mode', () => {
  const page = 0x60000n;
  const guestLog = 0xe000n;
  const ready = (): AmdBench => {
    const bench = new AmdBench({ efr: fullEfr });
    bench.set64(register.GA_BASE, guestLog | (8n << 56n));
    bench.set64(register.GA_TAIL_ADDRESS, 0x7100n);
    const more = control.guestApic | control.guestApicMode | control.guestLog | control.guestInterrupt;
    bench.start({}, BigInt(more));
    bench.interruptTable(root);
    return bench;
  };
  const entry = (running: boolean, logs: boolean): [bigint, bigint] => [
    1n | (1n << 7n) | (running ? 1n << 6n : 0n) | (logs ? 4n : 0n) | (7n << 8n) | (0xabcdn << 32n),
    0x55n | page,
  ];

  test('211 · IsRun=1: the vector is in the guest’s APIC page, and a doorbell goes to its processor', () => {
    const bench = ready();
    bench.write(root + 3n * 16n, ...entry(true, true));
    expect(bench.interrupt(3)).toBe(0);
    expect(bench.read(page + 0x220n)).toBe(1n << 0x15n);
    expect(bench.unit.interrupts.delivered).toMatchObject({
      vector: 0x55,
      posted: { notification: { destination: 7 } },
    });
    expect(bench.get64(register.GA_TAIL)).toBe(0n);
  });

  test('211 · IsRun=0 and GALogIntr=1: a guest log entry with tag and device, and an interrupt', () => {
    const bench = ready();
    bench.write(root + 3n * 16n, ...entry(false, true));
    expect(bench.interrupt(3)).toBe(0);
    expect(bench.unit.interrupts.delivered?.posted).toEqual({ notification: null });
    expect(bench.read(guestLog)).toBe((1n << 60n) | (BigInt(requester) << 32n) | 0xabcdn);
    expect([bench.get64(register.GA_TAIL), bench.read(0x7100n)]).toEqual([8n, 8n]);
    expect(bench.status & (status.guestRun | status.guestInterrupt)).toBe(status.guestRun | status.guestInterrupt);
    expect(bench.messages).toHaveLength(1);
    bench.write(root + 4n * 16n, ...entry(false, false));
    expect(bench.interrupt(4)).toBe(0);
    expect(bench.get64(register.GA_TAIL)).toBe(8n);
  });

  test('an APIC page that no memory answers for is an error, and reserved bits of a guest entry are a fault', () => {
    const bench = ready();
    bench.write(root + 3n * 16n, entry(true, false)[0], 0x55n | 0x9000000n);
    expect(bench.interrupt(3)).toBe(4);
    bench.write(root + 4n * 16n, entry(true, false)[0] | 8n, 0x55n | page);
    expect(bench.interrupt(4)).toBe(2);
    expect(bench.event.flags).toBe(0x98);
  });
});
