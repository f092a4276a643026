/**
 * The least that a translation can be in this language: fixed tables in one array, 52-bit addresses as halves, a domain
 * tag, rights; no modes, no faults, no counters, no devices to look up. What the engine is measured against.
 */
const ways = 4;
const sets = 256;
const stride = 8;
const domain = 1;
/** address bits from the host width of 48 on, in the upper half of an entry */
const beyondWidth = ~0xffff;
/** Bits 31:0 that must be 0: SNP without snoop control, and PS, since a large page taken for a table leads anywhere. */
const noPage = 0x800;
const noTable = 0x880;

/** Requests to `pages` pages in turn: a bare IOTLB in front of a bare four-level walk. */
export function bareRequests(memory: Int32Array, topTable: number, pages: number, perCall: number): () => number {
  const cache = new Int32Array(sets * ways * stride).fill(-1);
  let tick = 0;
  let outHi = 0;
  let outLo = 0;
  const walk = (page: number, needed: number): boolean => {
    let table = topTable;
    let rights = 3;
    for (let shift = 27; shift >= 0; shift -= 9) {
      const word = (table >>> 2) + ((page >>> shift) & 511) * 2;
      const entry = memory[word] ?? 0;
      outHi = memory[word + 1] ?? 0;
      rights &= entry;
      if ((rights & needed) !== needed) return false;
      if (((outHi & beyondWidth) | (entry & (shift > 0 ? noTable : noPage))) !== 0) return false;
      table = entry & ~0xfff;
    }
    outLo = table;
    return true;
  };
  const translate = (page: number, inside: number, needed: number): boolean => {
    const first = ((page ^ domain) & (sets - 1)) * ways * stride;
    for (let at = first; at < first + ways * stride; at += stride)
      if (cache[at] === page && cache[at + 1] === domain) {
        cache[at + 2] = tick = (tick + 1) | 0;
        outHi = cache[at + 3] ?? 0;
        outLo = (cache[at + 4] ?? 0) | inside;
        return ((cache[at + 5] ?? 0) & needed) === needed;
      }
    if (!walk(page, needed)) return false;
    let victim = first;
    for (let at = first + stride; at < first + ways * stride; at += stride)
      if ((cache[at + 2] ?? 0) < (cache[victim + 2] ?? 0)) victim = at;
    cache[victim] = page;
    cache[victim + 1] = domain;
    cache[victim + 2] = tick = (tick + 1) | 0;
    cache[victim + 3] = outHi;
    cache[victim + 4] = outLo;
    cache[victim + 5] = 3;
    outLo |= inside;
    return true;
  };
  return () => {
    let sum = 0;
    for (let request = 0; request < perCall; request++) {
      const address = (request % pages) << 12;
      if (translate(address >>> 12, address & 0xfff, 1)) sum = (sum + outLo + outHi) | 0;
    }
    return sum;
  };
}

/**
 * Two stages of four levels, 24 reads a request: entries of 64 bits, rights and address bits looked at as the engine must,
 * and behind a cache of the same size, which these requests always miss.
 */
export function bareNested(
  memory: Int32Array,
  tables: { first: number; second: number },
  pages: number,
  perCall: number,
): () => number {
  const cache = new Int32Array(sets * ways * stride).fill(-1);
  let tick = 0;
  const second = (address: number, needed: number): number => {
    let table = tables.second;
    for (let level = 4; level >= 1; level--) {
      const index =
        level === 4 ? 0 : level === 3 ? (address >>> 30) & 511 : (address >>> (level === 2 ? 21 : 12)) & 511;
      const word = (table >>> 2) + index * 2;
      const entry = memory[word] ?? 0;
      if ((entry & needed) !== needed || ((memory[word + 1] ?? 0) & beyondWidth) !== 0) return -1;
      table = entry & ~0xfff;
    }
    return table | (address & 0xfff);
  };
  const translate = (page: number): number => {
    const first = ((page ^ domain) & (sets - 1)) * ways * stride;
    let victim = first;
    for (let at = first; at < first + ways * stride; at += stride) {
      if (cache[at] === page && cache[at + 1] === domain) return cache[at + 4] ?? 0;
      if ((cache[at + 2] ?? 0) < (cache[victim + 2] ?? 0)) victim = at;
    }
    let table = tables.first;
    for (let shift = 27; shift >= 0; shift -= 9) {
      const at = second(table + ((page >>> shift) & 511) * 8, 1);
      if (at < 0) return -1;
      const entry = memory[at >>> 2] ?? 0;
      if ((entry & 0x25) !== 0x25 || ((memory[(at >>> 2) + 1] ?? 0) & beyondWidth) !== 0) return -1;
      table = entry & ~0xfff;
    }
    const host = second(table, 1);
    if (host < 0) return -1;
    cache[victim] = page;
    cache[victim + 1] = domain;
    cache[victim + 2] = tick = (tick + 1) | 0;
    cache[victim + 4] = host;
    return host;
  };
  return () => {
    let sum = 0;
    for (let request = 0; request < perCall; request++) sum = (sum + translate(request % pages)) | 0;
    return sum;
  };
}

const interruptSets = 16;
const interruptStride = 6;

/**
 * An interrupt by its message: format and index, the entry from a cache of the engine's size and shape, its source check,
 * and where it goes.
 */
export function bareInterrupts(
  memory: Int32Array,
  table: number,
  entries: number,
  source: number,
  messageOf: (index: number) => number,
  perCall: number,
): () => number {
  const cache = new Int32Array(interruptSets * ways * interruptStride).fill(-1);
  let tick = 0;
  const load = (index: number): number => {
    const first = (index & (interruptSets - 1)) * ways * interruptStride;
    let victim = first;
    for (let at = first; at < first + ways * interruptStride; at += interruptStride) {
      if (cache[at] === index) {
        cache[at + 1] = tick = (tick + 1) | 0;
        return at;
      }
      if ((cache[at + 1] ?? 0) < (cache[victim + 1] ?? 0)) victim = at;
    }
    cache[victim] = index;
    cache[victim + 1] = tick = (tick + 1) | 0;
    for (let word = 0; word < 4; word++) cache[victim + 2 + word] = memory[(table >>> 2) + index * 4 + word] ?? 0;
    return victim;
  };
  return () => {
    let sum = 0;
    for (let request = 0; request < perCall; request++) {
      const message = messageOf(request & 31);
      if ((message & 0x13) !== 0x10) continue;
      const index = ((message >>> 5) & 0x7fff) | ((message & 4) << 13);
      if (index >= entries) continue;
      const at = load(index);
      const low = cache[at + 2] ?? 0;
      const check = cache[at + 4] ?? 0;
      if ((low & 0x8001) !== 1 || ((check >>> 18) & 3) !== 1 || (check & 0xffff) !== source) continue;
      sum = (sum + ((low >>> 16) & 0xff) + (((cache[at + 3] ?? 0) >>> 8) & 0xff)) | 0;
    }
    return sum;
  };
}
