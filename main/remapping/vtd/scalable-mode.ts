import { access } from '../access.ts';
import { firstStageSpace, grantOf, nestedSpace, secondStageSpace } from '../caches/iotlb.ts';
import type { Iotlb } from '../caches/iotlb.ts';
import { lowMaskLo } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import { fault } from './fault-reasons.ts';
import { firstStageFlag, FirstStageWalk } from './first-stage-walk.ts';
import type { PagingStructures } from './paging-structures.ts';
import { PasidTable, translationStage } from './pasid-table.ts';
import { ScalableContextTable } from './scalable-context-table.ts';
import { markedBy } from './second-stage-walk.ts';
import type { SecondStageWalk } from './second-stage-walk.ts';
import type { LatchedState } from './state.ts';

const readWrite = access.read | access.write;
/** In the permissions of an IOTLB entry of scalable mode: dirty bits are set already, so a write may use it. */
const dirtyDone = 1 << 2;
/** A user request may use it. */
const userPage = 1 << 3;

/** The parts of a unit that scalable mode works with. */
export interface ScalableParts {
  readonly memory: PhysicalMemory;
  readonly capabilities: Capabilities;
  readonly state: LatchedState;
  readonly walk: SecondStageWalk;
  readonly iotlb: Iotlb;
  readonly structures: PagingStructures;
}

/**
 * DMA requests in scalable mode (VT-d 3.4.3): scalable context entry, PASID directory and entry, then first stage, second
 * stage, both, or none. Results are in the `out` fields; `process` answers a fault reason, 0 for none.
 */
export class ScalableMode {
  outHi = 0;
  outLo = 0;
  outLevel = 1;
  /** bit 0 read, bit 1 write */
  outPermissions = 0;
  lookups = 0;
  hits = 0;
  /** page that a fault record names: the request’s own, but for tables of a nested first stage */
  faultHi = 0;
  faultLo = 0;
  readonly contexts: ScalableContextTable;
  readonly pasids: PasidTable;
  readonly firstStage: FirstStageWalk;
  private readonly capabilities: Capabilities;
  private readonly walk: SecondStageWalk;
  private readonly iotlb: Iotlb;
  private pasidEntryUsed = false;

  constructor(parts: ScalableParts, contextEntries: number) {
    const { memory, capabilities, state, walk, iotlb, structures } = parts;
    this.capabilities = capabilities;
    this.walk = walk;
    this.iotlb = iotlb;
    this.contexts = new ScalableContextTable(memory, capabilities, state, contextEntries);
    this.pasids = new PasidTable(memory, capabilities, contextEntries);
    this.firstStage = new FirstStageWalk(memory, capabilities, walk, structures);
  }

  get faultProcessingDisabled(): boolean {
    return this.contexts.faultProcessingDisabled || (this.pasidEntryUsed && this.pasids.faultProcessingDisabled);
  }

  process(source: number, pasid: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { contexts, pasids, capabilities } = this;
    this.pasidEntryUsed = false;
    this.faultHi = hi;
    this.faultLo = lo & ~0xfff;
    // 1. Root and context entry, or what the context cache holds of them.
    const contextFault = contexts.find(source, watch);
    if (contextFault !== fault.none) return contextFault;
    // 2. Translation and translated requests need DTE, and a unit with device TLBs.
    if ((bits & (access.translationRequest | access.translated)) !== 0) {
      if (!contexts.deviceTlb || !capabilities.deviceTlb) {
        watch?.decided('device-cache-not-enabled', 0, 0, 0);
        return fault.deviceTlbDisabled;
      }
    }
    // 3. A request with PASID needs PASIDE; one without uses RID_PASID.
    const withPasid = pasid >= 0;
    if (withPasid && !contexts.pasidEnabled) {
      watch?.decided('pasid-not-enabled', pasid, 0, 0);
      return fault.pasidDisabled;
    }
    // A translated request carries a host address already.
    if ((bits & access.translated) !== 0) return this.pass(hi, lo);
    const space = withPasid ? pasid : capabilities.ridPasid ? contexts.rid & 0xfffff : 0;
    if (space >= contexts.capacity) {
      watch?.decided('pasid-beyond-directory', space, contexts.capacity, 0);
      return withPasid ? fault.pasidBeyond : fault.ridPasidBeyond;
    }
    // 4. PASID directory and entry, or what the PASID cache holds of them.
    this.pasidEntryUsed = true;
    const entryFault = pasids.find(source, space, contexts.lowHi, contexts.lowLo & ~0xfff, watch);
    if (entryFault !== fault.none) return entryFault;
    // 5. Execute and supervisor requests need ERE and SRE. RID_PRIV makes requests without PASID privileged.
    const flags = pasids.firstFlags;
    if (withPasid && (bits & access.execute) !== 0 && (flags & firstStageFlag.execute) === 0) {
      watch?.decided('execute-request-refused', space, 0, 0);
      return fault.executeRequestsDisabled;
    }
    const privileged = withPasid
      ? (bits & access.privileged) !== 0
      : capabilities.ridPrivilege && (contexts.rid & (1 << 20)) !== 0;
    if (privileged && (flags & firstStageFlag.supervisor) === 0) {
      watch?.decided('supervisor-request-refused', space, 0, 0);
      return fault.supervisorRequestsDisabled;
    }
    const wanted = withPasid ? bits : bits & ~access.execute;
    return this.translate(space, hi, lo, wanted, privileged, watch);
  }

  private translate(
    pasid: number,
    hi: number,
    lo: number,
    bits: number,
    privileged: boolean,
    watch: Watch | null,
  ): number {
    const { pasids, iotlb } = this;
    const { stage, domain } = pasids;
    if (stage === translationStage.passThrough) return this.pass(hi, lo);
    const tagHi = stage === translationStage.second ? hi : hi & 0x1ffffff;
    const space =
      stage === translationStage.second
        ? secondStageSpace
        : stage === translationStage.first
          ? firstStageSpace(pasid)
          : nestedSpace(pasid);
    // 6. IOTLB. What it forbids is looked up anew: tables are the last word, and A and D may have to be set.
    const plain = !privileged && (bits & (access.execute | access.translationRequest)) === 0;
    this.lookups++;
    const at = plain && this.reachable(stage, hi) ? iotlb.find(domain, space, tagHi, lo) : -1;
    if (at >= 0) {
      const permissions = iotlb.permissionsOf(at);
      const needed = (bits & readWrite) | (bits & access.write ? dirtyDone : 0) | userPage;
      if ((permissions & needed) === needed) {
        this.hits++;
        const level = iotlb.levelOf(at);
        this.leave(iotlb.outputHiOf(at), iotlb.outputLoOf(at), lo, level, permissions & readWrite);
        watch?.decided('iotlb-hit', this.outHi, this.outLo, level);
        return fault.none;
      }
    }
    watch?.decided('iotlb-miss', domain, 0, 0);
    // 7. Walk, and keep what was found.
    const reason =
      stage === translationStage.second
        ? this.walkSecond(hi, lo, bits, watch)
        : this.walkFirst(stage === translationStage.nested, space, hi, lo, bits, privileged, watch);
    if (reason !== fault.none) {
      this.outPermissions = 0;
      return reason;
    }
    iotlb.replace(domain, space, tagHi, lo, grantOf(this.outLevel, this.kept), this.outHi, this.outLo);
    watch?.decided('iotlb-filled', domain, this.outLevel, this.outPermissions);
    this.leave(this.outHi, this.outLo, lo, this.outLevel, this.outPermissions);
    return fault.none;
  }

  /** What the IOTLB keeps of the last walk. */
  private kept = 0;

  /** A first-stage tag has no sign bits, so an address that is not canonical must not be looked for. */
  private reachable(stage: number, hi: number): boolean {
    if (stage === translationStage.second) return true;
    const sign = this.pasids.firstFlags & firstStageFlag.fiveLevels ? hi >> 24 : hi >> 15;
    return sign === 0 || sign === -1;
  }

  private walkSecond(hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { walk, pasids } = this;
    walk.marked = markedBy(pasids.secondAccessedDirty);
    const reason = walk.walkScalable(
      pasids.domain,
      pasids.secondHi,
      pasids.secondLo,
      pasids.secondLevels,
      hi,
      lo,
      bits,
      watch,
    );
    if (reason !== fault.none) return reason;
    this.outHi = walk.outHi;
    this.outLo = walk.outLo;
    this.outLevel = walk.outLevel;
    this.outPermissions = walk.outPermissions;
    const dirty = !pasids.secondAccessedDirty || (bits & access.write) !== 0;
    this.kept = walk.outPermissions | (dirty ? dirtyDone : 0) | userPage;
    return fault.none;
  }

  private walkFirst(
    nested: boolean,
    space: number,
    hi: number,
    lo: number,
    bits: number,
    privileged: boolean,
    watch: Watch | null,
  ): number {
    const { firstStage, pasids } = this;
    const reason = firstStage.walk(pasids, nested, space, privileged, hi, lo, bits, watch);
    if (reason !== fault.none) {
      this.faultHi = firstStage.faultHi;
      this.faultLo = firstStage.faultLo;
      return reason;
    }
    this.outHi = firstStage.outHi;
    this.outLo = firstStage.outLo;
    this.outLevel = firstStage.outLevel;
    this.outPermissions = firstStage.outPermissions;
    let dirty = firstStage.outDirty;
    if (nested) {
      // The page itself goes through the second stage; the smaller of the two pages is what is known.
      const inside = lowMaskLo(3 + 9 * firstStage.outLevel);
      const behind = firstStage.throughSecond(
        pasids,
        firstStage.outHi,
        firstStage.outLo | (lo & inside & ~0xfff),
        bits,
        watch,
      );
      if (behind !== fault.none) return behind;
      const { walk } = this;
      this.outLevel = Math.min(firstStage.outLevel, walk.outLevel);
      this.outHi = walk.outHi;
      // Where the second stage's page is larger, the part of it that the first stage's page covers.
      const guest = firstStage.outLo | (lo & inside);
      this.outLo = walk.outLo | (guest & walk.insideMask & ~lowMaskLo(3 + 9 * this.outLevel));
      this.outPermissions &= walk.outPermissions;
      dirty &&= !pasids.secondAccessedDirty || (bits & access.write) !== 0;
    } else if (this.interruptRange(watch)) return fault.scalableInterruptRange;
    this.kept = this.outPermissions | (dirty ? dirtyDone : 0) | (firstStage.outUser ? userPage : 0);
    return fault.none;
  }

  /** The output page, whole, must not touch FEEx_xxxx. */
  private interruptRange(watch: Watch | null): boolean {
    const inside = lowMaskLo(3 + 9 * this.outLevel);
    const touches =
      this.outHi === 0 && (0xfee00000 & ~inside) >>> 0 <= this.outLo >>> 0 && this.outLo >>> 0 <= 0xfeefffff;
    watch?.decided(touches ? 'output-is-interrupt-range' : 'output-is-memory', this.outHi, this.outLo, this.outLevel);
    return touches;
  }

  private leave(pageHi: number, pageLo: number, lo: number, level: number, permissions: number): void {
    this.outHi = pageHi;
    this.outLo = pageLo | (lo & lowMaskLo(3 + 9 * level));
    this.outLevel = level;
    this.outPermissions = permissions;
  }

  private pass(hi: number, lo: number): number {
    this.leave(hi, lo & ~0xfff, lo, 1, readWrite);
    return fault.none;
  }

  /** Forgets every context and PASID entry. */
  forget(): void {
    this.contexts.cache.clear();
    this.pasids.cache.clear();
  }
}
