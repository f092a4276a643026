import { describe, expect, test } from 'vitest';
import { createHandlers } from '../../../main/assistant/handlers.ts';
import { captureNames } from '../../hosts/captures.ts';
import { memoryNeeds, type MemoryNeeds } from '../../hosts/memory-needs.ts';
import { captureTree } from '../../hosts/tree.ts';

const call = { cancelled: () => false };

/** The assistant on this host, as a new start of the program finds it, with a plan for its NVMe. */
async function started(needs: MemoryNeeds) {
  const handlers = createHandlers(needs, null);
  const planned = await handlers['plan.make'](
    { give: ['0000:04:00.0' as never], keep: [], lose: [], vm: 'vm', profile: 'gaming' },
    call,
  );
  if (!planned.ok) throw new Error(planned.problem.code);
  const { plan } = planned.value;
  const about = { plan, targets: ['qemu' as const] };
  return {
    save: async () => {
      const reply = await handlers['recipe.save'](about, call);
      if (!reply.ok) throw new Error(reply.problem.code);
      return reply.value;
    },
    saved: async (vm = plan.vm.name) => {
      const reply = await handlers['recipe.saved']({ ...about, plan: { ...plan, vm: { ...plan.vm, name: vm } } }, call);
      if (!reply.ok) throw new Error(reply.problem.code);
      return reply.value;
    },
  };
}

describe.skipIf(captureNames.length === 0)('where a recipe was saved', () => {
  const host = () => captureTree('vtd-desktop-k61');

  test('is known after the program was started again, and only for these very files', async () => {
    const needs = memoryNeeds(host());
    const first = await started(needs);
    expect(await first.saved()).toBeNull();
    const { folder, files } = await first.save();
    const again = await started(memoryNeedsLike(needs));
    expect(await again.saved()).toEqual({ folder, files, savedAt: needs.now(), standing: 'there', differing: [] });
    expect(await again.saved('other')).toBeNull();
  });

  test('and whether the files still stand there as they were written', async () => {
    const needs = memoryNeeds(host());
    const { save, saved } = await started(needs);
    const { folder, files } = await save();
    const [first = ''] = files;
    const written = needs.saved.findIndex((one) => one.folder === folder);
    const before = needs.saved[written]?.files ?? [];
    needs.saved[written] = {
      folder,
      files: before.map((one) => (one.file === first ? { ...one, content: 'changed' } : one)),
    };
    expect(await saved()).toMatchObject({ folder, standing: 'changed', differing: [first] });
    needs.saved.splice(written, 1);
    expect(await saved()).toMatchObject({ folder, standing: 'gone', differing: files });
    // Saved once more, the new folder counts.
    await save();
    expect(await saved()).toMatchObject({ standing: 'there' });
  });

  test('is forgotten where nothing can be kept, and the files are saved all the same', async () => {
    const needs = memoryNeeds(host());
    needs.save = () => Promise.reject(new Error('EROFS'));
    const { save, saved } = await started(needs);
    await save();
    expect(await saved()).toMatchObject({ standing: 'there' });
    expect(needs.kept.size).toBe(0);
  });

  test('what was kept and cannot be understood counts as nothing', async () => {
    const needs = memoryNeeds(host());
    const { save } = await started(needs);
    await save();
    for (const key of needs.kept.keys())
      if (key.startsWith('saved-')) needs.kept.set(key, { slotwise: 'saved-recipes', version: 9 });
    expect(await (await started(memoryNeedsLike(needs))).saved()).toBeNull();
  });
});

/** Another start on the same disk and the same store. */
function memoryNeedsLike(needs: MemoryNeeds): MemoryNeeds {
  const next = memoryNeeds(needs.host, needs.kept);
  next.saved.push(...needs.saved);
  return next;
}
