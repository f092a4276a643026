/** A range of addresses of a domain, both ends included, so that the last of all 2^64 can be named. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

export interface SpaceMapping extends Range {
  /** where `first` leads */
  readonly target: bigint;
  readonly read: boolean;
  readonly write: boolean;
}

/** Why a range may not be mapped or unmapped (the codes of virtio-iommu and iommufd say the same in other words). */
export type SpaceProblem =
  'empty' | 'beyond-limit' | 'unaligned' | 'overlap' | 'reserved' | 'splits-mapping' | 'pinned';

const meets = (one: Range, other: Range): boolean => one.first <= other.last && other.first <= one.last;
const inside = (one: Range, other: Range): boolean => one.first >= other.first && one.last <= other.last;

/** What a domain maps, as whole mappings: they do not overlap, and are removed as they were made. */
export class AddressSpace {
  private readonly mappings: SpaceMapping[] = [];
  private readonly pins: Range[] = [];
  private readonly limit: bigint;
  private readonly granule: bigint;
  private readonly reserved: readonly Range[];

  /** `limit`: the last address; `granule`: bytes of the smallest page; `reserved`: for messages, or for the firmware. */
  constructor(limit: bigint, granule: bigint, reserved: readonly Range[] = []) {
    this.limit = limit;
    this.granule = granule;
    this.reserved = reserved;
  }

  private problemOf(range: Range): SpaceProblem | null {
    if (range.last < range.first) return 'empty';
    if (range.first < 0n || range.last > this.limit) return 'beyond-limit';
    return range.first % this.granule !== 0n || (range.last + 1n) % this.granule !== 0n ? 'unaligned' : null;
  }

  map(mapping: SpaceMapping): SpaceProblem | null {
    const problem = this.problemOf(mapping);
    if (problem !== null) return problem;
    if (mapping.target % this.granule !== 0n) return 'unaligned';
    if (this.reserved.some((range) => meets(range, mapping))) return 'reserved';
    if (this.mappings.some((held) => meets(held, mapping))) return 'overlap';
    this.mappings.push(mapping);
    this.mappings.sort((one, other) => (one.first < other.first ? -1 : 1));
    return null;
  }

  /** Removes every mapping inside the range and answers them; one that reaches out of it, or is pinned, stops it all. */
  unmap(range: Range): readonly SpaceMapping[] | SpaceProblem {
    const problem = this.problemOf(range);
    if (problem !== null) return problem;
    const named = this.mappings.filter((held) => meets(held, range));
    if (named.some((held) => !inside(held, range))) return 'splits-mapping';
    if (named.some((held) => this.pins.some((pin) => meets(pin, held)))) return 'pinned';
    for (const held of named) this.mappings.splice(this.mappings.indexOf(held), 1);
    return named;
  }

  /** Where a range leads if it leads to one place: mappings side by side join where their targets do. */
  translate(range: Range): bigint | null {
    const start = this.mappings.find((held) => held.first <= range.first && range.first <= held.last);
    if (start === undefined) return null;
    const target = start.target + (range.first - start.first);
    let held = start;
    while (held.last < range.last) {
      const { last, target: from, first } = held;
      const next = this.mappings.find((one) => one.first === last + 1n);
      if (next === undefined || next.target !== from + (last - first) + 1n) return null;
      held = next;
    }
    return target;
  }

  /** DMA under way keeps its pages: they cannot be unmapped until it is released. False where nothing is mapped. */
  pin(range: Range): boolean {
    if (this.translate(range) === null) return false;
    this.pins.push(range);
    return true;
  }

  /** The DMA is drained (DR and DW of the invalidation that follows). */
  release(range: Range): void {
    const at = this.pins.findIndex((pin) => pin.first === range.first && pin.last === range.last);
    if (at >= 0) this.pins.splice(at, 1);
  }

  get held(): readonly SpaceMapping[] {
    return this.mappings;
  }
}
