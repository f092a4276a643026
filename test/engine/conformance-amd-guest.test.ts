import { describe, expect, test } from 'vitest';
import { access } from '../../main/remapping/access.ts';
import { AmdBench, command, domain, fullEfr, next, PR, requester, RW, topTable } from './kit/amd-bench.ts';

/** GCR3 in the three places of a device table entry, GV and GLX. */
function guestEntry(gcr3: bigint, glx = 0n, more = 0n): [bigint, bigint, bigint, bigint] {
  const low = (1n << 55n) | (glx << 56n) | (((gcr3 >> 12n) & 7n) << 58n) | more;
  const high = (((gcr3 >> 15n) & 0xffffn) << 16n) | (((gcr3 >> 31n) & 0x1fffffn) << 43n);
  return [low, high, 0n, 0n];
}

const spaces = 0x50000n;
const guestTop = 0x51000n;
const P = 1n;
const guestRights = 7n;

/** A guest table of four levels: 40000000_3000h leads to a page; addresses of tables are the guest's. */
function guestTables(write: (at: bigint, value: bigint) => void, leaf: bigint): void {
  write(guestTop, 0x52000n | guestRights);
  write(0x52000n + 8n, 0x53000n | guestRights);
  write(0x53000n, 0x54000n | guestRights);
  write(0x54000n + 3n * 8n, leaf);
}
const address = 0x4000_3000n;

describe('guest tables through GCR3', () => {
  const ready = (leaf = 0x7000n | guestRights, more = 0n, glx = 0n): AmdBench => {
    const bench = new AmdBench({ efr: fullEfr }).start({ mode: 0n, extra: guestEntry(spaces, glx, more) });
    if (glx === 0n) bench.write(spaces + 5n * 8n, guestTop | P);
    guestTables((at, value) => bench.write(at, value), leaf);
    return bench;
  };

  test('a request with PASID walks the table of its address space, and A and D are set', () => {
    const bench = ready();
    expect(bench.translated(address + 8n, 'read', requester, 5)).toBe(0x7008n);
    expect(bench.read(guestTop) & 0x60n).toBe(0x20n);
    expect(bench.read(0x54018n) & 0x60n).toBe(0x20n);
    const reads = bench.unit.guestWalk.reads;
    bench.translated(address, 'write', requester, 5);
    expect(bench.unit.guestWalk.reads).toBeGreaterThan(reads);
    expect(bench.read(0x54018n) & 0x60n).toBe(0x60n);
    const again = bench.unit.guestWalk.reads;
    bench.translated(address, 'write', requester, 5);
    expect(bench.unit.guestWalk.reads).toBe(again);
  });

  test('two and three levels of address spaces (GLX), each by nine bits of the PASID', () => {
    for (const [glx, pasid] of [
      [1n, (3 << 9) | 5],
      [2n, (2 << 18) | (3 << 9) | 5],
    ] as const) {
      const bench = ready(undefined, 0n, glx);
      let table = spaces;
      for (let level = Number(glx); level >= 0; level--) {
        const slot = table + BigInt((pasid >>> (9 * level)) & 511) * 8n;
        const below = level === 0 ? guestTop : 0x58000n + BigInt(level) * 0x1000n;
        bench.write(slot, below | P);
        table = below;
      }
      expect(bench.translated(address, 'read', requester, pasid)).toBe(0x7000n);
    }
  });

  test('PASID beyond the table, an absent address space, an absent page: IO_PAGE_FAULT with GN and the PASID', () => {
    const bench = ready();
    for (const [pasid, at] of [
      [512, address],
      [6, address],
      [5, 0x5000n],
    ] as const) {
      expect(bench.dma(at, 'write', requester, 0, pasid)).toBe(2);
      expect(bench.event).toEqual({ code: 2, flags: 0x25, space: pasid, source: requester, address: at });
    }
    expect(bench.dma(1n << 50n, 'read', requester, 0, 5)).toBe(2);
  });

  test('user, write, execute and reserved bits of the guest’s entries', () => {
    const user = ready(0x7000n | 3n);
    expect(user.dma(address, 'read', requester, 0, 5)).toBe(2);
    expect(user.event.flags).toBe(0x55);
    expect(user.dma(address, 'read', requester, access.privileged, 5)).toBe(0);
    const readOnly = ready(0x7000n | 5n);
    expect(readOnly.dma(address, 'write', requester, 0, 5)).toBe(2);
    expect(readOnly.event.flags).toBe(0x75);
    const noExecute = ready(0x7000n | guestRights | (1n << 63n));
    expect(noExecute.dma(address, 'read', requester, access.execute, 5)).toBe(2);
    expect(noExecute.event.flags).toBe(0x57);
    expect(noExecute.dma(address, 'read', requester, 0, 5)).toBe(0);
    const large = ready();
    large.write(0x53000n, 0x200000n | 0x2000n | guestRights | 0x80n);
    expect(large.dma(address, 'read', requester, 0, 5)).toBe(2);
    expect(large.event.flags).toBe(0x95);
    large.write(0x53000n, 0x600000n | guestRights | 0x80n);
    expect(large.translated(address, 'read', requester, 5)).toBe(0x603000n);
    expect(large.unit.dma.outBits).toBe(21);
  });

  test('GV=0: a request with PASID is INVALID_DEVICE_REQUEST [recall]; GIOV: plain requests use address space 0', () => {
    const plain = new AmdBench({ efr: fullEfr }).start();
    expect(plain.dma(0x30000n, 'read', requester, 0, 5)).toBe(8);
    expect(plain.event).toMatchObject({ code: 8, flags: 0xe01, space: 5 });
    const guest = ready(undefined, 1n << 54n);
    guest.write(spaces, guestTop | P);
    expect(guest.translated(address)).toBe(0x7000n);
    const own = ready();
    expect(own.translated(address)).toBe(address);
  });

  test('five levels where the entry says so and the unit has them', () => {
    const bench = ready();
    bench.device({ mode: 0n, extra: [...guestEntry(spaces).slice(0, 2), 1n << 54n, 0n] as never });
    bench.write(spaces + 5n * 8n, 0x55000n | P);
    bench.write(0x55000n, guestTop | guestRights);
    expect(bench.translated(address, 'read', requester, 5)).toBe(0x7000n);
    const four = new AmdBench({ efr: fullEfr & ~(3n << 12n) }).start({
      mode: 0n,
      extra: [...guestEntry(spaces).slice(0, 2), 1n << 54n, 0n] as never,
    });
    expect(four.dma(address, 'read', requester, 0, 5)).toBe(1);
  });

  test('tables, roots and pages that no memory answers for are PAGE_TAB_HARDWARE_ERROR', () => {
    const bench = ready();
    bench.write(0x53000n, 0x9000000n | guestRights);
    expect(bench.dma(address, 'read', requester, 0, 5)).toBe(4);
    expect(bench.event).toMatchObject({ code: 4, flags: 0x201, address: 0x9000018n });
    const root = new AmdBench({ efr: fullEfr }).start({ mode: 0n, extra: guestEntry(0x9000000n) });
    expect(root.dma(address, 'read', requester, 0, 5)).toBe(4);
  });

  test('invalidation by PASID leaves other address spaces alone; without one it takes the guest’s entries of the domain', () => {
    const bench = ready();
    bench.write(spaces + 6n * 8n, guestTop | P);
    const fill = (): void => [5, 6].forEach((pasid) => bench.translated(address, 'read', requester, pasid));
    fill();
    expect(bench.unit.pages.used).toBe(2);
    bench.submit(command.pages(domain, address, 4n, 5));
    expect(bench.unit.pages.used).toBe(1);
    fill();
    bench.submit(command.pages(domain, 0x7fff_ffff_ffff_f000n, 5n, 6));
    expect(bench.unit.pages.used).toBe(1);
    fill();
    bench.submit(command.pages(domain, 0n));
    expect(bench.unit.pages.used).toBe(0);
  });
});

describe('guest tables over host tables', () => {
  /** Every guest page from 0 to 2 MiB lies 1 MiB higher. */
  const shift = 0x100_0000n;
  const ready = (rights = RW): AmdBench => {
    const bench = new AmdBench({ efr: fullEfr }).start({ extra: guestEntry(spaces) });
    bench.write(topTable, 0x20000n | PR | RW | next(1));
    for (let page = 0n; page < 512n; page++)
      bench.write(0x20000n + page * 8n, (page * 0x1000n + shift) | PR | (page === 7n ? rights : RW));
    bench.write(spaces + shift + 5n * 8n, guestTop | P);
    guestTables((at, value) => bench.write(at + shift, value), 0x7000n | guestRights);
    return bench;
  };

  test('every guest address goes through the host’s tables, the page too', () => {
    const bench = ready();
    expect(bench.translated(address + 0x18n, 'write', requester, 5)).toBe(0x7018n + shift);
    expect(bench.read(0x54018n + shift) & 0x60n).toBe(0x60n);
    const reads = bench.unit.hostWalk.reads;
    expect(bench.translated(address + 0x20n, 'write', requester, 5)).toBe(0x7020n + shift);
    expect(bench.unit.hostWalk.reads).toBe(reads);
  });

  test('the host’s rights count for the page, and its absence for the tables', () => {
    const readOnly = ready(1n << 61n);
    expect(readOnly.dma(address, 'write', requester, 0, 5)).toBe(2);
    expect(readOnly.event).toMatchObject({ flags: 0x75, address });
    expect(readOnly.dma(address, 'read', requester, 0, 5)).toBe(0);
    const absent = ready();
    absent.write(0x20000n + 0x52n * 8n, 0n);
    expect(absent.dma(address, 'read', requester, 0, 5)).toBe(2);
    expect(absent.event).toMatchObject({ flags: 0x05, space: 5 });
  });

  test('a table that the host lets nobody write cannot be marked: a fault, not a silent loss', () => {
    const bench = ready();
    bench.write(0x20000n + 0x54n * 8n, (0x54000n + shift) | PR | (1n << 61n));
    expect(bench.dma(address, 'read', requester, 0, 5)).toBe(2);
    expect(bench.read(0x54018n + shift) & 0x60n).toBe(0n);
  });

  test('the smaller of both pages is kept: a large guest page over 4 KiB host pages', () => {
    const bench = ready();
    bench.write(0x53000n + shift, guestRights | 0x80n);
    expect(bench.translated(address, 'read', requester, 5)).toBe(0x3000n + shift);
    expect(bench.unit.dma.outBits).toBe(12);
    bench.write(topTable, shift | PR | RW | next(0));
    bench.submit(command.all());
    expect(bench.dma(address, 'read', requester, 0, 5)).not.toBe(0);
  });
});
