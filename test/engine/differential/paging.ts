import type { Seeded } from './seeded.ts';
import { data, tables } from './world.ts';
import type { Step } from './world.ts';

export type Stage = 'first' | 'second';

/** A paging entry that a case has made, and may change later. */
interface Slot {
  readonly at: number;
  readonly level: number;
  readonly stage: Stage;
}

const bit = (position: number): bigint => 1n << BigInt(position);
/** Where nothing answers: below and above 4 GiB, inside every host width. */
const nowhere = [0x20000000n, 0x4000000000n] as const;
const interruptPage = 0xfee00000n;

/** Tables in memory, made as a case goes: mostly right, sometimes wrong in one way. */
export class Paging {
  readonly slots: Slot[] = [];
  private readonly rng: Seeded;
  private readonly width: number;
  private readonly emit: (step: Step) => void;
  private readonly held = new Map<number, bigint>();
  private readonly wrong: number;
  private next = tables.start;

  /** `wrong`: probability that an entry is not what it should be. */
  constructor(rng: Seeded, width: number, wrong: number, emit: (step: Step) => void) {
    this.rng = rng;
    this.width = width;
    this.wrong = wrong;
    this.emit = emit;
  }

  /** Address of a zeroed page. */
  page(): number {
    const at = this.next;
    this.next += 0x1000;
    if (this.next > tables.start + tables.bytes) throw new RangeError('a case made too many tables');
    return at;
  }

  poke(at: number, value: bigint): void {
    this.held.set(at, value);
    this.emit({ do: 'poke', at, value });
  }

  at(address: number): bigint {
    return this.held.get(address) ?? 0n;
  }

  /** Makes the entries that an address needs below a top table, as far as they lead. */
  path(stage: Stage, top: number, levels: number, iova: bigint): void {
    let table = BigInt(top);
    for (let level = levels; level >= 1; level--) {
      const at = Number(table) + Number((iova >> BigInt(3 + 9 * level)) & 511n) * 8;
      if (!this.held.has(at)) {
        this.slots.push({ at, level, stage });
        this.poke(at, this.entry(stage, level));
      }
      const value = this.at(at);
      const next = value & 0xffffffffff000n;
      const down =
        next >= BigInt(tables.start) && next < BigInt(tables.start + tables.bytes) && (value & bit(7)) === 0n;
      if (level === 1 || !down) return;
      table = next;
    }
  }

  /** Gives one of the entries another value. */
  edit(): void {
    if (this.slots.length === 0) return;
    const { at, level, stage } = this.rng.pick(this.slots);
    const value = this.at(at);
    // Tables stay where they are; otherwise their old slots would be lost and every later address unmapped.
    const leads = level > 1 && (value & bit(7)) === 0n;
    if (leads && this.rng.chance(0.6)) this.poke(at, this.bent(stage, level, value));
    else this.poke(at, this.entry(stage, level));
  }

  /** Bits that make an entry of this stage right: R and W, or P, R/W and U/S. */
  private rights(stage: Stage): bigint {
    return stage === 'first' ? 7n : 3n;
  }

  private entry(stage: Stage, level: number): bigint {
    const { rng } = this;
    const large = (level === 2 || level === 3) && rng.chance(0.15);
    const target = large || level === 1 ? this.leaf(level) : BigInt(this.page());
    const right = target | this.rights(stage) | (large ? bit(7) : 0n) | this.ignored(stage, large || level === 1);
    return rng.chance(this.wrong) ? this.bent(stage, level, right) : right;
  }

  private leaf(level: number): bigint {
    if (level === 3) return 0n;
    if (level === 2) return BigInt(data.start);
    return BigInt(data.start + this.rng.below(data.pages) * 0x1000);
  }

  /** Bits that mean nothing, or nothing here. */
  private ignored(stage: Stage, leaf: boolean): bigint {
    const { rng } = this;
    if (!rng.chance(0.1)) return 0n;
    const second = leaf ? [2, 3, 4, 5, 6, 8, 9, 10, 52, 57, 61, 63] : [2, 8, 9, 10, 52, 61, 63];
    const first = leaf ? [3, 4, 5, 6, 8, 9, 52, 58] : [3, 4, 5, 9, 52, 62];
    return bit(rng.pick(stage === 'first' ? first : second));
  }

  /** The entry with one thing wrong. */
  private bent(stage: Stage, level: number, right: bigint): bigint {
    const { rng } = this;
    switch (rng.below(8)) {
      case 0:
        return 0n;
      case 1:
        return right & ~1n;
      case 2:
        return right & ~2n;
      case 3:
        return stage === 'first' ? right & ~4n : right & ~3n;
      case 4:
        // The address points where nothing answers.
        return (right & ~0xffffffffff000n) | rng.pick(nowhere);
      case 5:
        return level <= 3 ? (right & ~0xffffffffff000n) | interruptPage : right | bit(7);
      default:
        return right | bit(rng.pick(this.reserved(stage, level)));
    }
  }

  private reserved(stage: Stage, level: number): number[] {
    const beyond = [this.width, this.width + 1, 51];
    const inside = level === 2 ? [13, 20] : level === 3 ? [13, 29] : [];
    if (stage === 'first') return [...beyond, ...inside, 7, 63];
    return [...beyond, ...inside, 7, 11, 12, 62];
  }
}
