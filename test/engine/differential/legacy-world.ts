import { global } from '../../../main/remapping/vtd/registers.ts';
import { Commands } from './commands.ts';
import { devices } from './edu.ts';
import { Paging } from './paging.ts';
import { rareEvents } from './rare-events.ts';
import type { RareEvents } from './rare-events.ts';
import type { Seeded } from './seeded.ts';
import type { Step } from './world.ts';

interface Domain {
  readonly id: number;
  readonly top: number;
  readonly levels: number;
}

export const requestsPerWorld = 24;
const indexes3 = [0n, 1n, 2n, 511n];
const indexes4 = [0n, 0n, 5n, 255n];

/** Addresses that share tables, so that requests and edits meet; a few are beyond a width. */
export function addresses(rng: Seeded, width: number): bigint[] {
  const list = [0x400000n];
  const count = 4 + rng.below(5);
  for (let index = 0; index < count; index++) {
    const upper = (width > 39 ? rng.pick(indexes4) << 39n : 0n) | (rng.pick(indexes3) << 30n);
    list.push(upper | (2n << 21n) | (BigInt(rng.below(8)) << 12n));
  }
  if (rng.chance(0.2)) list.push((1n << BigInt(width)) | 0x400000n);
  if (rng.chance(0.1)) list.push((1n << 39n) | 0x400000n);
  if (rng.chance(0.05)) list.push((1n << 63n) | 0x401000n);
  return list;
}

/** A word inside the first 64 bytes of one of these pages. */
export const wordIn = (rng: Seeded, list: readonly bigint[]): bigint => rng.pick(list) + BigInt(rng.below(16) * 4);

/** Legacy mode: root, contexts, second stage; edits with the right invalidation, another, or none. */
export function legacyWorld(rng: Seeded, seed: number, width: number, emit: (step: Step) => void): void {
  const wrong = rng.pick([0, 0.04, 0.12]);
  const queued = rng.chance(0.6);
  const paging = new Paging(rng, width, wrong, emit);
  const commands = new Commands(emit, queued, false);
  const iovas = addresses(rng, width);
  const root = paging.page();
  const contextTables = [paging.page(), paging.page()];
  const domains: Domain[] = [7, 300].map((id) => ({
    id,
    top: paging.page(),
    levels: width > 39 && rng.chance(0.7) ? 4 : 3,
  }));
  const bend = (value: bigint, bits: readonly number[]): bigint =>
    rng.chance(wrong) ? value ^ (1n << BigInt(rng.pick(bits))) : value;

  contextTables.forEach((table, bus) => {
    paging.poke(root + bus * 16, bend(BigInt(table) | 1n, [0, 0, 1, 5, 11, width, 51, 63]));
    paging.poke(root + bus * 16 + 8, bend(0n, [0, 40]));
  });
  const chosen = devices.map((_, index) => domains[index === 2 ? 0 : index] ?? domains[0]);
  if (rng.chance(0.7)) chosen[2] = chosen[0];
  const writeContext = (device: number, domain: Domain): void => {
    const { requester } = devices[device] ?? { requester: 0 };
    const at = (contextTables[requester >> 8] ?? 0) + (requester & 0xff) * 16;
    const type = rng.chance(0.08) ? BigInt(rng.below(4)) : 0n;
    const pointer = rng.chance(wrong / 4) ? 0x20000000n : BigInt(domain.top);
    const silent = rng.chance(0.1) ? 2n : 0n;
    const low = bend(pointer | (type << 2n) | silent | 1n, [0, 0, 4, 11, width, 51]);
    const high = bend((BigInt(domain.id) << 8n) | BigInt(domain.levels - 2), [0, 1, 2, 3, 6, 7, 24, 40, 63]);
    paging.poke(at, low);
    paging.poke(at + 8, high);
  };
  chosen.forEach((domain, device) => domain && writeContext(device, domain));
  for (const { top, levels } of domains) for (const iova of iovas) paging.path('second', top, levels, iova);

  const rootAt = rng.chance(0.01) ? 0x20000000 : root;
  const rare = rareEvents(seed, queued, false, global.translation, (told) => told.root(rootAt, false));
  commands.root(rootAt, false);
  if (queued) commands.startQueue();
  commands.level(global.translation);

  for (let request = 0; request < requestsPerWorld; request++) {
    if (rng.chance(0.35)) {
      paging.edit();
      invalidate(rng, rare, commands, domains, iovas);
    } else if (rng.chance(0.08)) {
      const device = rng.below(3);
      const domain = rng.pick(domains);
      writeContext(device, domain);
      const source = devices[device]?.requester ?? 0;
      if (rng.chance(0.8)) {
        commands.contexts(1, 0, source);
        commands.translations(1, 0, 0n, 0);
      } else if (rng.chance(0.5)) commands.contexts(3, chosen[device]?.id ?? 0, source, rng.below(4));
      chosen[device] = domain;
    }
    const after = rare.before(commands);
    emit({ do: 'dma', device: rng.below(3), write: rng.chance(0.5), iova: wordIn(rng, iovas) });
    after();
    commands.clearFaults(rng);
  }
}

/** After an edit: mostly what covers it, sometimes something else or nothing. */
function invalidate(
  rng: Seeded,
  rare: RareEvents,
  commands: Commands,
  domains: readonly Domain[],
  iovas: readonly bigint[],
): void {
  const how = rng.below(10);
  if (how < 3) commands.translations(1, 0, 0n, 0);
  else if (how < 5) for (const { id } of domains) commands.translations(2, id, 0n, 0);
  else if (how < 6) commands.translations(2, rng.pick(domains).id, 0n, 0);
  else if (how < 9) {
    const { id } = rng.pick(domains);
    commands.translations(3, id, rng.pick(iovas) & 0xffffffffffffn, rng.below(10), rare.leafOnly());
  }
}
