import type { Quad } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Fields } from './step-value.ts';

/** A `dma` step, parsed. */
export interface DmaRequest {
  readonly source: number;
  readonly write: boolean;
  readonly address: Quad;
  readonly data: Quad;
  readonly bytes: number;
  /** -1: none */
  readonly pasid: number;
  readonly at: 'untranslated' | 'translation' | 'translated';
  /** see access.ts */
  readonly bits: number;
}

/** What a unit makes of a request: where it goes, that a translation request gets no rights, or why it is blocked. */
export type DmaAnswer =
  | {
      readonly kind: 'granted';
      readonly hi: number;
      readonly lo: number;
      readonly pageSize: number;
      readonly rights: number;
    }
  | { readonly kind: 'nothing-granted' }
  | { readonly kind: 'blocked'; readonly fault: Fields };

/** A unit of either vendor, as a script drives it. */
export interface DriveTarget {
  readonly memory: PhysicalMemory;
  /** bytes of registers */
  readonly registerBytes: number;
  readRegister(offset: number): number;
  writeRegister(offset: number, value: number): void;
  translate(request: DmaRequest): DmaAnswer;
  /** The answer to an interrupt request, whole. */
  interrupt(source: number, address: Quad, data: number): Fields;
}
