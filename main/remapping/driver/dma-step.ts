import { access, noPasid } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import type { Quad } from '../core/quad.ts';
import { pageSizeAt } from '../formats/second-stage.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { aborted } from '../vtd/dma-remapping.ts';
import { fault, grantsNothing } from '../vtd/fault-reasons.ts';
import type { VtdUnit } from '../vtd/unit.ts';
import { littleEndian } from './memory-step.ts';
import { BadStep, booleanIn, numberIn, oneOf, quadIn, sourceIn, sourceOut } from './step-value.ts';
import type { Fields } from './step-value.ts';

interface DmaRequest {
  source: number;
  write: boolean;
  address: Quad;
  data: Quad;
  bytes: number;
  pasid: number;
  at: 'untranslated' | 'translation' | 'translated';
  bits: number;
}

const addressBits = { untranslated: 0, translation: access.translationRequest, translated: access.translated } as const;

function parse(fields: Fields): DmaRequest {
  const source = sourceIn(fields['source']);
  const write = oneOf(fields['kind'], 'kind', ['read', 'write'], true) === 'write';
  const address = quadIn(fields['address'], 'address');
  const bytes = fields['bytes'] === undefined ? 4 : numberIn(fields['bytes'], 'bytes', 1, 4096);
  const data = fields['data'] === undefined ? { hi: 0, lo: 0 } : quadIn(fields['data'], 'data');
  const { pasid } = fields;
  const space = pasid === undefined || pasid === null ? noPasid : numberIn(pasid, 'pasid', 0, 0xfffff);
  const at = oneOf(fields['at'], 'at', ['untranslated', 'translation', 'translated'], false);
  const bits =
    (write ? access.write : access.read) |
    (booleanIn(fields['execute'], 'execute') ? access.execute : 0) |
    (booleanIn(fields['privileged'], 'privileged') ? access.privileged : 0) |
    addressBits[at];
  if ((address.lo & 0xfff) + bytes > 4096) throw new BadStep('a dma must not cross a 4 KiB boundary');
  if (space === noPasid && address.hi === 0 && address.lo >>> 20 === 0xfee)
    throw new BadStep('a dma at FEEx_xxxx without PASID is an interrupt: say interrupt');
  return { source, write, address, data, bytes, pasid: space, at, bits };
}

/** Runs a request and does what it asks in memory. */
export function dmaStep(unit: VtdUnit, fields: Fields): Fields {
  const request = parse(fields);
  const { address, at } = request;
  const reason = unit.translate(request.source, request.pasid, address.hi, address.lo, request.bits);
  const { outHi, outLo, outLevel, outPermissions } = unit.dma;
  // A translation request to a page that grants nothing is an answer, and no fault.
  const nothingGranted = at === 'translation' && grantsNothing(reason);
  if (nothingGranted) return { ok: true, translated: '0x0', pageSize: 4096, read: false, write: false };
  if (reason !== fault.none) return blocked(unit, request, reason);
  const answer = { ok: true, translated: formatQuad(outHi, outLo), pageSize: pageSizeAt(outLevel) };
  if (at === 'translation')
    return { ...answer, read: (outPermissions & access.read) !== 0, write: (outPermissions & access.write) !== 0 };
  if (!request.write) return { ...answer, data: littleEndian(unit.memory, outHi, outLo, request.bytes) };
  store(unit.memory, outHi, outLo, request);
  return answer;
}

/** Little-endian; bytes beyond the eighth are 0. A request never crosses 4 KiB, so only the low half of the address moves. */
function store(memory: PhysicalMemory, hi: number, lo: number, { data, bytes }: DmaRequest): void {
  for (let index = 0; index < bytes; index++) {
    const half = index < 4 ? data.lo : index < 8 ? data.hi : 0;
    memory.writeByte(hi, (lo + index) | 0, (half >>> ((index & 3) * 8)) & 0xff);
  }
}

function blocked(unit: VtdUnit, { address, source }: DmaRequest, reason: number): Fields {
  const { recorded } = unit.dma;
  // In nested translation the page is that of the guest's table which could not be reached.
  const nested = reason >= fault.firstTableUnreadable && reason <= fault.secondTopUnreadable;
  const page = nested ? { hi: unit.scalable.faultHi, lo: unit.scalable.faultLo } : address;
  return {
    ok: false,
    fault: {
      reason: formatQuad(0, reason === aborted ? 0 : reason),
      address: formatQuad(page.hi, page.lo & ~0xfff),
      source: sourceOut(source),
      recorded,
    },
  };
}
