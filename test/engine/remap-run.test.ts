import { describe, expect, test } from 'vitest';
import { createRemapRunner, scriptSteps } from '../../main/remapping/driver/runner.ts';

const unit = { unit: { vendor: 'vtd', cap: '0x80d2008c222f0606', ecap: '0xf00f5a', memory: '0x8000000', haw: 48 } };

type Answer = Record<string, unknown>;
/** A runner with a unit; `go` gives the parsed answer. */
function started(first: unknown = unit) {
  const runner = createRemapRunner();
  const go = (step: unknown): Answer => JSON.parse(runner.step(JSON.stringify(step)) ?? 'null') as Answer;
  expect(go(first)).toEqual({ step: 1, ok: true });
  const write = (address: number | string, ...qwords: (number | string)[]): Answer =>
    go({ memory: { write: address, qwords } });
  const register = (offset: number, value: number | string, size = 4): Answer =>
    go({ register: { write: offset, size, value } });
  const read = (offset: number, size = 4): unknown => go({ register: { read: offset, size } })['value'];
  const dma = (fields: object): Answer =>
    go({ dma: { source: '00:04.0', kind: 'read', address: '0x10000', ...fields } });
  return { runner, go, write, register, read, dma };
}

/** Root, context and four levels for 00:04.0; address 10000h is host 5000h. */
function translating(first: unknown = unit) {
  const run = started(first);
  run.write(0x1000, '0x2001', 0);
  run.write(0x2000 + 0x20 * 16, '0x10001', '0x502');
  run.write(0x10000, '0x11003');
  run.write(0x11000, '0x12003');
  run.write(0x12000, '0x13003');
  run.write(0x13080, '0x5003');
  run.register(0x20, '0x1000', 8);
  run.register(0x18, '0x40000000');
  run.register(0x18, '0x80000000');
  return run;
}

describe('remap run', () => {
  test('the counters of a unit that has them are driven by register steps', () => {
    const cap = '0xa0d2008c222f0606';
    const run = translating({ unit: { ...unit.unit, cap, ecap: '0x8000000f00f5a' } });
    expect(run.go({ unit: { ...unit.unit, cap: '0xa0d2008c302f0606', ecap: '0x8000000f00f5a' } })).toMatchObject({
      error: 'CAP.FRO places the fault records over the registers of performance monitoring',
    });
    expect(run.read(0x300, 8)).toBe('0x4000705300004');
    const configuration = Number(run.read(0x310));
    const values = Number(run.read(0x31c));
    // IOTLB look-ups of 00:04.0 in counter 0, and of 00:05.0 in counter 1.
    for (const [counter, requester] of [0x20, 0x28].entries()) {
      run.register(configuration + 0x100 * counter, '0x100000300', 8);
      run.register(configuration + 0x100 * counter + 8, 0x80000000 + requester);
      run.register(0x400, 0xf0 + counter * 0x10000, 8);
    }
    for (let count = 0; count < 3; count++) expect(run.dma({})).toMatchObject({ ok: true });
    expect([run.read(values, 8), run.read(values + 0x400, 8)]).toEqual(['0x3', '0x0']);
  });

  test('every answer carries its step, and numbers come back as 0x strings', () => {
    const run = started();
    expect(run.write('0x1000', '0x1122334455667788', 5)).toEqual({ step: 2, ok: true });
    expect(run.go({ memory: { read: '0x1000', bytes: 16 } })).toEqual({
      step: 3,
      ok: true,
      value: '0x51122334455667788',
    });
    expect(run.go({ memory: { read: 4097, bytes: 2 } })).toMatchObject({ value: '0x6677' });
    expect(run.go({ memory: { read: `0x${'0'.repeat(20)}1001`, bytes: 2 } })).toMatchObject({ value: '0x6677' });
    expect(run.go({ memory: { read: 0x2000, bytes: 8 } })).toMatchObject({ value: '0x0' });
    expect(run.read(0x08, 8)).toBe('0x80d2008c222f0606');
    expect(run.read(0x10, 4)).toBe('0xf00f5a');
    expect(run.read(0xff0, 8)).toBe('0x0');
  });

  test('a dma is translated, done in memory, and says its page', () => {
    const run = translating();
    expect(run.read(0x1c)).toBe('0xc0000000');
    expect(run.dma({ kind: 'write', data: '0xdeadbeef', address: '0x10010' })).toMatchObject({
      ok: true,
      translated: '0x5010',
      pageSize: 4096,
    });
    expect(run.go({ memory: { read: 0x5010, bytes: 4 } })).toMatchObject({ value: '0xdeadbeef' });
    expect(run.dma({ address: '0x10010' })).toMatchObject({ translated: '0x5010', data: '0xdeadbeef' });
    expect(run.dma({ address: '0x10011', bytes: 2, source: '0000:00:04.0' })).toMatchObject({ data: '0xadbe' });
    expect(run.dma({ kind: 'write', address: '0x10020', bytes: 16, data: '0x1' })).toMatchObject({ ok: true });
  });

  test('with translation off an address is used as it is; outside memory a write is lost and a read gives ones', () => {
    const run = started();
    expect(run.dma({ address: '0xfffffffff000' })).toMatchObject({
      ok: true,
      translated: '0xfffffffff000',
      pageSize: 4096,
      data: '0xffffffff',
    });
    expect(run.dma({ kind: 'write', address: '0xfffffffff000' })).toMatchObject({ ok: true });
  });

  test('a blocked dma is an answer: reason, page, source, recorded', () => {
    const run = translating();
    expect(run.dma({ kind: 'write', address: '0x77abc' })).toMatchObject({
      ok: false,
      fault: { reason: '0x5', address: '0x77000', source: '00:04.0', recorded: true },
    });
    expect(run.read(0x34)).toBe('0x2');
    expect(run.read(0x228, 8)).toBe('0x8000000500000020');
    expect(run.dma({ address: '0x88000', source: '00:05.0' })).toMatchObject({
      fault: { reason: '0x2', source: '00:05.0', recorded: false },
    });
    expect(run.read(0x34)).toBe('0x3');
    run.register(0x22c, '0x80000000');
    run.register(0x34, 1);
    expect(run.read(0x34)).toBe('0x0');
    expect(run.runner.badSteps).toBe(0);
  });

  test('ATS requests', () => {
    const run = started({ unit: { ...unit.unit, ecap: '0xf00f5e' } });
    run.write(0x1000, '0x2001', 0);
    run.write(0x2000 + 0x20 * 16, '0x10005', '0x502');
    run.write(0x10000, '0x11003');
    run.write(0x11000, '0x12003');
    run.write(0x12000, '0x600081');
    run.register(0x20, '0x1000', 8);
    expect(run.dma({ at: 'translation', address: 0x3000 })).toMatchObject({ ok: false, fault: { reason: '0x0' } });
    run.register(0x18, '0x40000000');
    run.register(0x18, '0x80000000');
    expect(run.dma({ at: 'translation', address: 0x3000 })).toMatchObject({
      ok: true,
      translated: '0x603000',
      pageSize: 2097152,
      read: true,
      write: false,
    });
    expect(run.dma({ at: 'translation', address: 0x200000 })).toMatchObject({ ok: true, read: false, write: false });
    expect(run.dma({ at: 'translated', kind: 'write', address: 0x7000, data: 7 })).toMatchObject({
      translated: '0x7000',
    });
  });

  test('interrupts: passed, remapped, refused', () => {
    const run = started();
    const send = (address: string, data = '0x0', source = '00:04.0'): Answer =>
      run.go({ interrupt: { source, address, data } });
    expect(send('0xfee03000', '0x4031')).toMatchObject({
      ok: true,
      delivered: {
        vector: 0x31,
        destination: 3,
        logical: false,
        redirectionHint: false,
        mode: 'fixed',
        trigger: 'edge',
        posted: false,
      },
    });
    run.write(0x3050, '0x0000040000310001', '0x40020');
    run.register(0xb8, '0x3003', 8);
    run.register(0x18, 1 << 24);
    run.register(0x18, 1 << 25);
    expect(send('0xfee000b0')).toMatchObject({ ok: true, delivered: { vector: 49, destination: 4, posted: false } });
    expect(send('0xfee000b0', '0x0', '00:05.0')).toMatchObject({
      ok: false,
      fault: { reason: '0x26', index: 5, source: '00:05.0', recorded: true },
    });
    const compatibility = send('0xfee03000');
    expect(compatibility).toMatchObject({ ok: false, fault: { reason: '0x25', recorded: false } });
    expect(compatibility['fault']).not.toHaveProperty('index');
    run.register(0xb8, '0x3803', 8);
    run.register(0x18, (1 << 25) | (1 << 24));
    run.write(0x3050, '0xdeadbeef00310001', '0x40020');
    expect(send('0xfee000b0')).toMatchObject({ delivered: { destination: 0xdeadbeef } });
  });

  test('posted interrupts carry their notification or null', () => {
    const run = started({ unit: { ...unit.unit, cap: '0x88d2008c222f0606' } });
    run.write(0x3000, '0x0000600000318001', 0);
    run.write(0x6020, '0x0000040000f20000');
    run.register(0xb8, '0x3003', 8);
    run.register(0x18, 1 << 24);
    run.register(0x18, 1 << 25);
    const send = (): Answer => run.go({ interrupt: { source: '00:04.0', address: '0xfee00010', data: 0 } });
    expect(send()).toMatchObject({
      delivered: { vector: 49, posted: true, notification: { vector: 0xf2, destination: 4 } },
    });
    expect(send()).toMatchObject({ delivered: { posted: true, notification: null } });
  });

  test('what a register write starts is done before its answer', () => {
    const run = translating();
    run.dma({});
    run.write(0x13080, '0x6003');
    expect(run.dma({})).toMatchObject({ translated: '0x5000' });
    run.register(0xf0, '0x10000', 8);
    run.register(0xf8, '0xb000000500000000', 8);
    expect(run.read(0xf8, 8)).toBe('0x3600000500000000');
    expect(run.dma({})).toMatchObject({ translated: '0x6000' });
    run.register(0x28, '0xa000000000000000', 8);
    expect(run.read(0x28, 8)).toBe('0x2800000000000000');
    run.register(0x90, '0x8000', 8);
    run.register(0x18, 0x80000000 + (1 << 26));
    run.write(0x8000, '0x2500000025', '0x7000');
    run.register(0x88, 16, 8);
    expect(run.go({ memory: { read: 0x7000, bytes: 4 } })).toMatchObject({ value: '0x25' });
    expect(run.read(0x80, 8)).toBe('0x10');
    run.write(0x8010, 0, 0);
    run.register(0x88, 0x20);
    expect([run.read(0x34), run.read(0x80)]).toEqual(['0x10', '0x10']);
  });

  test('the half of a 64-bit register with the command bit starts it', () => {
    const run = translating();
    run.dma({});
    run.register(0x28, 0);
    run.register(0x2c, '0xa0000000');
    expect(run.read(0x2c)).toBe('0x28000000');
  });

  test('unit again: everything starts afresh', () => {
    const run = translating();
    run.dma({ address: '0x77000' });
    run.go(unit);
    expect([run.read(0x1c), run.read(0x34), run.read(0x20, 8)]).toEqual(['0x0', '0x0', '0x0']);
    expect(run.go({ memory: { read: 0x1000, bytes: 8 } })).toMatchObject({ value: '0x0' });
  });

  const bad: [string, unknown][] = [
    ['not an object', 5],
    ['an array', []],
    ['no key', {}],
    ['an unknown key', { wait: {} }],
    ['an inherited key', { constructor: {} }],
    ['two keys', { memory: { read: 0, bytes: 8 }, dma: {} }],
    ['not an object below', { memory: 4 }],
    ['a missing value', { memory: { read: 0 } }],
    ['a negative number', { memory: { read: -8, bytes: 8 } }],
    ['a fraction', { memory: { read: 0.5, bytes: 8 } }],
    ['beyond 2^53', { memory: { read: 2 ** 53, bytes: 8 } }],
    ['more than 64 bits', { memory: { write: 0, qwords: ['0x10000000000000000'] } }],
    ['no number', { memory: { write: 0, qwords: ['12'] } }],
    ['no qwords', { memory: { write: 0 } }],
    ['an unaligned write', { memory: { write: 4, qwords: [1] } }],
    ['memory outside', { memory: { write: '0x7fffff8', qwords: [1, 2] } }],
    ['memory far outside', { memory: { read: '0xfffffffffffffff8', bytes: 8 } }],
    ['size 2', { register: { read: 0, size: 2 } }],
    ['no size', { register: { read: 0 } }],
    ['an unaligned register', { register: { read: 4, size: 8 } }],
    ['a register outside', { register: { read: 0x100000, size: 4 } }],
    ['a value too wide', { register: { write: 0x20, size: 4, value: '0x100000000' } }],
    ['no value', { register: { write: 0x20, size: 4 } }],
    ['no source', { dma: { kind: 'read', address: 0 } }],
    ['a bad source', { dma: { source: '00:20.0', kind: 'read', address: 0 } }],
    ['another domain', { dma: { source: '0001:00:04.0', kind: 'read', address: 0 } }],
    ['a bad kind', { dma: { source: '00:04.0', kind: 'atomic', address: 0 } }],
    ['across 4 KiB', { dma: { source: '00:04.0', kind: 'read', address: 0xffe } }],
    ['too many bytes', { dma: { source: '00:04.0', kind: 'read', address: 0, bytes: 4097 } }],
    ['no bytes', { dma: { source: '00:04.0', kind: 'read', address: 0, bytes: 0 } }],
    ['a dma in the interrupt range', { dma: { source: '00:04.0', kind: 'write', address: '0xfee00000' } }],
    ['a wide PASID', { dma: { source: '00:04.0', kind: 'read', address: 0, pasid: 0x100000 } }],
    ['a bad at', { dma: { source: '00:04.0', kind: 'read', address: 0, at: 'later' } }],
    ['execute as text', { dma: { source: '00:04.0', kind: 'read', address: 0, execute: 'yes' } }],
    ['an interrupt elsewhere', { interrupt: { source: '00:04.0', address: '0x1fee00000', data: 0 } }],
    ['wide interrupt data', { interrupt: { source: '00:04.0', address: '0xfee00000', data: '0x100000000' } }],
    ['an unknown vendor', { unit: { ...unit.unit, vendor: 'arm' } }],
    ['no cap', { unit: { vendor: 'vtd', ecap: 0, memory: 4096 } }],
    ['no memory', { unit: { vendor: 'vtd', cap: 0, ecap: 0 } }],
    ['a capability that is lacking', { unit: { ...unit.unit, cap: '0x80d2008c222f060e' } }],
    ['an unnamed capability bit', { unit: { ...unit.unit, ecap: '0xf00f7a' } }],
    ['fault records over other registers', { unit: { ...unit.unit, cap: '0x80d2008c002f0606' } }],
  ];
  test.each(bad)('bad step: %s', (_, step) => {
    const run = translating();
    const before = [run.read(0x1c), run.dma({})['translated']];
    const answer = run.go(step);
    expect(answer).toMatchObject({ ok: false });
    expect(Object.keys(answer)).toEqual(['step', 'ok', 'error']);
    expect(answer['error']).toMatch(/./);
    expect(run.runner.badSteps).toBe(1);
    expect([run.read(0x1c), run.dma({})['translated']]).toEqual(before);
  });

  test('a capability that is lacking is named', () => {
    const runner = createRemapRunner();
    const answer = runner.run({ unit: { ...unit.unit, cap: '0x80d2008c222f060e', ecap: '0x2000f00f4a' } });
    expect(answer).toContain('CAP.AFL');
  });

  test('before unit every other step is bad; not JSON is bad; blank lines are nothing', () => {
    const runner = createRemapRunner();
    expect(runner.step('')).toBeNull();
    expect(runner.step('  \t')).toBeNull();
    expect(JSON.parse(runner.step('{"memory":{"read":0,"bytes":8}}') ?? '')).toMatchObject({ step: 1, ok: false });
    expect(JSON.parse(runner.step('{"memory"') ?? '')).toMatchObject({ step: 2, ok: false });
    expect(runner.badSteps).toBe(2);
  });

  test('a script is a JSON array', () => {
    expect(scriptSteps('[{"unit":{}}]')).toEqual([{ unit: {} }]);
    expect(scriptSteps('{}')).toBeNull();
    expect(scriptSteps('[')).toBeNull();
  });
});
