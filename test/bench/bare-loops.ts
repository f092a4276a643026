/**
 * The least that a translation can be in this language: fixed tables in one array, 52-bit addresses as halves, a domain
 * tag, rights; no modes, no faults, no counters, no devices to look up. What the engine is measured against.
 */
const ways = 4;
const sets = 256;
const stride = 8;
const domain = 1;

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
      outHi = (memory[word + 1] ?? 0) & 0xfffff;
      rights &= entry;
      if ((rights & needed) !== needed) return false;
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

/** Two stages of four levels, and no cache: 24 reads a request. */
export function bareNested(
  memory: Int32Array,
  tables: { first: number; second: number },
  pages: number,
  perCall: number,
): () => number {
  const second = (address: number): number => {
    let table = tables.second;
    for (let shift = 39; shift >= 12; shift -= 9) {
      const index = shift >= 32 ? 0 : (address >>> shift) & 511;
      const entry = memory[(table >>> 2) + index * 2] ?? 0;
      if ((entry & 1) === 0) return -1;
      table = entry & ~0xfff;
    }
    return table | (address & 0xfff);
  };
  return () => {
    let sum = 0;
    for (let request = 0; request < perCall; request++) {
      let table = tables.first;
      for (let shift = 27; shift >= 0; shift -= 9) {
        const at = second(table + (((request % pages) >>> shift) & 511) * 8);
        table = (memory[at >>> 2] ?? 0) & ~0xfff;
      }
      sum = (sum + second(table)) | 0;
    }
    return sum;
  };
}

/** An entry of the interrupt table by its message: present, the requester's own, and its vector. */
export function bareInterrupts(
  memory: Int32Array,
  table: number,
  source: number,
  messageOf: (index: number) => number,
  perCall: number,
): () => number {
  return () => {
    let sum = 0;
    for (let request = 0; request < perCall; request++) {
      const message = messageOf(request & 31);
      const at = (table >>> 2) + ((message >>> 5) & 0x7fff) * 4;
      const low = memory[at] ?? 0;
      if ((low & 1) === 0 || ((memory[at + 2] ?? 0) & 0xffff) !== source) continue;
      sum = (sum + ((low >>> 16) & 0xff)) | 0;
    }
    return sum;
  };
}
