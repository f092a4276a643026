import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispatch } from '../../main/assistant/dispatch.ts';
import { createHandlers } from '../../main/assistant/handlers.ts';
import { contract } from '../../main/contract/contract.ts';
import type { Item } from '../../main/contract/endpoint.ts';
import type { Reply } from '../../main/contract/problem.ts';
import type { MadeReport } from '../../main/contract/report.ts';
import { reportParts } from '../../main/machine/report/contents.ts';
import { reportText } from '../../main/machine/report/report-text.ts';
import type { Planning } from '../../main/passthrough/plan.ts';
import { captureNames } from '../hosts/captures.ts';
import { memoryNeeds, type MemoryNeeds } from '../hosts/memory-needs.ts';
import { captureTree } from '../hosts/tree.ts';
import { inMemory, overTheBridge, overTheWire, type Running } from './transports.ts';

const transports = { memory: inMemory, http: overTheWire, bridge: overTheBridge };
const signal = new AbortController().signal;
/** The NVMe of the captured desktop, alone behind its port. */
const device = '0000:02:00.0';

describe.skipIf(captureNames.length === 0).each(Object.entries(transports))('the contract over %s', (_name, start) => {
  let needs: MemoryNeeds;
  let running: Running;
  const reported: unknown[] = [];

  beforeAll(async () => {
    needs = memoryNeeds(captureTree('vtd-desktop-k61'));
    const dispatcher = dispatch(contract, createHandlers(needs, null), (endpoint, thrown) =>
      reported.push([endpoint, thrown]),
    );
    running = await start(dispatcher);
  });
  afterAll(() => running.stop());

  const call = async (name: string, input: unknown): Promise<Reply<unknown>> =>
    running.transport.call(name, input, signal);
  const value = async (name: keyof typeof contract, input: unknown): Promise<unknown> => {
    const reply = await call(name, input);
    expect(reply, name).toMatchObject({ ok: true });
    const given = reply.ok ? reply.value : null;
    // A reply is exactly what the contract says, after whatever copying the transport does.
    expect(v.safeParse(contract[name].output, given).issues, name).toBeUndefined();
    return given;
  };

  test('a signal that outlives its calls is left without listeners', async () => {
    const own = new AbortController();
    const kept: unknown[] = [];
    const watched = own.signal;
    const add = watched.addEventListener.bind(watched);
    const remove = watched.removeEventListener.bind(watched);
    watched.addEventListener = (...args: Parameters<typeof add>) => {
      kept.push(args[1]);
      add(...args);
    };
    watched.removeEventListener = (...args: Parameters<typeof remove>) => {
      kept.splice(kept.indexOf(args[1]), 1);
      remove(...args);
    };
    for (let call = 0; call < 3; call++) await running.transport.call('app.about', {}, watched);
    expect(kept).toEqual([]);
  });

  test('every endpoint answers with its shape', async () => {
    const asked = new Set<string>();
    const ask = async (name: keyof typeof contract, input: unknown): Promise<unknown> => {
      asked.add(name);
      return value(name, input);
    };
    await ask('app.about', {});
    const machine = (await ask('machine.get', {})) as { functions: { address: string; header: string }[] };
    await ask('machine.look', { source: null });
    await ask('samples.list', {});
    await ask('groups.list', {});
    await ask('groups.explain', { of: machine.functions[0]?.address ?? device });
    const { candidates } = (await ask('findings.list', {})) as { candidates: { address: string }[] };
    expect(candidates.length).toBeGreaterThan(0);
    const chosen = candidates[0]?.address ?? device;
    expect(machine.functions.map(({ address }) => address)).toContain(chosen);
    const { plan } = (await ask('plan.make', { give: [chosen], lose: [], vm: 'vm', profile: 'gaming' })) as Planning;
    await ask('recipe.targets', { plan });
    await ask('recipe.render', { plan, targets: ['libvirt', 'qemu'] });
    await ask('recipe.save', { plan, targets: ['qemu'] });
    expect(await ask('recipe.saved', { plan, targets: ['qemu'] })).toMatchObject({ standing: 'there', differing: [] });
    expect(await value('recipe.saved', { plan, targets: ['libvirt'] })).toBeNull();
    await ask('plan.verify', { plan });
    const made = (await ask('report.make', { redact: true })) as MadeReport;
    expect(made.contents.map(({ part }) => part)).toEqual([...reportParts]);
    const { file } = (await ask('report.save', { redact: true })) as { file: string };
    expect(file).toMatch(/\.slotwise\.json$/);
    // What is saved is what was shown, byte for byte.
    expect(needs.saved.at(-1)?.files[0]?.content).toBe(reportText(made.document));
    await ask('journey.get', {});
    await ask('journey.keep', { plan });
    await ask('journey.written', { written: true });
    await ask('scenario.list', {});
    await ask('scenario.record', { address: chosen, scenario: 'first-story', against: 'iommu-off' });
    await ask('traffic.capture', { address: chosen, seed: 2, from: 1, fault: true, range: null });
    await ask('machine.open', {
      name: 'paste.txt',
      content: '01:00.0 VGA compatible controller: NVIDIA Corporation Device 2684\n',
    });
    await ask('machine.look', { source: 'live' });
    expect(
      Object.keys(contract)
        .filter((name) => contract[name as keyof typeof contract].kind !== 'stream')
        .sort(),
    ).toEqual([...asked].sort());
    expect(reported).toEqual([]);
  });

  test.each([
    ['nonsense', {}, 'unknown-endpoint'],
    ['machine.changes', {}, 'unknown-endpoint'],
    ['plan.make', { give: ['01:00.0'] }, 'bad-input'],
    ['machine.look', { source: 7 }, 'bad-input'],
    ['machine.look', { source: '/nowhere' }, 'source-missing'],
    ['machine.look', { source: 'sample:none' }, 'no-such-sample'],
    ['machine.open', { name: 'x', content: '{"format":"other"}' }, 'source-not-understood'],
    ['machine.open', { name: 'x', content: 'hello' }, 'source-not-understood'],
    ['plan.make', { give: [], lose: [], vm: 'vm', profile: 'gaming' }, 'nothing-to-give'],
    ['plan.make', { give: ['00ff:01:00.0'], lose: [], vm: 'vm', profile: 'gaming' }, 'no-such-device'],
    ['plan.make', { give: [device], lose: [], vm: 'a/b', profile: 'gaming' }, 'bad-vm-name'],
    ['scenario.record', { address: '00ff:01:00.0', scenario: 'first-story', against: null }, 'no-such-device'],
    ['scenario.record', { address: null, scenario: 'nonsense', against: null }, 'bad-input'],
    ['report.make', {}, 'bad-input'],
    ['report.save', { redact: 'yes' }, 'bad-input'],
  ])('%s with %j is refused with a code', async (name, input, code) => {
    expect(await call(name, input)).toMatchObject({ ok: false, problem: { code } });
  });

  test('a stream gives a snapshot and numbered items, and stops when it is closed', async () => {
    const items: Item<unknown>[] = [];
    const close = running.transport.open(
      'machine.changes',
      {},
      { next: (item) => items.push(item), end: () => undefined },
    );
    await expect.poll(() => items.length).toBe(1);
    needs.change();
    await expect.poll(() => items.length).toBe(2);
    expect(items.map(({ sequence }) => sequence)).toEqual([0, 1]);
    close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    needs.change();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(items.length).toBe(2);
  });

  test('live traffic comes in batches of the contract’s shape', async () => {
    const items: Item<unknown>[] = [];
    const { candidates } = (await value('findings.list', {})) as { candidates: { address: string }[] };
    const close = running.transport.open(
      'traffic.watch',
      { address: candidates[0]?.address, seed: 1 },
      { next: (item) => items.push(item), end: () => undefined },
    );
    await expect.poll(() => items.length).toBe(1);
    needs.tick();
    await expect.poll(() => items.length).toBe(2);
    for (const item of items) expect(v.is(contract['traffic.watch'].output, item.value)).toBe(true);
    close();
  });

  test('a stream that cannot be ends at once, with its code', async () => {
    const ends: unknown[] = [];
    running.transport.open('nonsense', {}, { next: () => undefined, end: (problem) => ends.push(problem) });
    await expect.poll(() => ends).toMatchObject([{ code: 'unknown-endpoint' }]);
  });
});
