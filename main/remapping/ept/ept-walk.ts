import { eptBit, eptRights, isMisconfigured, memoryTypeOf } from '../formats/ept.ts';
import type { EptCapabilities, EptPointer, MemoryType } from '../formats/ept.ts';
import { tableIndex, widthOfLevels } from '../formats/second-stage.ts';
import { lowMaskLo } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';

/** An entry that the walk read. */
export interface EptStep {
  readonly level: number;
  readonly atHi: number;
  readonly atLo: number;
  readonly hi: number;
  readonly lo: number;
}

export type EptResult =
  | {
      readonly kind: 'translated';
      readonly hi: number;
      readonly lo: number;
      /** 1, 2 or 3: a leaf of 4 KiB, 2 MiB or 1 GiB */
      readonly level: number;
      /** rights that every level gives, as eptBit */
      readonly rights: number;
      readonly memoryType: MemoryType;
      readonly ignoreGuestType: boolean;
    }
  /** exit reason 48: absent, or a right is missing; `rights` is what the entries on the way give */
  | { readonly kind: 'violation'; readonly level: number; readonly rights: number }
  /** exit reason 49 */
  | { readonly kind: 'misconfiguration'; readonly level: number }
  /** the processor cannot read or mark an entry: a machine check, no exit */
  | { readonly kind: 'memory-error'; readonly level: number };

/**
 * The walk of a processor from a guest-physical to a host-physical address (Intel SDM volume 3, "The Extended Page Table
 * Mechanism" [recall]). The IOMMU's second stage takes the same address through tables of its own: what one maps says
 * nothing of the other, and keeping both the same is the hypervisor's work.
 */
export class EptWalk {
  readonly steps: EptStep[] = [];
  private readonly memory: PhysicalMemory;
  private readonly capabilities: EptCapabilities;
  private readonly pointer: EptPointer;

  constructor(memory: PhysicalMemory, capabilities: EptCapabilities, pointer: EptPointer) {
    this.memory = memory;
    this.capabilities = capabilities;
    this.pointer = pointer;
  }

  /** `wanted`: bits of eptBit, R, W and X. The entries that were read are in `steps`. */
  walk(hi: number, lo: number, wanted: number): EptResult {
    const { memory, capabilities, pointer } = this;
    this.steps.length = 0;
    // 1. An address that the tables cannot index is not mapped.
    if (hi >>> (widthOfLevels(pointer.levels) - 32) !== 0)
      return { kind: 'violation', level: pointer.levels, rights: 0 };
    let { tableHi, tableLo } = pointer;
    let rights: number = eptRights;
    for (let level = pointer.levels; ; level--) {
      // 2. Read the entry.
      const atHi = tableHi;
      const atLo = tableLo | (tableIndex(level, hi, lo) << 3);
      if (memory.readQuad(atHi, atLo) !== 0) return { kind: 'memory-error', level };
      const entryHi = memory.outHi;
      const entryLo = memory.outLo;
      this.steps.push({ level, atHi, atLo, hi: entryHi, lo: entryLo });
      // 3. No right at all: absent. Then entries that mean nothing, before rights are judged.
      if ((entryLo & eptRights) === 0) return { kind: 'violation', level, rights: 0 };
      if (isMisconfigured(entryHi, entryLo, level, capabilities)) return { kind: 'misconfiguration', level };
      rights &= entryLo;
      tableHi = entryHi & 0xfffff;
      tableLo = entryLo & ~0xfff;
      const leaf = level === 1 || (entryLo & eptBit.large) !== 0;
      if (!leaf) continue;
      // 4. All levels together must give what is wanted.
      if ((rights & wanted) !== wanted) return { kind: 'violation', level, rights };
      // 5. Accessed on the way, dirty at the leaf of a write.
      if (pointer.accessedDirty && !this.mark(wanted)) return { kind: 'memory-error', level };
      const inside = lowMaskLo(3 + 9 * level);
      return {
        kind: 'translated',
        hi: tableHi,
        lo: tableLo | (lo & inside),
        level,
        rights,
        memoryType: memoryTypeOf(entryLo) ?? 'UC',
        ignoreGuestType: (entryLo & eptBit.ignoreGuestType) !== 0,
      };
    }
  }

  private mark(wanted: number): boolean {
    return this.steps.every(({ atHi, atLo, hi, lo }, index) => {
      const written = index === this.steps.length - 1 && (wanted & eptBit.write) !== 0;
      const marked = lo | eptBit.accessed | (written ? eptBit.dirty : 0);
      return marked === lo || this.memory.writeQuad(atHi, atLo, hi, marked) === 0;
    });
  }
}
