import { access, addressTypeOf, noPasid } from '../access.ts';
import {
  grantOf,
  grantOfAnswer,
  iotlbWord,
  levelOfGrant,
  outputHiOfAnswer,
  permissionsOfGrant,
  secondStageSpace,
} from '../caches/iotlb.ts';
import type { Iotlb } from '../caches/iotlb.ts';
import { lowMaskLo } from '../core/quad.ts';
import type { Watch } from '../watch.ts';
import type { Capabilities } from './capabilities.ts';
import type { ContextTable } from './context-table.ts';
import { translationType } from './context-table.ts';
import type { FaultLog } from './fault-log.ts';
import { fault, grantsNothing } from './fault-reasons.ts';
import type { PagingStructures } from './paging-structures.ts';
import type { ScalableMode } from './scalable-mode.ts';
import type { SecondStageWalk } from './second-stage-walk.ts';
import { tableMode } from './state.ts';
import type { LatchedState } from './state.ts';

const readWrite = access.read | access.write;
const deviceTlbRequest = access.translationRequest | access.translated;
/** In an IOTLB entry: the address is known not to be mapped (kept only in caching mode). */
const knownAbsent = 0;

/** The parts of a unit that DMA remapping works with. */
export interface DmaParts {
  readonly capabilities: Capabilities;
  readonly state: LatchedState;
  readonly contexts: ContextTable;
  readonly walk: SecondStageWalk;
  readonly scalable: ScalableMode;
  readonly iotlb: Iotlb;
  readonly structures: PagingStructures;
  readonly faults: FaultLog;
}

/**
 * One DMA request through the unit (VT-d 3.4). `translate` answers a fault reason, 0 for none, and leaves the rest in
 * the `out` fields: no object is made on the way.
 */
export class DmaRemapping {
  outHi = 0;
  outLo = 0;
  /** level and permissions of the answer; one word, since every request writes it */
  private grant = grantOf(1, 0);
  /** the last fault set F in a record */
  recorded = false;
  faults = 0;
  private otherLookups = 0;
  private otherHits = 0;
  /** of the requests that continued, those that the IOTLB did not answer */
  private continuedMisses = 0;
  private readonly parts: DmaParts;
  private readonly contexts: ContextTable;
  private readonly iotlb: Iotlb;
  private readonly walk: SecondStageWalk;
  /** entries of the paging-structure caches */
  private readonly remembered: number;
  /** requester whose entry of legacy mode the fields of `contexts` hold, if its requests are translated by tables */
  private continuing = -1;
  /** and the generation of the context cache then */
  private continuingGeneration = 0;

  constructor(parts: DmaParts) {
    this.parts = parts;
    this.contexts = parts.contexts;
    this.iotlb = parts.iotlb;
    this.walk = parts.walk;
    this.remembered = parts.structures.cache.entries;
  }

  /**
   * `source`: requester id; `pasid`: -1 for none; `bits`: see access.ts. The caller has already told interrupt requests
   * (untranslated writes without PASID to FEEx_xxxx) apart.
   */
  translate(source: number, pasid: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { contexts } = this;
    if (
      source !== this.continuing ||
      contexts.cache.generation !== this.continuingGeneration ||
      watch !== null ||
      pasid >= 0 ||
      bits > readWrite
    )
      return this.translateAnew(source, pasid, hi, lo, bits, watch);
    // The same requester as before in legacy mode, and no entry or mode changed since: steps 1 to 5 of `process` stand.
    contexts.repeats++;
    const { iotlb } = this;
    const { words } = iotlb;
    const entry = iotlb.find(contexts.heldDomain, secondStageSpace, hi, lo);
    if (entry < 0) return this.continueUncached(source, hi, lo, bits);
    const answer = words[entry + iotlbWord.answer] ?? 0;
    const grant = grantOfAnswer(answer);
    if ((grant & bits) !== bits) return this.continueForbidden(entry, source, hi, lo, bits);
    this.outHi = outputHiOfAnswer(answer);
    this.outLo = (words[entry + iotlbWord.outputLo] ?? 0) | (lo & (words[entry + iotlbWord.insideMask] ?? 0));
    this.grant = grant;
    return fault.none;
  }

  private translateAnew(
    source: number,
    pasid: number,
    hi: number,
    lo: number,
    bits: number,
    watch: Watch | null,
  ): number {
    const reason = this.process(source, pasid, hi, lo, bits, watch);
    if (reason !== fault.none) this.report(reason, source, pasid, hi, lo, bits, watch);
    return reason;
  }

  /** level of the leaf, 1 where nothing was walked */
  get outLevel(): number {
    return levelOfGrant(this.grant);
  }
  /** bit 0 read, bit 1 write */
  get outPermissions(): number {
    return permissionsOfGrant(this.grant);
  }
  /** requests that asked the IOTLB, and those that it answered */
  get lookups(): number {
    return this.otherLookups + this.contexts.repeats;
  }
  get hits(): number {
    return this.otherHits + this.contexts.repeats - this.continuedMisses;
  }

  private continueUncached(source: number, hi: number, lo: number, bits: number): number {
    const { contexts, walk } = this;
    if (this.remembered > 0) {
      this.continuedMisses++;
      return this.continueCarefully(source, hi, lo, bits);
    }
    const grant = walk.walkPlain(
      contexts.heldTableHi,
      contexts.heldTableLo,
      contexts.heldLevels,
      hi,
      lo,
      bits,
      this.iotlb,
    );
    this.continuedMisses++;
    if (grant === 0) return this.continueCarefully(source, hi, lo, bits);
    const { outHi, outLo } = walk;
    this.outHi = outHi;
    this.grant = grant;
    if (levelOfGrant(grant) === 1) this.outLo = outLo | (lo & 0xfff);
    else {
      this.outLo = outLo | (lo & walk.insideMask);
      this.iotlb.add(contexts.heldDomain, secondStageSpace, hi, lo, grant, outHi, outLo);
    }
    return fault.none;
  }

  private continueCarefully(source: number, hi: number, lo: number, bits: number): number {
    const { contexts } = this;
    contexts.judgeSilence();
    const reason = this.walkAndKeep(contexts.heldDomain, hi, lo, bits, null);
    if (reason !== fault.none) this.report(reason, source, noPasid, hi, lo, bits, null);
    return reason;
  }

  private continueForbidden(entry: number, source: number, hi: number, lo: number, bits: number): number {
    this.contexts.judgeSilence();
    const reason = this.useCached(entry, hi, lo, bits, null);
    this.report(reason, source, noPasid, hi, lo, bits, null);
    return reason;
  }

  private process(source: number, pasid: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { state, contexts, iotlb } = this.parts;
    this.continuing = -1;
    // 1. TES=0: every request passes with its own address; those of a device TLB are unsupported (VT-d 4.2.1).
    if (!state.translating) {
      if ((bits & deviceTlbRequest) !== 0) {
        watch?.decided('device-cache-unsupported', 0, 0, 0);
        return aborted;
      }
      watch?.decided('translation-off', 0, 0, 0);
      return this.pass(hi, lo);
    }
    // 2. The table mode that SRTP latched.
    if (state.mode !== tableMode.legacy)
      return state.mode === tableMode.scalable
        ? this.processScalable(source, pasid, hi, lo, bits, watch)
        : this.refuseMode(watch);
    if (watch !== null) watch.decided('table-mode-legacy', 0, 0, 0);
    // 3. Legacy mode knows no PASID.
    if (pasid >= 0) {
      watch?.decided('request-has-pasid', 0, 0, 0);
      contexts.faultProcessingDisabled = false;
      return fault.pasidInLegacyMode;
    }
    // 4. Root and context entry, or what the context cache holds of them.
    const contextFault = contexts.find(source, watch);
    if (contextFault !== fault.none) return contextFault;
    // 5. What TT lets pass: translation and translated requests only with device TLBs.
    const type = contexts.type;
    if (type !== translationType.withDeviceTlb && (bits & deviceTlbRequest) !== 0) {
      watch?.decided('request-type-blocked', type, 0, 0);
      return fault.requestTypeBlocked;
    }
    if (type === translationType.passThrough || (bits & access.translated) !== 0) return this.pass(hi, lo);
    this.continuing = contexts.holds(source) ? source : -1;
    this.continuingGeneration = contexts.cache.generation;
    // 6. IOTLB, tagged by domain.
    const domain = contexts.domain;
    this.otherLookups++;
    const entry = iotlb.find(domain, secondStageSpace, hi, lo);
    if (entry >= 0) {
      this.otherHits++;
      return this.useCached(entry, hi, lo, bits, watch);
    }
    if (watch !== null) watch.decided('iotlb-miss', domain, 0, 0);
    // 7. Walk, and keep what was found.
    return this.walkAndKeep(domain, hi, lo, bits, watch);
  }

  private processScalable(
    source: number,
    pasid: number,
    hi: number,
    lo: number,
    bits: number,
    watch: Watch | null,
  ): number {
    const { scalable } = this.parts;
    watch?.decided('table-mode-scalable', 0, 0, 0);
    const hits = scalable.hits;
    const lookups = scalable.lookups;
    const reason = scalable.process(source, pasid, hi, lo, bits, watch);
    this.otherLookups += scalable.lookups - lookups;
    this.otherHits += scalable.hits - hits;
    this.outHi = scalable.outHi;
    this.outLo = scalable.outLo;
    this.grant = grantOf(scalable.outLevel, scalable.outPermissions);
    return reason;
  }

  private useCached(entry: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { iotlb } = this.parts;
    const level = iotlb.levelOf(entry);
    const permissions = iotlb.permissionsOf(entry);
    const inside = lowMaskLo(3 + 9 * level);
    this.outHi = iotlb.outputHiOf(entry);
    this.outLo = iotlb.outputLoOf(entry) | (lo & inside);
    this.grant = grantOf(level, permissions);
    const needed = bits & readWrite;
    // The rights of a cached entry count like those of a walk, and their lack is logged like any other fault.
    const enough =
      (bits & access.translationRequest) !== 0 ? permissions !== knownAbsent : (permissions & needed) === needed;
    if (!enough) {
      const write = (needed & ~permissions & access.write) !== 0;
      watch?.decided(
        write ? 'iotlb-forbids-write' : 'iotlb-forbids-read',
        this.parts.contexts.domain,
        level,
        permissions,
      );
      return write ? fault.writeForbidden : fault.readForbidden;
    }
    if (watch !== null) watch.decided('iotlb-hit', this.outHi, this.outLo, level);
    return fault.none;
  }

  private walkAndKeep(domain: number, hi: number, lo: number, bits: number, watch: Watch | null): number {
    const { contexts, iotlb, walk, capabilities } = this.parts;
    const reason = walk.walkIn(domain, contexts.lowHi, contexts.lowLo & ~0xfff, contexts.levels, hi, lo, bits, watch);
    if (reason !== fault.none) {
      // Caching mode: what is not present may be kept too, so software must invalidate after mapping (CAP.CM).
      if (walk.notPresent && capabilities.cachingMode)
        iotlb.add(domain, secondStageSpace, hi, lo, grantOf(1, knownAbsent), 0, 0);
      this.grant = grantOf(this.outLevel, 0);
      return reason;
    }
    this.outHi = walk.outHi;
    this.outLo = walk.outLo | (lo & walk.insideMask);
    this.grant = grantOf(walk.outLevel, walk.outPermissions);
    iotlb.add(domain, secondStageSpace, hi, lo, this.grant, walk.outHi, walk.outLo);
    if (watch !== null) watch.decided('iotlb-filled', domain, walk.outLevel, walk.outPermissions);
    return fault.none;
  }

  private pass(hi: number, lo: number): number {
    this.outHi = hi;
    this.outLo = lo;
    this.grant = grantOf(1, readWrite);
    return fault.none;
  }

  /** Abort mode blocks everything, and the reserved mode is a bad RTADDR; no FPD silences either (VT-d 7.1.3, RTA.1 and RTA.4). */
  private refuseMode(watch: Watch | null): number {
    this.parts.contexts.faultProcessingDisabled = false;
    const abort = this.parts.state.mode === tableMode.abort;
    watch?.decided(abort ? 'table-mode-abort' : 'table-mode-reserved', this.parts.state.mode, 0, 0);
    return abort ? fault.abortMode : fault.tableModeReserved;
  }

  private report(
    reason: number,
    source: number,
    pasid: number,
    hi: number,
    lo: number,
    bits: number,
    watch: Watch | null,
  ): void {
    this.recorded = false;
    if (reason === aborted) return;
    // A translation request to a page that is not mapped is answered "no rights", not logged.
    if ((bits & access.translationRequest) !== 0 && grantsNothing(reason)) return;
    this.faults++;
    const { scalable, contexts, state } = this.parts;
    const inScalableMode = state.mode === tableMode.scalable;
    this.recorded = this.parts.faults.record(
      reason,
      {
        source,
        infoHi: inScalableMode ? scalable.faultHi : hi,
        infoLo: inScalableMode ? scalable.faultLo : lo & ~0xfff,
        read: (bits & access.write) === 0,
        pasid,
        execute: (bits & access.execute) !== 0,
        privileged: (bits & access.privileged) !== 0,
        addressType: addressTypeOf(bits),
      },
      inScalableMode ? scalable.faultProcessingDisabled : contexts.faultProcessingDisabled,
      watch,
    );
  }
}

/** Blocked without any fault reason: an ATS request while translation is off. */
export const aborted = -1;
