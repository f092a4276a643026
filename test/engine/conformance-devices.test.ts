import { describe, expect, test } from 'vitest';
import { bigOf } from '../../main/remapping/core/quad.ts';
import { Bus } from '../../main/remapping/platform/bus.ts';
import { CopyDevice } from '../../main/remapping/platform/copy-device.ts';
import { IoApic, redirection, remappableFormat } from '../../main/remapping/platform/io-apic.ts';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, requester } from './kit/bench.ts';

const interruptTable = 0x3000n;
/** Requester id of the I/O APIC, as QEMU's DMAR table gives it. */
const ioApicSource = 0xff00;

/** Interrupt remapping on, with an entry for a requester at an index; `level` as the entry’s TM. */
function withEntry(bench: Bench, index: number, vector: number, source: number, level = false): Bench {
  bench.write(
    interruptTable + BigInt(index) * 16n,
    1n | (level ? 1n << 4n : 0n) | (BigInt(vector) << 16n) | (1n << 40n),
    BigInt(source) | (1n << 18n),
  );
  bench.set64(register.IRTA, interruptTable | 7n);
  bench.command(global.interruptTable);
  bench.command(global.interrupts);
  return bench;
}

/** An I/O APIC whose interrupts go through the unit; what was delivered, in order. */
function ioApicOf(bench: Bench): { ioApic: IoApic; delivered: { vector: number; trigger: string }[] } {
  const delivered: { vector: number; trigger: string }[] = [];
  const ioApic = new IoApic(ioApicSource, (source, address, data) => {
    if (bench.unit.interrupt(source, 0, address, data) !== 0) return false;
    const { delivered: one } = bench.unit.interrupts;
    if (one !== null) delivered.push({ vector: one.vector, trigger: one.trigger });
    return true;
  });
  return { ioApic, delivered };
}

const message = (index: number): number => 0xfee00010 | (index << 5);

describe('the I/O APIC', () => {
  test('155 · a pin with a remappable entry → the vector of the interrupt entry', () => {
    const bench = withEntry(new Bench(), 2, 0xed, ioApicSource);
    const { ioApic, delivered } = ioApicOf(bench);
    ioApic.write(4, 0xed, remappableFormat | (2 << 17));
    ioApic.set(4, true);
    ioApic.set(4, true);
    expect(delivered).toEqual([{ vector: 0xed, trigger: 'edge' }]);
    ioApic.set(4, false);
    ioApic.set(4, true);
    expect(delivered).toHaveLength(2);
  });

  test('155 · an entry of another requester refuses it, and a masked pin says nothing', () => {
    const bench = withEntry(new Bench(), 2, 0xed, requester);
    const { ioApic, delivered } = ioApicOf(bench);
    ioApic.write(4, 0xed | redirection.mask, remappableFormat | (2 << 17));
    ioApic.set(4, true);
    expect(ioApic.sent).toBe(0);
    ioApic.set(4, false);
    ioApic.write(4, 0xed, remappableFormat | (2 << 17));
    ioApic.set(4, true);
    expect(ioApic.sent).toBe(1);
    expect(delivered).toEqual([]);
    expect(bench.record()).toMatchObject({ reason: 0x26, source: ioApicSource, info: 2n << 48n });
  });

  test('155 · the sixteenth index bit stands in bit 11, and without the format bit the message is compatible', () => {
    const seen: [number, number][] = [];
    const ioApic = new IoApic(ioApicSource, (_, address, data) => seen.push([address >>> 0, data]) > 0);
    ioApic.write(0, 0x31 | redirection.indexHigh, remappableFormat | (5 << 17));
    ioApic.set(0, true);
    ioApic.write(1, 0x32 | redirection.indexHigh, 7 << 24);
    ioApic.set(1, true);
    expect(seen.map(([address]) => address)).toEqual([0xfee000b4, 0xfee07004]);
  });

  test('174 · level on both sides: one interrupt until its end, then again while the wire is up', () => {
    const bench = withEntry(new Bench(), 2, 0x71, ioApicSource, true);
    const { ioApic, delivered } = ioApicOf(bench);
    ioApic.write(9, 0x71 | redirection.level, remappableFormat | (2 << 17));
    ioApic.set(9, true);
    ioApic.set(9, true);
    expect(delivered).toEqual([{ vector: 0x71, trigger: 'level' }]);
    ioApic.endOfInterrupt(0x70);
    expect(delivered).toHaveLength(1);
    ioApic.endOfInterrupt(0x71);
    expect(delivered).toHaveLength(2);
    ioApic.set(9, false);
    ioApic.endOfInterrupt(0x71);
    expect(delivered).toHaveLength(2);
    expect((ioApic.entries[18] ?? 0) & redirection.remoteIrr).toBe(0);
  });

  test('174 · a level pin behind an edge entry: the processor ends nothing, and the pin stays silent for ever', () => {
    const bench = withEntry(new Bench(), 2, 0x71, ioApicSource, false);
    const { ioApic, delivered } = ioApicOf(bench);
    ioApic.write(9, 0x71 | redirection.level, remappableFormat | (2 << 17));
    ioApic.set(9, true);
    // Delivered as the entry says; processors announce the end of level interrupts only.
    expect(delivered).toEqual([{ vector: 0x71, trigger: 'edge' }]);
    ioApic.set(9, false);
    ioApic.set(9, true);
    expect(delivered).toHaveLength(1);
    expect((ioApic.entries[18] ?? 0) & redirection.remoteIrr).toBe(redirection.remoteIrr);
    // Written as edge, it is free again.
    ioApic.write(9, 0x71, remappableFormat | (2 << 17));
    expect((ioApic.entries[18] ?? 0) & redirection.remoteIrr).toBe(0);
  });
});

describe('a device', () => {
  /** Pages 30h and 31h are mapped both ways, 32h only for reading; the data is in the first. */
  function copier(windows: { base: number; bytes: Uint8Array }[] = []) {
    const bench = new Bench().start();
    bench.map(0x30000n, 0x50000n);
    bench.map(0x31000n, 0x52000n);
    bench.map(0x32000n, 0x54000n, { rights: 1n });
    const bus = new Bus(bench.unit.memory, windows);
    bench.write(0x50ff8n, 0x1122334455667788n);
    bench.write(0x52000n, 0x99aabbccddeeff00n);
    return { bench, device: new CopyDevice(bench.unit, bus, requester) };
  }

  test('180 · while its message is masked an interrupt waits in the device, and the unit hears nothing', () => {
    const bench = withEntry(new Bench(), 1, 0x41, requester);
    const device = new CopyDevice(bench.unit, new Bus(bench.unit.memory), requester);
    device.message.address = message(1);
    device.mask(true);
    device.interrupt();
    device.interrupt();
    expect([device.message.pending, bench.unit.interrupts.lookups]).toEqual([true, 0]);
    device.mask(false);
    expect([device.message.pending, bench.unit.interrupts.lookups]).toEqual([false, 1]);
    expect(bench.unit.interrupts.delivered).toMatchObject({ vector: 0x41 });
    device.mask(true);
    device.mask(false);
    expect(device.messagesSent).toBe(1);
  });

  test('192 · copies what is mapped, across pages that lie apart', () => {
    const { bench, device } = copier();
    expect(device.copy(0x30ff8, 0x31100, 16)).toEqual({ moved: 16, reason: 0 });
    expect([bench.read(0x52100n), bench.read(0x52108n)]).toEqual([0x1122334455667788n, 0x99aabbccddeeff00n]);
  });

  test('192 · from unmapped and to unmapped fails, says how far it came, and the unit works on', () => {
    const { bench, device } = copier();
    expect(device.copy(0x40000, 0x31000, 8)).toEqual({ moved: 0, reason: 0x06 });
    expect(device.copy(0x30ff8, 0x32000, 8)).toEqual({ moved: 0, reason: 0x05 });
    expect(device.copy(0x30ff8, 0x31ffc, 8)).toEqual({ moved: 4, reason: 0x05 });
    expect(device.copy(0x30ff8, 0x31200, 8)).toEqual({ moved: 8, reason: 0 });
    expect(bench.read(0x52200n)).toBe(0x1122334455667788n);
    expect(bench.read(0x54000n)).toBe(0n);
  });

  test('194 · as many interrupts arrive as were sent', () => {
    const bench = withEntry(new Bench(), 1, 0x41, requester);
    const device = new CopyDevice(bench.unit, new Bus(bench.unit.memory), requester);
    device.message.address = message(1);
    let received = 0;
    for (let count = 0; count < 100; count++) {
      device.interrupt();
      if (bench.unit.interrupts.delivered?.vector === 0x41) received++;
    }
    expect([device.messagesSent, received, bench.unit.interrupts.lookups]).toEqual([100, 100, 100]);
  });

  test('195 · peer to peer: a page of another device’s register block, whole, in part, and unaligned', () => {
    const base = 0xf000_0000;
    const peer = { base, bytes: new Uint8Array(0x1800) };
    const { bench, device } = copier([peer]);
    bench.map(0x60000n, BigInt(base));
    bench.map(0x61000n, BigInt(base) + 0x1000n);
    expect(device.copy(0x30ff8, 0x60000, 8)).toEqual({ moved: 8, reason: 0 });
    expect([...peer.bytes.slice(0, 3)]).toEqual([0x88, 0x77, 0x66]);
    // Unaligned, and back into memory.
    expect(device.copy(0x60003, 0x31301, 5)).toEqual({ moved: 5, reason: 0 });
    expect(bench.read(0x52300n)).toBe(0x1122334455_00n);
    // Half of the second page is the device: beyond it nobody answers, as on a bus.
    expect(device.copy(0x617fc, 0x31400, 8)).toEqual({ moved: 8, reason: 0 });
    expect(bench.read(0x52400n)).toBe(0xffffffff_00000000n);
    expect(device.copy(0x30ff8, 0x61900, 8)).toEqual({ moved: 8, reason: 0 });
    expect(bigOf(bench.unit.dma.outHi, bench.unit.dma.outLo)).toBe(BigInt(base) + 0x1900n);
  });
});
