import { expect, test } from 'vitest';
import { createHandlers } from '../../../main/assistant/handlers.ts';
import { memoryNeeds } from '../../hosts/memory-needs.ts';

const call = { cancelled: () => false };
const sample = 'sample:amd-workstation';

/** The assistant on a sample, as a new start of the program finds it. */
const started = (kept: Map<string, unknown>) => createHandlers(memoryNeeds(undefined, kept), sample);

test('of a sample nothing is kept until something is chosen, and then nothing that another machine is compared with', async () => {
  const kept = new Map<string, unknown>();
  const first = started(kept);
  await first['journey.get']({}, call);
  expect([...kept.keys()]).toEqual([]);
  const planned = await first['plan.make'](
    { give: ['0000:41:00.0' as never], keep: [], lose: [], vm: 'vm', profile: 'gaming' },
    call,
  );
  if (!planned.ok) throw new Error(planned.problem.code);
  const { plan } = planned.value;
  expect(await first['journey.keep']({ plan }, call)).toMatchObject({ ok: true });
  expect([...kept.keys()]).toEqual([expect.stringMatching(/^sample-/)]);

  const again = await started(kept)['journey.get']({}, call);
  expect(again).toMatchObject({ ok: true, value: { checkpoint: { plan: { vm: { name: 'vm' } } }, changes: [] } });
});

test('a sample can be planned on where the home cannot be written', async () => {
  const needs = memoryNeeds();
  needs.homeIsWritable = false;
  const handlers = createHandlers(needs, sample);
  expect(await handlers['journey.keep']({ plan: null }, call)).toMatchObject({ ok: true });
});
