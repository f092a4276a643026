import { access, noPasid } from '../access.ts';
import { formatQuad } from '../core/quad.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { littleEndian } from './memory-step.ts';
import { BadStep, booleanIn, numberIn, oneOf, quadIn, sourceIn } from './step-value.ts';
import type { Fields } from './step-value.ts';
import type { DmaRequest, DriveTarget } from './target.ts';

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
export function dmaStep(target: DriveTarget, fields: Fields): Fields {
  const request = parse(fields);
  const outcome = target.translate(request);
  // A translation request to a page that grants nothing is an answer, and no fault.
  if (outcome.kind === 'nothing-granted')
    return { ok: true, translated: '0x0', pageSize: 4096, read: false, write: false };
  if (outcome.kind === 'blocked') return { ok: false, fault: outcome.fault };
  const { hi, lo, pageSize, rights } = outcome;
  const answer = { ok: true, translated: formatQuad(hi, lo), pageSize };
  if (request.at === 'translation')
    return { ...answer, read: (rights & access.read) !== 0, write: (rights & access.write) !== 0 };
  if (!request.write) return { ...answer, data: littleEndian(target.memory, hi, lo, request.bytes) };
  store(target.memory, hi, lo, request);
  return answer;
}

/** Little-endian; bytes beyond the eighth are 0. A request never crosses 4 KiB, so only the low half of the address moves. */
function store(memory: PhysicalMemory, hi: number, lo: number, { data, bytes }: DmaRequest): void {
  for (let index = 0; index < bytes; index++) {
    const half = index < 4 ? data.lo : index < 8 ? data.hi : 0;
    memory.writeByte(hi, (lo + index) | 0, (half >>> ((index & 3) * 8)) & 0xff);
  }
}
