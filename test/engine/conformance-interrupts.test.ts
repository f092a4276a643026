import { describe, expect, test } from 'vitest';
import { global, register } from '../../main/remapping/vtd/registers.ts';
import { Bench, descriptor, extendedEcap, qemuCap, requester } from './kit/bench.ts';

const table = 0x3000n;
const withPosting = qemuCap | (1n << 59n);

interface EntryOptions {
  vector?: number;
  destination?: number;
  source?: number;
  svt?: number;
  sq?: number;
  low?: bigint;
  high?: bigint;
}

/** An entry for vector 31h to processor 3 in xAPIC mode; `low` and `high` flip bits. */
function entry(options: EntryOptions = {}): [bigint, bigint] {
  const { vector = 0x31, destination = 3 << 8, source = requester, svt = 1, sq = 0, low = 0n, high = 0n } = options;
  return [
    (1n | (BigInt(vector) << 16n) | (BigInt(destination) << 32n)) ^ low,
    (BigInt(source) | (BigInt(sq) << 16n) | (BigInt(svt) << 18n)) ^ high,
  ];
}

function remapping(options: { cap?: bigint; eime?: boolean; size?: bigint; cfi?: boolean } = {}): Bench {
  const bench = new Bench({ cap: options.cap ?? qemuCap, ecap: extendedEcap });
  bench.set64(register.IRTA, table | (options.eime ? 1n << 11n : 0n) | (options.size ?? 3n));
  bench.command(global.interruptTable);
  if (options.cfi) bench.command(global.compatibility);
  bench.command(global.interrupts);
  return bench;
}
const put = (bench: Bench, index: number, [low, high]: [bigint, bigint]): void =>
  bench.write(table + BigInt(index * 16), low, high);

/** Remappable message for an index. */
const message = (index: number): number => (0xfee00010 | ((index & 0x7fff) << 5) | ((index >>> 15) << 2)) >>> 0;
const send = (bench: Bench, address: number, data = 0, source = requester): number =>
  bench.unit.interrupt(source, 0, address | 0, data);

describe('interrupt remapping', () => {
  test('157 · present, the sender matches: vector and destination of the entry', () => {
    const bench = remapping();
    put(bench, 2, entry());
    expect(send(bench, message(2))).toBe(0);
    expect(bench.unit.interrupts.delivered).toEqual({
      vector: 0x31,
      destination: 3,
      logical: false,
      redirectionHint: false,
      mode: 'fixed',
      trigger: 'edge',
      posted: null,
    });
  });

  test('157 · DM, RH, TM and DLM of the entry', () => {
    const bench = remapping();
    put(bench, 2, entry({ low: 0b1_1100n | (1n << 5n) }));
    send(bench, message(2));
    expect(bench.unit.interrupts.delivered).toMatchObject({
      logical: true,
      redirectionHint: true,
      trigger: 'level',
      mode: 'lowest',
    });
  });

  test('158 · not present → 22 with the index in FI 63:48', () => {
    const bench = remapping();
    expect(send(bench, message(5))).toBe(0x22);
    expect(bench.record()).toMatchObject({ reason: 0x22, info: 5n << 48n, set: true, source: requester });
  });

  test('159 · another sender → 26', () => {
    const bench = remapping();
    put(bench, 2, entry());
    expect(send(bench, message(2), 0, requester + 8)).toBe(0x26);
    expect(bench.record()).toMatchObject({ reason: 0x26, source: requester + 8 });
  });

  test('160 · an index beyond the table → 21', () => {
    const bench = remapping();
    expect(send(bench, message(16))).toBe(0x21);
    expect(send(bench, message(0x8000))).toBe(0x21);
    expect(send(bench, message(15))).toBe(0x22);
  });

  for (const bit of [12, 13, 14, 24, 31, 32, 39, 48, 63])
    test(`161 · reserved bit ${bit} of the entry → 24`, () => {
      const bench = remapping();
      put(bench, 2, entry({ low: 1n << BigInt(bit) }));
      expect(send(bench, message(2))).toBe(0x24);
    });
  for (const bit of [20, 31, 32, 63])
    test(`161 · reserved bit ${64 + bit} of the entry → 24`, () => {
      const bench = remapping();
      put(bench, 2, entry({ high: 1n << BigInt(bit) }));
      expect(send(bench, message(2))).toBe(0x24);
    });
  test('161 · reserved delivery modes, and posted without CAP.PI → 24', () => {
    for (const low of [3n << 5n, 6n << 5n, 1n << 15n]) {
      const bench = remapping();
      put(bench, 2, entry({ low }));
      expect(send(bench, message(2))).toBe(0x24);
    }
  });

  test('162 · with SHV the index is handle plus subhandle', () => {
    const bench = remapping();
    put(bench, 7, entry());
    expect(send(bench, message(4) | 8, 3)).toBe(0);
    expect(send(bench, message(4) | 8, 12)).toBe(0x21);
    expect(send(bench, message(7), 3)).toBe(0);
  });

  test('163 · reserved bits of the request → 20', () => {
    const bench = remapping();
    put(bench, 2, entry());
    expect(send(bench, message(2) | 8, 0x10000)).toBe(0x20);
    expect(send(bench, message(2) | 1)).toBe(0x20);
    expect(bench.unit.interrupt(requester, 1, message(2) | 0, 0)).toBe(0x20);
    expect(bench.record()).toMatchObject({ reason: 0x20, info: 0n });
  });

  test('164 · FPD silences 22, 24 and 26; 20, 21 and 25 are logged', () => {
    for (const [put22, source, reason] of [
      [entry({ low: 1n | 2n }), requester, 0x22],
      [entry({ low: 2n | (1n << 12n) }), requester, 0x24],
      [entry({ low: 2n }), requester + 8, 0x26],
    ] as const) {
      const bench = remapping();
      put(bench, 2, put22);
      expect(send(bench, message(2), 0, source)).toBe(reason);
      expect(bench.record().set).toBe(false);
    }
    for (const [address, reason] of [
      [message(2) | 1, 0x20],
      [message(99), 0x21],
      [0xfee00000, 0x25],
    ] as const) {
      const bench = remapping();
      expect(send(bench, address)).toBe(reason);
      expect(bench.record()).toMatchObject({ set: true, reason });
    }
  });

  test('165 · SQ leaves function bits out: none, 2, 2:1, 2:0', () => {
    const accepted = [1, 2, 4, 8];
    for (const sq of [0, 1, 2, 3]) {
      const passing = Array.from({ length: 8 }, (_, fn) => fn).filter((fn) => {
        const bench = remapping();
        put(bench, 2, entry({ sq }));
        return send(bench, message(2), 0, requester + fn) === 0;
      });
      expect(passing).toHaveLength(accepted[sq] ?? 0);
    }
  });

  test('166 · SVT 2 wants the bus in start 15:8 to end 7:0 (QEMU has them swapped)', () => {
    const bench = remapping();
    put(bench, 2, entry({ svt: 2, source: 0x0204 }));
    expect([1, 2, 3, 4, 5].map((bus) => send(bench, message(2), 0, bus << 8))).toEqual([0x26, 0, 0, 0, 0x26]);
  });

  test('167 · SVT 3 is reserved → 24 (QEMU: 26)', () => {
    const bench = remapping();
    put(bench, 2, entry({ svt: 3 }));
    expect(send(bench, message(2))).toBe(0x24);
  });

  test('SVT 0 checks nobody', () => {
    const bench = remapping();
    put(bench, 2, entry({ svt: 0 }));
    expect(send(bench, message(2), 0, 0xffff)).toBe(0);
  });

  test('168 · IRES 0: the message is the interrupt', () => {
    const bench = new Bench();
    expect(send(bench, 0xfee0500c, 0x8441)).toBe(0);
    expect(bench.unit.interrupts.delivered).toEqual({
      vector: 0x41,
      destination: 5,
      logical: true,
      redirectionHint: true,
      mode: 'nmi',
      trigger: 'level',
      posted: null,
    });
  });

  test('169 · compatibility format with IRES 1 and CFIS 0 → 25 (QEMU lets it pass)', () => {
    expect(send(remapping(), 0xfee01000, 0x41)).toBe(0x25);
    const allowed = remapping({ cfi: true });
    expect(send(allowed, 0xfee01000, 0x41)).toBe(0);
    expect(allowed.unit.interrupts.delivered).toMatchObject({ vector: 0x41, destination: 1 });
  });

  test('170 · CFIS 1 and EIME 1 → 25 all the same (QEMU lets it pass)', () => {
    expect(send(remapping({ cfi: true, eime: true }), 0xfee01000, 0x41)).toBe(0x25);
  });

  test('171 · xAPIC mode: destination is DST 15:8, the rest reserved', () => {
    const bench = remapping();
    put(bench, 2, entry({ destination: 0xab << 8 }));
    expect(send(bench, message(2))).toBe(0);
    expect(bench.unit.interrupts.delivered?.destination).toBe(0xab);
    put(bench, 3, entry({ destination: 3 }));
    expect(send(bench, message(3))).toBe(0x24);
  });

  test('172 · x2APIC mode: all 32 bits of DST', () => {
    const bench = remapping({ eime: true });
    put(bench, 2, [1n | (0x31n << 16n) | (0xdeadbeefn << 32n), BigInt(requester) | (1n << 18n)]);
    expect(send(bench, message(2))).toBe(0);
    expect(bench.unit.interrupts.delivered?.destination).toBe(0xdeadbeef);
  });

  test('173 · an edited entry counts after interrupt-entry-cache invalidation', () => {
    const bench = remapping();
    bench.startQueue();
    put(bench, 2, entry());
    send(bench, message(2));
    put(bench, 2, entry({ vector: 0x55 }));
    send(bench, message(2));
    expect(bench.unit.interrupts.delivered?.vector).toBe(0x31);
    bench.submit(descriptor.interrupts(true, 3));
    send(bench, message(2));
    expect(bench.unit.interrupts.delivered?.vector).toBe(0x31);
    bench.submit(descriptor.interrupts(true, 2));
    send(bench, message(2));
    expect(bench.unit.interrupts.delivered?.vector).toBe(0x55);
  });

  test('154 · index-selective with IM drops 2^IM entries; global drops all', () => {
    const bench = new Bench({ ecap: extendedEcap, caches: { interruptEntries: 16 } });
    bench.startQueue();
    bench.set64(register.IRTA, table | 3n);
    bench.command(global.interruptTable);
    bench.command(global.interrupts);
    const warm = (): void => {
      for (let index = 0; index < 16; index++) {
        put(bench, index, entry());
        send(bench, message(index));
      }
    };
    warm();
    bench.submit(descriptor.interrupts(true, 5, 2));
    expect(bench.unit.interrupts.cache.used).toBe(12);
    bench.submit(descriptor.interrupts(false));
    expect(bench.unit.interrupts.cache.used).toBe(0);
  });

  test('an entry that was not present is never remembered', () => {
    const bench = remapping();
    expect(send(bench, message(2))).toBe(0x22);
    put(bench, 2, entry());
    expect(send(bench, message(2))).toBe(0);
  });

  test('23h · the table cannot be read', () => {
    const bench = remapping();
    bench.set64(register.IRTA, 0xfffffffff000n | 3n);
    bench.command(global.interruptTable);
    expect(send(bench, message(2))).toBe(0x23);
    expect(bench.record()).toMatchObject({ reason: 0x23, info: 2n << 48n });
  });
});

describe('posted interrupts', () => {
  const descriptorAt = 0x6000n;
  /** A posted entry with its descriptor at 6000h. */
  function posting({ urgent = false, control = 0n } = {}): Bench {
    const bench = remapping({ cap: withPosting });
    const low = 1n | (1n << 15n) | (0x31n << 16n) | ((descriptorAt >> 6n) << 38n) | (urgent ? 1n << 14n : 0n);
    put(bench, 2, [low, BigInt(requester) | (1n << 18n)]);
    bench.write(descriptorAt + 32n, control | (0xf2n << 16n) | ((4n << 8n) << 32n));
    return bench;
  }
  const pir = (bench: Bench): bigint => bench.read(descriptorAt);
  const outstanding = (bench: Bench): bigint => bench.read(descriptorAt + 32n) & 1n;

  test('175 · PIR bit, ON 0 to 1, one notification NV to NDST', () => {
    const bench = posting();
    expect(send(bench, message(2))).toBe(0);
    expect(pir(bench)).toBe(1n << 0x31n);
    expect(outstanding(bench)).toBe(1n);
    expect(bench.unit.interrupts.delivered?.posted).toEqual({ notification: { vector: 0xf2, destination: 4 } });
  });

  test('176 · a second post while ON is 1 only sets its bit', () => {
    const bench = posting();
    send(bench, message(2));
    send(bench, message(2));
    expect(bench.unit.interrupts.delivered?.posted).toEqual({ notification: null });
  });

  test('177 · SN suppresses the notification, URG does not care', () => {
    const quiet = posting({ control: 2n });
    send(quiet, message(2));
    expect(quiet.unit.interrupts.delivered?.posted).toEqual({ notification: null });
    expect([pir(quiet), outstanding(quiet)]).toEqual([1n << 0x31n, 0n]);
    const urgent = posting({ control: 2n, urgent: true });
    send(urgent, message(2));
    expect(urgent.unit.interrupts.delivered?.posted).toEqual({ notification: { vector: 0xf2, destination: 4 } });
  });

  test('178 · all 256 vectors before a harvest: 256 bits, one notification', () => {
    const bench = posting();
    let notifications = 0;
    for (let vector = 0; vector < 256; vector++) {
      put(bench, 2, [
        1n | (1n << 15n) | (BigInt(vector) << 16n) | ((descriptorAt >> 6n) << 38n),
        BigInt(requester) | (1n << 18n),
      ]);
      bench.unit.interrupts.cache.clear();
      expect(send(bench, message(2))).toBe(0);
      if (bench.unit.interrupts.delivered?.posted?.notification) notifications++;
    }
    for (let quad = 0n; quad < 4n; quad++) expect(bench.read(descriptorAt + quad * 8n)).toBe(0xffffffffffffffffn);
    expect(notifications).toBe(1);
  });

  test('179 · a descriptor that cannot be read → 27', () => {
    const bench = posting();
    put(bench, 2, [1n | (1n << 15n) | (0x31n << 16n) | (0xfffff000n << 32n), BigInt(requester) | (1n << 18n)]);
    expect(send(bench, message(2))).toBe(0x27);
    expect(bench.record()).toMatchObject({ reason: 0x27, info: 2n << 48n });
  });

  test('reserved bits of the descriptor → 28', () => {
    const bench = posting({ control: 4n });
    expect(send(bench, message(2))).toBe(0x28);
    expect(pir(bench)).toBe(0n);
  });
});
