import type { Watch } from '../watch.ts';
import type { Command } from './commands.ts';
import { namedPages } from './commands.ts';
import type { DeviceTable } from './device-table.ts';
import type { InterruptRemapping } from './interrupt-remapping.ts';
import { guestSpace } from './translation-cache.ts';
import type { TranslationCache } from './translation-cache.ts';

/** The caches that software can tell a unit to forget, each by its own command (AMD 48882 2.4). */
export class Invalidation {
  deviceCount = 0;
  pagesCount = 0;
  interruptCount = 0;
  private readonly devices: DeviceTable;
  private readonly pages: TranslationCache;
  private readonly interrupts: InterruptRemapping;

  constructor(devices: DeviceTable, pages: TranslationCache, interrupts: InterruptRemapping) {
    this.devices = devices;
    this.pages = pages;
    this.interrupts = interrupts;
  }

  /** INVALIDATE_DEVTAB_ENTRY: the entry only; the pages of its domain stay, and need a command of their own. */
  deviceEntry(source: number, watch: Watch | null): void {
    this.deviceCount++;
    this.devices.forget(source);
    watch?.decided('amd-device-entry-forgotten', source, 0, 0);
  }

  /** INVALIDATE_IOMMU_PAGES: pages of a domain. No directory is cached apart, so PDE changes nothing. */
  domainPages(command: Command, watch: Watch | null): void {
    this.pagesCount++;
    const domain = command[1] & 0xffff;
    const { pasid, hi, lo, sizeBits } = namedPages(command);
    this.pages.drop(domain, pasid === null ? null : guestSpace(pasid), hi, lo, sizeBits);
    watch?.decided('amd-pages-forgotten', domain, sizeBits, pasid ?? -1);
  }

  /** INVALIDATE_INTERRUPT_TABLE: every entry of a device's table, and of its device table entry nothing. */
  interruptTable(source: number, watch: Watch | null): void {
    this.interruptCount++;
    this.interrupts.forget(source);
    watch?.decided('amd-interrupt-table-forgotten', source, 0, 0);
  }

  /** INVALIDATE_IOMMU_ALL. */
  everything(watch: Watch | null): void {
    this.deviceCount++;
    this.pagesCount++;
    this.interruptCount++;
    this.devices.cache.clear();
    this.pages.clear();
    this.interrupts.cache.clear();
    watch?.decided('amd-everything-forgotten', 0, 0, 0);
  }
}
