import { describe, expect, test } from 'vitest';
import { createRemapRunner } from '../../main/remapping/driver/runner.ts';

const unit = { unit: { vendor: 'amd', efr: '0x29d3', memory: '0x8000000' } };

type Answer = Record<string, unknown>;
function started(first: unknown = unit) {
  const runner = createRemapRunner();
  const go = (step: unknown): Answer => JSON.parse(runner.step(JSON.stringify(step)) ?? 'null') as Answer;
  expect(go(first)).toEqual({ step: 1, ok: true });
  const write = (address: number | string, ...qwords: (number | string)[]): Answer =>
    go({ memory: { write: address, qwords } });
  const register = (offset: number, value: number | string, size = 8): Answer =>
    go({ register: { write: offset, size, value } });
  const read = (offset: number, size = 8): unknown => go({ register: { read: offset, size } })['value'];
  const dma = (fields: object): Answer =>
    go({ dma: { source: '00:04.0', kind: 'read', address: '0x10000', ...fields } });
  return { runner, go, write, register, read, dma };
}

/** Device table at 1 MiB, three levels for 00:04.0; address 10000h is host 5000h. */
function translating(first: unknown = unit) {
  const run = started(first);
  run.register(0x00, '0x1001ff');
  run.register(0x08, '0x0900000000008000');
  run.register(0x10, '0x090000000000a000');
  run.register(0x18, 0x100d);
  run.write(0x100000 + 0x20 * 32, '0x6000000000010603', 7, 0, 0);
  run.write(0x10000, '0x6000000000011401');
  run.write(0x11000, '0x6000000000012201');
  run.write(0x12080, '0x6000000000005001');
  return run;
}

describe('remap run with an AMD unit', () => {
  test('registers at their offsets; a translated write is in memory before its answer', () => {
    const run = translating();
    expect(run.read(0x30)).toBe('0x29d3');
    expect(run.read(0x2020)).toBe('0x18');
    expect(run.dma({ kind: 'write', data: '0xdeadbeef', address: '0x10010' })).toMatchObject({
      ok: true,
      translated: '0x5010',
      pageSize: 4096,
    });
    expect(run.dma({ address: '0x10010' })).toMatchObject({ translated: '0x5010', data: '0xdeadbeef' });
  });

  test('a fault is the event that the log in memory holds', () => {
    const run = translating();
    expect(run.dma({ kind: 'write', address: '0x11008' })).toMatchObject({
      ok: false,
      fault: { event: '0x2', flags: '0x20', address: '0x11008', source: '00:04.0', recorded: true },
    });
    expect(run.go({ memory: { read: 0xa000, bytes: 8 } })).toMatchObject({ value: '0x2020000700000020' });
    expect(run.go({ memory: { read: 0xa008, bytes: 8 } })).toMatchObject({ value: '0x11008' });
    expect(run.read(0x2018)).toBe('0x10');
    expect(run.runner.badSteps).toBe(0);
  });

  test('commands are done before the answer of the tail write', () => {
    const run = translating();
    run.dma({});
    run.write(0x12080, '0x6000000000006001');
    expect(run.dma({})).toMatchObject({ translated: '0x5000' });
    run.write(0x8000, '0x3000000700000000', '0x10000', '0x1000000000007001', '0x55');
    run.register(0x2008, 0x20);
    expect(run.read(0x2000)).toBe('0x20');
    expect(run.go({ memory: { read: 0x7000, bytes: 8 } })).toMatchObject({ value: '0x55' });
    expect(run.dma({})).toMatchObject({ translated: '0x6000' });
    run.write(0x8020, 0, 0);
    run.register(0x2008, 0x30);
    expect([run.read(0x2000), run.read(0x2020)]).toEqual(['0x20', '0xa']);
  });

  test('interrupts: remapped, beyond the table, refused; ATS answers rights', () => {
    const run = translating();
    run.write(0x100000 + 0x20 * 32, '0x6000000000010603', '0x100000007', '0x2000000000040007', 0);
    run.write(0x40008, '0x410301');
    const send = (data: number): Answer => run.go({ interrupt: { source: '00:04.0', address: '0xfee00000', data } });
    expect(send(2)).toMatchObject({ ok: true, delivered: { vector: 0x41, destination: 3, posted: false } });
    expect(send(3)).toMatchObject({ ok: false, fault: { event: '0x2', flags: '0x8', index: 3, recorded: true } });
    expect(send(8)).toMatchObject({ ok: false, fault: { event: '0x2', index: 8 } });
    expect(run.dma({ at: 'translation' })).toMatchObject({ ok: true, translated: '0x5000', read: true, write: true });
    expect(run.dma({ at: 'translation', address: '0x20000' })).toMatchObject({ ok: true, read: false, write: false });
  });

  test('an encoded page says its size', () => {
    const run = translating();
    run.write(0x12080 + 16 * 8, '0x6000000000020e01', '0x6000000000020e01');
    expect(run.dma({ address: '0x21008' })).toMatchObject({ translated: '0x21008', pageSize: 8192 });
  });

  test('features that the engine lacks are named; sizes beyond are bad steps', () => {
    const runner = createRemapRunner();
    const go = (step: unknown): Answer => JSON.parse(runner.step(JSON.stringify(step)) ?? 'null') as Answer;
    expect(go({ unit: { vendor: 'amd', efr: '0x80000000000002d3', memory: 4096 } })).toMatchObject({
      ok: false,
      error: 'not in this engine: EFR.PC, EFR.SNP',
    });
    expect(go({ unit: { vendor: 'amd', efr: '0xc00', memory: 4096 } })).toMatchObject({ ok: false });
    expect(go({ unit: { vendor: 'amd', efr: '0xd3', efr2: '0x100', memory: 4096 } })).toMatchObject({ ok: true });
    expect(go({ unit: { vendor: 'amd', memory: 4096 } })).toMatchObject({ ok: false });
    expect(go({ register: { read: 0x4000, size: 4 } })).toMatchObject({ ok: false });
    expect(runner.badSteps).toBe(4);
  });

  test('with the unit off, addresses pass and ATS requests are refused without an event', () => {
    const run = started();
    expect(run.dma({ address: '0xfffffffff000' })).toMatchObject({ ok: true, data: '0xffffffff' });
    expect(run.dma({ at: 'translation' })).toMatchObject({ ok: false, fault: { event: '0x0', recorded: false } });
  });
});
