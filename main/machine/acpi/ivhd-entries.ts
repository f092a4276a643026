import { Unwalkable, type TableBytes } from './table-bytes.ts';

/** A device entry of an IVHD block; `dataSetting` holds the DTE flags. */
export interface IvhdEntry {
  readonly type: number;
  /** bus in bits 15:8, device and function below */
  readonly deviceId: number;
  readonly dataSetting: number;
  /** the requester id that the device really uses (42h, 43h), or the one of an IOAPIC or HPET (48h) */
  readonly sourceDeviceId?: number;
  readonly extendedData?: number;
  readonly handle?: number;
  /** 1 IOAPIC, 2 HPET */
  readonly variety?: number;
  readonly hid?: string;
  readonly uid?: string;
}

const acpiHid = 0xf0;
const uidIsString = 2;

/**
 * Four bytes, doubled by each value of the two top bits (drivers/iommu/amd/init.c ivhd_entry_length); F0h carries its
 * UID's length. The types above it are of variable length with no length known: null.
 */
function entryLength(block: TableBytes, at: number): number | null {
  const type = block.byte(at);
  if (type === acpiHid) return 22 + block.byte(at + 21);
  return type > acpiHid ? null : 4 << (type >> 6);
}

/** The entries from `offset` to the block's end, padding left out; `stoppedAt` where an entry has no known length. */
export function ivhdEntries(block: TableBytes, offset: number): { entries: IvhdEntry[]; stoppedAt: number | null } {
  const entries: IvhdEntry[] = [];
  for (let at = offset; at < block.length;) {
    const type = block.byte(at);
    // Firmware rounds blocks up with zeros, which need not be a whole padding entry.
    if (type === 0 && block.length - at < 4) break;
    const length = entryLength(block, at);
    if (length !== null && at + length > block.length) {
      throw new Unwalkable(block.at + at, `a device entry of ${length} bytes inside its block`);
    }
    const plain = { type, deviceId: block.word(at + 1), dataSetting: block.byte(at + 3) };
    if (length === null) return { entries: [...entries, plain], stoppedAt: block.at + at };
    if (type !== 0) entries.push({ ...plain, ...more(block, at, type) });
    at += length;
  }
  return { entries, stoppedAt: null };
}

function more(block: TableBytes, at: number, type: number): Partial<IvhdEntry> {
  switch (type) {
    case 0x42:
    case 0x43:
      return { sourceDeviceId: block.word(at + 5) };
    case 0x46:
    case 0x47:
      return { extendedData: block.dword(at + 4) };
    case 0x48:
      return { handle: block.byte(at + 4), sourceDeviceId: block.word(at + 5), variety: block.byte(at + 7) };
    case acpiHid: {
      const hid = block.text(at + 4, 8);
      return block.byte(at + 20) === uidIsString ? { hid, uid: block.text(at + 22, block.byte(at + 21)) } : { hid };
    }
    default:
      return {};
  }
}
