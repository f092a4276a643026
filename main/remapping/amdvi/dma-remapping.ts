import { access, noPasid } from '../access.ts';
import { isBelow, lowMaskHi, lowMaskLo } from '../core/quad.ts';
import type { RegisterFile } from '../registers/register-file.ts';
import type { Watch } from '../watch.ts';
import type { DeviceTable } from './device-table.ts';
import { entryProblem, found } from './device-table.ts';
import type { EventLog } from './event-log.ts';
import { event, flag, hardwareTypeShift, refusedSilently, requestType } from './events.ts';
import type { GuestWalk } from './guest-walk.ts';
import type { HostWalk } from './host-walk.ts';
import { control, register } from './registers.ts';
import { guestSpace, hostSpace } from './translation-cache.ts';
import type { TranslationCache } from './translation-cache.ts';
import type { WalkOutcome } from './walk-outcome.ts';

const readWrite = access.read | access.write;
/** Beside the rights of a cached page: its dirty bit is set, so that writes need not walk to set it. */
const knownDirty = 1 << 2;
const pageBits = 12;

/** The parts of a unit that DMA remapping works with. */
export interface DmaParts {
  readonly registers: RegisterFile;
  readonly devices: DeviceTable;
  readonly hostWalk: HostWalk;
  readonly guestWalk: GuestWalk;
  readonly pages: TranslationCache;
  readonly events: EventLog;
}

/**
 * One DMA request through the unit (AMD 48882 2.2.2, 2.2.3). `translate` answers an event code, 0 where it passes, and
 * leaves the rest in the `out` fields: no object is made on the way.
 */
export class DmaRemapping {
  outHi = 0;
  outLo = 0;
  /** address bits inside the page; 12 where nothing was walked */
  outBits = pageBits;
  outRights = 0;
  /** the last refusal is in the event log */
  recorded = false;
  lookups = 0;
  hits = 0;
  faults = 0;
  private readonly parts: DmaParts;
  private flags = 0;
  private addressHi = 0;
  private addressLo = 0;
  /** address space of the request: its PASID, or 0 for plain requests where GIOV says so */
  private space = noPasid;

  constructor(parts: DmaParts) {
    this.parts = parts;
  }

  /**
   * `source`: requester id; `pasid`: -1 for none; `bits`: see access.ts. The caller has already told interrupt requests
   * (untranslated writes without PASID to FEEx_xxxx) apart.
   */
  translate(source: number, pasid: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    this.flags = 0;
    this.addressHi = hi;
    this.addressLo = lo;
    this.space = pasid;
    const code = this.process(source, pasid, hi, lo, bits, watch);
    if (code !== event.none) this.report(code, source, bits, watch);
    return code;
  }

  /** Looks a page up without a request, so that it is known later; `afresh`: forgets it first. */
  prefetch(source: number, pasid: number, hi: number, lo: number, afresh: boolean): void {
    const { devices, pages } = this.parts;
    this.space = pasid;
    if (devices.find(source, null) !== found.entry || !devices.valid) return;
    if (devices.problem !== entryProblem.none) return;
    if (afresh) pages.drop(devices.domain, pasid < 0 ? null : guestSpace(pasid), hi, lo, pageBits);
    this.byEntry(pasid, hi, lo, access.translationRequest | access.read, null);
  }

  private process(source: number, pasid: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { registers, devices } = this.parts;
    const byDeviceCache = (bits & (access.translationRequest | access.translated)) !== 0;
    // 1. The unit is off: every request passes with its own address; those of a device's cache are unsupported [recall].
    if ((registers.read(register.CONTROL) & control.enable) === 0) {
      watch?.decided(byDeviceCache ? 'amd-device-cache-unsupported' : 'amd-translation-off', 0, 0, 0);
      return byDeviceCache ? refusedSilently : this.pass(hi, lo, readWrite);
    }
    // 2. Only writes make sense in the interrupt range [recall].
    if (hi === 0 && lo >>> 20 === 0xfee && pasid < 0 && !byDeviceCache) {
      watch?.decided('amd-interrupt-range-read', 0, 0, 0);
      this.flags = requestType.readOfInterruptRange;
      return event.deviceRequest;
    }
    // 3. The device's entry.
    const outcome = devices.find(source, watch);
    if (outcome !== found.entry) return this.withoutEntry(outcome);
    // 4. V=0: not the unit's business. A device's cache needs an entry all the same.
    if (!devices.valid && !byDeviceCache) return this.pass(hi, lo, readWrite);
    const problem = devices.problem;
    if (problem !== entryProblem.none) {
      this.flags = problem === entryProblem.reserved ? flag.reserved : 0;
      return event.illegalDeviceEntry;
    }
    if (byDeviceCache && (!devices.valid || !devices.deviceCacheAllowed)) {
      watch?.decided('amd-device-cache-not-allowed', 0, 0, 0);
      this.flags = requestType.pretranslatedNotAllowed;
      return event.deviceRequest;
    }
    if ((bits & access.translated) !== 0) return this.pass(hi, lo, readWrite);
    return this.byEntry(pasid, hi, lo, bits, watch);
  }

  /** The entry is there and sound. */
  private byEntry(pasid: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { devices } = this.parts;
    // 5. The exclusion range is used as it is, by all devices (Allow) or by those whose entry says so (EX).
    if (pasid < 0 && this.isExcluded(hi, lo, devices.excluded)) {
      watch?.decided('amd-address-excluded', 0, 0, 0);
      return this.pass(hi, lo, readWrite);
    }
    // 6. An address space needs a guest table; plain requests use space 0 of it where GIOV is 1.
    if (pasid >= 0 && !devices.guestTranslation) {
      watch?.decided('amd-pasid-not-allowed', pasid, 0, 0);
      this.flags = requestType.pasidNotAllowed;
      return event.deviceRequest;
    }
    if (pasid < 0 && devices.guestTranslation && devices.guestIo) this.space = 0;
    // 7. TV=0: nothing below is to be used, and the request ends here.
    if (!devices.translationValid) {
      watch?.decided('amd-device-entry-no-tables', 0, 0, 0);
      return event.pageFault;
    }
    // 8. IR and IW of the entry count for every page.
    const rights = devices.rights;
    const needed = bits & readWrite;
    const asks = (bits & access.translationRequest) !== 0;
    if (asks ? rights === 0 : (rights & needed) !== needed) {
      watch?.decided('amd-device-entry-forbids', rights, 0, 0);
      this.flags = flag.present | flag.permission;
      return event.pageFault;
    }
    // 9. Mode 0 without a guest table: the address is used as it is.
    if (devices.mode === 0 && this.space < 0) return this.pass(hi, lo, rights);
    return this.byTables(hi, lo, bits, rights, watch);
  }

  private byTables(hi: number, lo: number, bits: number, rights: number, watch: Watch | null): number {
    const { devices, pages } = this.parts;
    const domain = devices.domain;
    const space = this.space < 0 ? hostSpace : guestSpace(this.space);
    const asks = (bits & access.translationRequest) !== 0;
    const needed = bits & readWrite;
    // 10. What the cache knows of the domain. A first write to a page that is not known to be dirty walks again.
    this.lookups++;
    const cached = pages.find(domain, space, hi, lo);
    if (cached >= 0) {
      const known = pages.rightsOf(cached);
      const privileged = this.space >= 0 && (bits & (access.execute | access.privileged)) !== 0;
      const mustMark = !asks && (needed & access.write) !== 0 && (known & access.write) !== 0 && !(known & knownDirty);
      if (!mustMark && !privileged) {
        this.hits++;
        this.leave(hi, lo, pages.sizeBitsOf(cached), pages.outputHiOf(cached), pages.outputLoOf(cached));
        this.outRights = known & rights;
        if (!asks && (known & needed) !== needed) {
          watch?.decided('amd-iotlb-forbids', domain, this.outBits, known);
          this.flags = flag.present | flag.permission;
          return event.pageFault;
        }
        watch?.decided('amd-iotlb-hit', this.outHi, this.outLo, this.outBits);
        return event.none;
      }
    }
    if (watch !== null) watch.decided('amd-iotlb-miss', domain, 0, 0);
    // 11. Walk, and keep what was found.
    const code = this.space < 0 ? this.walkHost(hi, lo, bits, watch) : this.walkBoth(hi, lo, bits, watch);
    if (code !== event.none) return code;
    this.outRights &= rights;
    watch?.decided('amd-output-found', this.outHi, this.outLo, this.outBits);
    return event.none;
  }

  private walkHost(hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { devices, hostWalk } = this.parts;
    const { rootHi, rootLo, mode, marks } = devices;
    const code = hostWalk.walk(rootHi, rootLo, mode, hi, lo, bits, marks, watch);
    if (code !== event.none) return this.fromWalk(code, hostWalk);
    this.keep(
      hostSpace,
      hi,
      lo,
      hostWalk.outBits,
      hostWalk.outHi,
      hostWalk.outLo,
      hostWalk.outRights | (hostWalk.outDirty ? knownDirty : 0),
      watch,
    );
    return event.none;
  }

  /** The guest's tables, and the host's for what they give. */
  private walkBoth(hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { devices, guestWalk, hostWalk } = this.parts;
    const code = guestWalk.walk(devices, this.space, hi, lo, bits, watch);
    if (code !== event.none) return this.fromWalk(code, guestWalk);
    let { outHi, outLo, outBits, outRights, outDirty } = guestWalk;
    if (devices.mode !== 0) {
      const guestHi = outHi | (hi & lowMaskHi(outBits));
      const guestLo = outLo | (lo & lowMaskLo(outBits));
      const { rootHi, rootLo, mode, marks } = devices;
      const second = hostWalk.walk(rootHi, rootLo, mode, guestHi, guestLo, bits, marks, watch);
      if (second !== event.none) return this.fromWalk(second, hostWalk);
      // The smaller of the two pages is what both agree on.
      outBits = Math.min(outBits, hostWalk.outBits);
      outHi = (hostWalk.outHi | (guestHi & lowMaskHi(hostWalk.outBits))) & ~lowMaskHi(outBits);
      outLo = (hostWalk.outLo | (guestLo & lowMaskLo(hostWalk.outBits))) & ~lowMaskLo(outBits);
      outRights &= hostWalk.outRights;
      outDirty &&= hostWalk.outDirty;
    }
    // Rights of a guest page depend on the privilege: what a privileged request found is not kept for the others.
    const known = outRights | (outDirty ? knownDirty : 0);
    if ((bits & (access.privileged | access.execute)) === 0)
      this.keep(guestSpace(this.space), hi, lo, outBits, outHi, outLo, known, watch);
    else this.leave(hi, lo, outBits, outHi, outLo);
    this.outRights = outRights;
    return event.none;
  }

  private fromWalk(code: number, walk: WalkOutcome): number {
    this.flags = walk.flags;
    this.outRights = 0;
    if (code === event.pageTableError) {
      this.addressHi = walk.errorHi;
      this.addressLo = walk.errorLo;
    }
    return code;
  }

  private keep(
    space: number,
    hi: number,
    lo: number,
    sizeBits: number,
    outHi: number,
    outLo: number,
    rights: number,
    watch: Watch | null,
  ): void {
    const { pages, devices } = this.parts;
    pages.fill(devices.domain, space, hi, lo, sizeBits, outHi, outLo, rights);
    this.leave(hi, lo, sizeBits, outHi, outLo);
    this.outRights = rights & readWrite;
    if (watch !== null) watch.decided('amd-iotlb-filled', devices.domain, sizeBits, rights);
  }

  private leave(hi: number, lo: number, sizeBits: number, outHi: number, outLo: number): void {
    this.outHi = (outHi | (hi & lowMaskHi(sizeBits))) & 0xfffff;
    this.outLo = outLo | (lo & lowMaskLo(sizeBits));
    this.outBits = sizeBits;
  }

  private pass(hi: number, lo: number, rights: number): number {
    this.outHi = hi;
    this.outLo = lo;
    this.outBits = pageBits;
    this.outRights = rights;
    return event.none;
  }

  /** Base and limit are both inside the range, the limit's page whole (AMD 48882 3.4 [recall]; Linux iommu_set_exclusion_range). */
  private isExcluded(hi: number, lo: number, byEntry: boolean): boolean {
    const { registers } = this.parts;
    const base = registers.read(register.EXCL_BASE);
    if ((base & 1) === 0 || (!byEntry && (base & 2) === 0)) return false;
    if (isBelow(hi, lo, registers.read(register.EXCL_BASE + 4), base & ~0xfff)) return false;
    return !isBelow(registers.read(register.EXCL_LIMIT + 4), registers.read(register.EXCL_LIMIT) | 0xfff, hi, lo);
  }

  /** A requester outside the table is a page fault (VirtualBox iommuAmdDteRead), an entry that cannot be read an error. */
  private withoutEntry(outcome: number): number {
    if (outcome === found.beyond) return event.pageFault;
    const { devices } = this.parts;
    this.addressHi = devices.atHi;
    this.addressLo = devices.atLo;
    this.flags = devices.failure << hardwareTypeShift;
    return event.deviceTableError;
  }

  private report(code: number, source: number, bits: number, watch: Watch | null): void {
    this.recorded = false;
    if (code === refusedSilently) return;
    const { devices, events } = this.parts;
    const asks = (bits & access.translationRequest) !== 0;
    // A translation request whose page is not there is answered "no rights", and not logged (AMD 48882 2.1.3.2).
    if (asks && code === event.pageFault) return;
    this.faults++;
    const inGuest = this.space >= 0 && code !== event.deviceTableError;
    const ofPage = inGuest && code === event.pageFault;
    const ofDomain = code === event.pageFault || code === event.pageTableError;
    const flags =
      this.flags |
      (asks ? flag.translation : (bits & access.write) !== 0 && code !== event.deviceRequest ? flag.write : 0) |
      (inGuest ? flag.guest : 0) |
      (ofPage && (bits & access.privileged) === 0 ? flag.user : 0) |
      (ofPage && (bits & access.execute) !== 0 ? flag.execute : 0);
    events.report(
      code,
      {
        source,
        pasid: inGuest ? this.space : noPasid,
        domain: ofDomain ? devices.domain : 0,
        flags,
        addressHi: this.addressHi,
        addressLo: this.addressLo,
      },
      code === event.pageFault && !devices.mayReport(),
      watch,
    );
    this.recorded = events.recorded;
  }
}
