import { eptBit, eptRights, encodingOf, typeShift } from '../formats/ept.ts';
import type { EptPointer, MemoryType } from '../formats/ept.ts';
import { pageSizeAt, tableIndex } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { PageAllocator } from '../platform/page-allocator.ts';

const high = (address: number): number => Math.floor(address / 2 ** 32) | 0;
const low = (address: number): number => address | 0;

export interface EptMapping {
  /** byte addresses, multiples of 4096 */
  readonly guest: number;
  readonly host: number;
  readonly bytes: number;
  /** bits of eptBit: R, W and X */
  readonly rights: number;
  readonly memoryType: MemoryType;
  readonly largestLevel: 1 | 2 | 3;
}

/** A guest's extended page tables as a hypervisor builds them: four levels, with accessed and dirty flags. */
export class EptTables {
  readonly pointer: EptPointer;
  private readonly memory: PhysicalMemory;
  private readonly pages: PageAllocator;
  private readonly top: number;

  /** `tableBase`: where tables may be placed; nothing else uses the memory from there on. */
  constructor(memory: PhysicalMemory, tableBase: number) {
    this.memory = memory;
    this.pages = new PageAllocator(tableBase);
    this.top = this.pages.take();
    this.pointer = { tableHi: high(this.top), tableLo: low(this.top), levels: 4, accessedDirty: true };
  }

  map(mapping: EptMapping): void {
    const type = encodingOf(mapping.memoryType) << typeShift;
    for (let done = 0; done < mapping.bytes;) {
      const level = leafLevel(mapping, done);
      const target = mapping.host + done;
      const large = level > 1 ? eptBit.large : 0;
      this.store(this.entryFor(mapping.guest + done, level), target, mapping.rights | type | large);
      done += pageSizeAt(level);
    }
  }

  /** Address of the entry for a guest address at a level; missing tables above it are made. */
  entryFor(guest: number, level: number): number {
    let table = this.top;
    for (let at = 4; at > level; at--) {
      const entry = table + tableIndex(at, high(guest), low(guest)) * 8;
      this.memory.readQuad(high(entry), low(entry));
      const { outHi, outLo } = this.memory;
      if ((outLo & eptRights) === 0) {
        table = this.pages.take();
        this.store(entry, table, eptRights);
      } else table = ((outHi & 0xfffff) >>> 0) * 2 ** 32 + ((outLo & ~0xfff) >>> 0);
    }
    return table + tableIndex(level, high(guest), low(guest)) * 8;
  }

  private store(entry: number, target: number, bits: number): void {
    this.memory.writeQuad(high(entry), low(entry), high(target), low(target) | bits);
  }
}

function leafLevel({ guest, host, bytes, largestLevel }: EptMapping, done: number): number {
  for (let level = largestLevel; level > 1; level--) {
    const size = pageSizeAt(level);
    if ((guest + done) % size === 0 && (host + done) % size === 0 && bytes - done >= size) return level;
  }
  return 1;
}
