import type { IvhdEntry } from '../../machine/acpi/ivhd-entries.ts';

/** Types of device entries in an IVHD block (Linux drivers/iommu/amd/init.c IVHD_DEV_*). */
const entryType = {
  all: 0x01,
  select: 0x02,
  rangeStart: 0x03,
  rangeEnd: 0x04,
  alias: 0x42,
  aliasRange: 0x43,
  extended: 0x46,
  extendedRange: 0x47,
  special: 0x48,
  acpiHid: 0xf0,
} as const;

/** What the firmware says of requesters: settings for their device table entries, and who speaks for whom. */
export interface FirmwareDevices {
  /** DTE settings byte of each requester that is named */
  readonly settings: ReadonlyMap<number, number>;
  /** requester id that a device really uses */
  readonly aliases: ReadonlyMap<number, number>;
}

/**
 * Reads the entries as Linux's init_iommu_from_acpi does: a range begins with its settings, and perhaps an alias, and holds
 * for every device up to its end entry; an alias gets the settings too, since its entry is the one that is used. `last`: the
 * highest requester id that "all" covers.
 */
export function firmwareDevices(entries: readonly IvhdEntry[], last = 0xffff): FirmwareDevices {
  const settings = new Map<number, number>();
  const aliases = new Map<number, number>();
  let range: { first: number; setting: number; alias: number | null } | null = null;
  for (const { type, deviceId, dataSetting, sourceDeviceId } of entries) {
    switch (type) {
      case entryType.all:
        for (let device = 0; device <= last; device++) settings.set(device, dataSetting);
        break;
      case entryType.select:
      case entryType.extended:
      case entryType.acpiHid:
        settings.set(deviceId, dataSetting);
        break;
      case entryType.special:
        settings.set(sourceDeviceId ?? deviceId, dataSetting);
        break;
      case entryType.alias: {
        const alias = sourceDeviceId ?? deviceId;
        settings.set(deviceId, dataSetting);
        settings.set(alias, dataSetting);
        aliases.set(deviceId, alias);
        break;
      }
      case entryType.rangeStart:
      case entryType.extendedRange:
        range = { first: deviceId, setting: dataSetting, alias: null };
        break;
      case entryType.aliasRange:
        range = { first: deviceId, setting: dataSetting, alias: sourceDeviceId ?? null };
        break;
      case entryType.rangeEnd:
        if (range === null) break;
        for (let device = range.first; device <= deviceId; device++) {
          settings.set(device, range.setting);
          if (range.alias !== null) aliases.set(device, range.alias);
        }
        if (range.alias !== null) settings.set(range.alias, range.setting);
        range = null;
        break;
    }
  }
  return { settings, aliases };
}

/** A settings byte as bits of a device table entry: the high halves of its quads 1 and 2 (Linux set_dev_entry_from_acpi). */
export function settingBits(setting: number): { readonly management: number; readonly passes: number } {
  // INIT 0, ExtInt 1 and NMI 2 are bits 186:184; LINT0 6 and LINT1 7 are 191:190; SysMgt 5:4 is 105:104.
  return {
    management: ((setting >>> 4) & 3) << 8,
    passes: ((setting & 7) << 24) | (((setting >>> 6) & 3) << 30),
  };
}
