import { expect, test } from 'vitest';
import { createRemapRunner } from '../../main/remapping/driver/runner.ts';

const unit = { vendor: 'vtd', cap: '0x81d2008c222f0606', ecap: '0x899800f00f4a', memory: '0x8000000', haw: 48 };

test('remap run: first stage of a process address space, its fault, and a capability that is still lacking', () => {
  const runner = createRemapRunner();
  const go = (step: unknown): Record<string, unknown> => JSON.parse(runner.run(step)) as Record<string, unknown>;
  const write = (address: number, ...qwords: (number | string)[]): unknown =>
    go({ memory: { write: address, qwords } });
  expect(go({ unit })).toMatchObject({ ok: true });
  write(0x1000, '0x2001', 0);
  write(0x2000 + 0x20 * 32, '0x3009', 0, 0, 0);
  write(0x3000, '0x4001');
  write(0x4000 + 5 * 64, '0x41', 7, '0x10000', 0, 0, 0, 0, 0);
  write(0x10000, '0x11007');
  write(0x11000, '0x12007');
  write(0x12000, '0x400087');
  go({ register: { write: 0x20, size: 8, value: '0x1400' } });
  go({ register: { write: 0x18, size: 4, value: '0x40000000' } });
  go({ register: { write: 0x18, size: 4, value: '0x80000000' } });
  const dma = { source: '00:04.0', kind: 'write', address: '0x10010', pasid: 5 };
  expect(go({ dma })).toMatchObject({ ok: true, translated: '0x410010', pageSize: 2097152 });
  expect(go({ memory: { read: 0x12000, bytes: 8 } })).toMatchObject({ value: '0x4000e7' });
  expect(go({ dma: { ...dma, address: '0x200000' } })).toMatchObject({
    ok: false,
    fault: { reason: '0x71', address: '0x200000', source: '00:04.0', recorded: true },
  });
  expect(go({ dma: { ...dma, pasid: 6 } })).toMatchObject({ fault: { reason: '0x59' } });
  expect(go({ unit: { ...unit, ecap: '0x881802f00f4a' } })['error']).toContain('ECAP.MTS');
});

test('97 · nested: the answer names the page that the record names, whatever the second stage had against a guest table', () => {
  const nested = { ...unit, ecap: '0xc89804f00f4a' };
  for (const [entry, reason] of [
    ['0x11002', '0x86'],
    ['0xfee00003', '0x87'],
    ['0x0', '0x79'],
  ] as const) {
    const runner = createRemapRunner();
    const go = (step: unknown): Record<string, unknown> => JSON.parse(runner.run(step)) as Record<string, unknown>;
    const write = (address: number, ...qwords: (number | string)[]): unknown =>
      go({ memory: { write: address, qwords } });
    expect(go({ unit: nested })).toMatchObject({ ok: true });
    write(0x1000, '0x2001', 0);
    write(0x2000 + 0x20 * 32, '0x3001', 0, 0, 0);
    write(0x3000, '0x4001');
    write(0x4000, '0x200c9', 7, '0x10000', 0, 0, 0, 0, 0);
    write(0x10000, '0x11007');
    write(0x20000, '0x21003');
    write(0x21000, '0x22003');
    write(0x22000, '0x23003');
    write(0x23080, '0x10003', entry);
    go({ register: { write: 0x20, size: 8, value: '0x1400' } });
    go({ register: { write: 0x18, size: 4, value: '0x40000000' } });
    go({ register: { write: 0x18, size: 4, value: '0x80000000' } });
    expect(go({ dma: { source: '00:04.0', kind: 'read', address: '0x5000' } })).toMatchObject({
      fault: { reason, address: '0x11000', recorded: true },
    });
    expect(go({ register: { read: 0x220, size: 8 } })).toMatchObject({ value: '0x11000' });
  }
});
