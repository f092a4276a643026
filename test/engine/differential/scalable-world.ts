import { global } from '../../../main/remapping/vtd/registers.ts';
import { Commands } from './commands.ts';
import { devices } from './edu.ts';
import { addresses, requestsPerWorld, wordIn } from './legacy-world.ts';
import { Paging } from './paging.ts';
import { rareEvents } from './rare-events.ts';
import type { Seeded } from './seeded.ts';
import type { Step } from './world.ts';

/** Scalable mode without PASIDs in requests, as edu makes them: RID_PASID 0 and one PASID entry a device. */
export function scalableWorld(
  rng: Seeded,
  seed: number,
  width: number,
  stage: 'first' | 'second',
  emit: (step: Step) => void,
): void {
  const wrong = rng.pick([0, 0.04, 0.12]);
  const paging = new Paging(rng, width, wrong, emit);
  const commands = new Commands(emit, true, true);
  const iovas = addresses(rng, width);
  if (stage === 'first' && rng.chance(0.3)) iovas.push(0xffff800000400000n);
  const root = paging.page();
  const bend = (value: bigint, bits: readonly number[]): bigint =>
    rng.chance(wrong) ? value ^ (1n << BigInt(rng.pick(bits))) : value;
  const tops = [paging.page(), paging.page()];
  const domainOf = (device: number): number => [7, 300, 9][device] ?? 0;

  const contextTables = [0, 1, 2].map(() => paging.page());
  const halves = [root, root + 8, root + 16];
  halves.forEach((at, index) =>
    paging.poke(at, bend(BigInt(contextTables[index] ?? 0) | 1n, [0, 0, 1, 5, 11, width, 51])),
  );
  const entries = devices.map(({ requester }, device) => {
    const context = (contextTables[device] ?? 0) + (requester & 0x7f) * 32;
    const directory = paging.page();
    const table = paging.page();
    const silent = rng.chance(0.08) ? 2n : 0n;
    paging.poke(context, bend(BigInt(directory) | silent | 1n, [0, 0, 5, 8, width, 51]));
    paging.poke(context + 8, bend(0n, [21, 40, 63]));
    paging.poke(context + 16, bend(0n, [0, 63]));
    const silentDirectory = rng.chance(0.05) ? 2n : 0n;
    paging.poke(directory, bend(BigInt(table) | silentDirectory | 1n, [0, 0, 2, 11, width, 51]));
    return table;
  });
  const writeEntry = (device: number): void => {
    const at = entries[device] ?? 0;
    const top = BigInt(rng.pick(tops));
    const pass = rng.chance(0.06);
    const type = pass ? 4n : rng.chance(wrong / 2) ? BigInt(rng.below(8)) : stage === 'first' ? 1n : 2n;
    const silent = rng.chance(0.08) ? 2n : 0n;
    const second = stage === 'second' ? top : 0n;
    const first = stage === 'first' ? top : 0n;
    paging.poke(at, bend(second | (2n << 2n) | (type << 6n) | silent | 1n, [0, 0, 2, 3, 10, 11, width, 51]));
    paging.poke(at + 8, bend(BigInt(domainOf(device)), [17, 22, 30, 31]));
    paging.poke(at + 16, bend(first, stage === 'first' ? [0, 4, 8, 11, width, 51] : [8]));
    paging.poke(at + 24, bend(0n, [0, 63]));
  };
  for (const device of devices.keys()) writeEntry(device);
  for (const top of tops) for (const iova of iovas) paging.path(stage, top, 4, iova);

  const rare = rareEvents(seed, true, true, global.translation, (told) => told.root(root, true));
  commands.root(root, true);
  commands.startQueue();
  commands.level(global.translation);

  for (let request = 0; request < requestsPerWorld; request++) {
    if (rng.chance(0.35)) {
      paging.edit();
      const device = rng.below(3);
      const page = rng.pick(iovas) & 0xffffffffffffn;
      const how = rng.below(10);
      if (how < 3) commands.translations(1, 0, 0n, 0);
      else if (how < 5) for (const one of devices.keys()) commands.translations(2, domainOf(one), 0n, 0);
      else if (how < 6) commands.translations(2, domainOf(device), 0n, 0);
      else if (how < 8 && stage === 'second')
        commands.translations(3, domainOf(device), page, rng.below(10), rare.leafOnly());
      else if (how < 8)
        commands.spaceTranslations(rng.pick([2, 3]), domainOf(device), 0, page, rng.below(10), rare.leafOnly());
    } else if (rng.chance(0.08)) {
      const device = rng.below(3);
      writeEntry(device);
      if (rng.chance(0.85)) {
        commands.pasidCache(rng.pick([1, 3]), domainOf(device), 0);
        commands.translations(2, domainOf(device), 0n, 0);
      }
    }
    const after = rare.before(commands);
    emit({ do: 'dma', device: rng.below(3), write: rng.chance(0.5), iova: wordIn(rng, iovas) });
    after();
    commands.clearFaults(rng);
  }
}
