// Steps of `slotwise remap run -` as another program would send them: a unit, its tables, then a mix of everything.

const hex = (value) => `0x${value.toString(16)}`;
const line = (step) => JSON.stringify(step);
const qemu = { vendor: 'vtd', cap: '0x80d2008c222f0606', ecap: '0xf00f4a', memory: '0x8000000', haw: 48 };
const pages = 512;

/** Root, context, four levels for 512 pages at 40000000h, an interrupt entry, the queue; everything on. */
function setUp() {
  const leaves = Array.from({ length: pages }, (_, page) => hex(0x400000 + page * 4096 + 3));
  const memory = (write, ...qwords) => line({ memory: { write: hex(write), qwords } });
  const register = (write, value, size = 8) => line({ register: { write: hex(write), size, value: hex(value) } });
  return [
    line({ unit: qemu }),
    memory(0x1000, '0x2001', '0x0'),
    memory(0x2200, '0x10001', '0x502'),
    memory(0x10000, '0x11003'),
    memory(0x11008, '0x12003'),
    memory(0x12000, '0x13003'),
    memory(0x13000, ...leaves),
    memory(0x3010, '0x310001', '0x40020'),
    register(0x20, 0x1000),
    register(0x18, 0x40000000, 4),
    register(0x90, 0x8000),
    register(0x18, 0x04000000, 4),
    register(0xb8, 0x3003),
    register(0x18, 0x05000000, 4),
    register(0x18, 0x06000000, 4),
    register(0x18, 0x86000000, 4),
  ];
}

/** A round of sixteen steps, of which the n-th uses other pages than the one before. */
function round(n) {
  const page = (offset) => hex(0x40000000 + ((n * 7 + offset) % pages) * 4096 + ((n * 8) % 4000));
  const dma = (kind, address, more = {}) => line({ dma: { source: '00:04.0', kind, address, ...more } });
  const tail = (((n * 2) % 256) * 16 + 32) % 4096;
  const at = 0x8000 + ((n * 2) % 256) * 16;
  return [
    dma('write', page(0), { data: hex(n), bytes: 4 }),
    dma('read', page(0)),
    dma('write', page(1), { data: hex(n), bytes: 8 }),
    dma('read', page(2), { bytes: 16 }),
    dma('write', page(0), { data: '0x1' }),
    dma('read', page(1)),
    dma('read', '0x7fff0000'),
    line({ interrupt: { source: '00:04.0', address: '0xfee00030', data: '0x0' } }),
    line({ interrupt: { source: '00:05.0', address: '0xfee00030', data: '0x0' } }),
    line({ memory: { read: hex(0x400000 + (n % pages) * 4096), bytes: 8 } }),
    line({ memory: { write: hex(at), qwords: ['0x50022', '0x0', '0x100000025', '0x7000'] } }),
    line({ register: { write: '0x88', size: 4, value: hex(tail) } }),
    line({ register: { read: '0x80', size: 8 } }),
    line({ register: { read: '0x34', size: 4 } }),
    line({ register: { write: '0x22c', size: 4, value: '0x80000000' } }),
    line({ register: { write: '0x34', size: 4, value: '0x1' } }),
  ];
}

/** So many lines of text, each a step. */
export function mixedSteps(count) {
  const steps = setUp();
  for (let n = 0; steps.length < count; n++) steps.push(...round(n));
  return steps.slice(0, count);
}
