import { flagNames, flagsOf } from './flag-names.ts';
import { ivhdEntries, type IvhdEntry } from './ivhd-entries.ts';
import type { TableBytes } from './table-bytes.ts';

interface Common {
  readonly blockType: number;
  /** bytes, with the header */
  readonly length: number;
}

/** A block of the IVRS table; 64-bit values are `0x…` text. */
export type IvrsBlock = Common &
  (
    | {
        type: 'IVHD';
        flags: string[];
        deviceId: number;
        capabilityOffset: number;
        baseAddress: string;
        segment: number;
        virtualizationInfo: number;
        featureReporting?: number;
        attributes?: number;
        efrImage?: string;
        entries: IvhdEntry[];
      }
    | {
        type: 'IVMD';
        flags: string[];
        deviceId: number;
        auxiliaryData: number;
        /** reserved in the specification; Linux reads the PCI segment there (drivers/iommu/amd/init.c struct ivmd_header) */
        segment: number;
        startAddress: string;
        memoryLength: string;
      }
    | { type: 'unknown' }
  );

/** One block, from its own first byte to its last (AMD IOMMU specification, 5.2; include/acpi/actbl2.h). */
export function ivrsBlock(
  blockType: number,
  block: TableBytes,
): { block: IvrsBlock; /** an entry there has no known length */ stoppedAt: number | null } {
  const common = { blockType, length: block.length };
  switch (blockType) {
    case 0x10:
    case 0x11:
    case 0x40: {
      const features =
        blockType === 0x10
          ? { featureReporting: block.dword(20) }
          : { attributes: block.dword(20), efrImage: block.qword(24) };
      const { entries, stoppedAt } = ivhdEntries(block, blockType === 0x10 ? 24 : 40);
      return {
        block: {
          type: 'IVHD',
          ...common,
          flags: flagsOf(block.byte(1), flagNames.ivhd),
          deviceId: block.word(4),
          capabilityOffset: block.word(6),
          baseAddress: block.qword(8),
          segment: block.word(16),
          virtualizationInfo: block.word(18),
          ...features,
          entries,
        },
        stoppedAt,
      };
    }
    case 0x20:
    case 0x21:
    case 0x22:
      return {
        block: {
          type: 'IVMD',
          ...common,
          flags: flagsOf(block.byte(1), flagNames.ivmd),
          deviceId: block.word(4),
          auxiliaryData: block.word(6),
          segment: block.word(8),
          startAddress: block.qword(16),
          memoryLength: block.qword(24),
        },
        stoppedAt: null,
      };
    default:
      return { block: { type: 'unknown', ...common }, stoppedAt: null };
  }
}
