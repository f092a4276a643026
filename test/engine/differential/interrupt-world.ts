import { global } from '../../../main/remapping/vtd/registers.ts';
import { Commands } from './commands.ts';
import { devices } from './edu.ts';
import { requestsPerWorld } from './legacy-world.ts';
import { rareEvents } from './rare-events.ts';
import type { Seeded } from './seeded.ts';
import { tables } from './world.ts';
import type { Step } from './world.ts';

const entries = 16;
const table = tables.start;

/** Interrupt remapping: entries right and wrong, messages of both formats, source checks of every kind. */
export function interruptWorld(rng: Seeded, seed: number, extended: boolean, emit: (step: Step) => void): void {
  const wrong = rng.pick([0, 0.05, 0.2]);
  const queued = rng.chance(0.9);
  const commands = new Commands(emit, queued, false);
  const wide = extended && rng.chance(0.7);
  const writeEntry = (index: number): void => {
    const at = table + index * 16;
    const [low, high] = entry(rng, wide, wrong);
    emit({ do: 'poke', at, value: low });
    emit({ do: 'poke', at: at + 8, value: high });
  };
  for (let index = 0; index < entries; index++) if (rng.chance(0.9)) writeEntry(index);
  const tableAt = rng.chance(0.01) ? 0x20000000 : table;
  const sizeCode = rng.chance(0.8) ? 3 : 7;
  const rare = rareEvents(seed, queued, false, global.interrupts, (told) =>
    told.interruptTable(tableAt, sizeCode, wide),
  );
  commands.interruptTable(tableAt, sizeCode, wide);
  if (queued) commands.startQueue();
  if (rng.chance(0.95)) commands.level(global.interrupts);
  for (let request = 0; request < requestsPerWorld; request++) {
    if (queued && rng.chance(0.25)) {
      const index = rng.below(entries);
      writeEntry(index);
      if (rng.chance(0.5)) commands.interruptEntries(true);
      else if (rng.chance(0.95)) commands.interruptEntries(false, index, rng.below(4));
    }
    const after = rare.before(commands);
    emit({ do: 'message', device: rng.below(devices.length), ...message(rng) });
    after();
    commands.clearFaults(rng);
  }
}

/** Mostly remappable: handle in 19:5 and 2, subhandle valid in 3; bits 1:0 are reserved. */
function message(rng: Seeded): { address: number; data: number } {
  const index = rng.chance(0.9) ? rng.below(entries) : rng.pick([16, 17, 255, 256, 0x7fff, 0x8001, 0xffff]);
  const subhandle = rng.chance(0.4);
  const part = subhandle ? rng.below(Math.min(4, index + 1)) : 0;
  const handle = index - part;
  const reserved = rng.chance(0.02) ? 1 + rng.below(3) : 0;
  const format = rng.chance(0.97) ? 0x10 : 0;
  const address =
    0xfee00000 | format | ((handle & 0x7fff) << 5) | (subhandle ? 8 : 0) | ((handle >> 15) << 2) | reserved;
  return { address: address >>> 0, data: subhandle ? part : rng.pick([0, 0x41, 0x4155]) };
}

/** Low and high quad of an entry. */
function entry(rng: Seeded, wide: boolean, wrong: number): [bigint, bigint] {
  const flag = (probability: number): bigint => (rng.chance(probability) ? 1n : 0n);
  const vector = BigInt(0x20 + rng.below(0xd0));
  const mode = rng.chance(0.7) ? 0n : rng.chance(wrong) ? BigInt(rng.below(8)) : rng.pick([0n, 1n, 4n]);
  const destination = wide ? BigInt(rng.pick([0, 1, 255, 0x12345])) : BigInt(rng.pick([0, 1, 5, 255])) << 8n;
  let low =
    (destination << 32n) |
    (vector << 16n) |
    (mode << 5n) |
    (flag(0.1) << 4n) |
    (flag(0.2) << 3n) |
    (flag(0.3) << 2n) |
    (flag(0.1) << 1n) |
    1n;
  const { requester } = rng.pick(devices);
  const check = rng.chance(0.2) ? 0 : rng.chance(0.85) ? 1 : rng.chance(0.8) ? 2 : 3;
  const range = rng.pick([0x0001, 0x0000, 0x0101, 0x0100]);
  const source = check === 2 ? range : rng.chance(0.8) ? requester : requester ^ (1 << rng.below(4));
  let high = (BigInt(check) << 18n) | (BigInt(rng.below(4)) << 16n) | BigInt(source);
  if (rng.chance(wrong)) low ^= 1n << BigInt(rng.pick([0, 0, 8, 11, 12, 14, 15, 24, 31, 32, 48, 63]));
  if (rng.chance(wrong / 3)) high ^= 1n << BigInt(rng.pick([20, 31, 40, 63]));
  return [low, high];
}
