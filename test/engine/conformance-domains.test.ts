import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { access, noPasid } from '../../main/remapping/access.ts';
import { quadOf } from '../../main/remapping/core/quad.ts';
import { memoryStatus, PhysicalMemory } from '../../main/remapping/memory/physical-memory.ts';
import { AddressSpace } from '../../main/remapping/platform/address-space.ts';
import { Domains } from '../../main/remapping/platform/domains.ts';
import { VtdDriver } from '../../main/remapping/platform/vtd-driver.ts';
import { decodeCapabilities } from '../../main/remapping/vtd/capabilities.ts';
import { VtdUnit } from '../../main/remapping/vtd/unit.ts';
import { qemuCap, qemuEcap } from './kit/bench.ts';

const gpu = 0x0100;
const audio = 0x0101;
const nic = 0x0200;
const stranger = 0x0300;

function platform() {
  const unit = new VtdUnit(decodeCapabilities(quadOf(qemuCap), quadOf(qemuEcap), null), new PhysicalMemory(0x40000000));
  const domains = new Domains(
    new VtdDriver(unit, 0x100000),
    new Map([
      [gpu, 1],
      [audio, 1],
      [nic, 2],
    ]),
  );
  const reach = (source: number, iova: number): number | null => {
    const reason = unit.translate(source, noPasid, 0, iova, access.write);
    return reason === 0 ? unit.dma.outLo : null;
  };
  return { unit, domains, reach };
}

const page = (first: bigint, target: bigint, pages = 1n) => ({
  ...{ first, last: first + pages * 4096n - 1n, target },
  read: true,
  write: true,
});

/** A space of single bytes, as the examples of the virtio specification have it. */
function bytes(...ranges: [number, number][]): AddressSpace {
  const space = new AddressSpace((1n << 64n) - 1n, 1n);
  for (const [first, last] of ranges)
    expect(
      space.map({ first: BigInt(first), last: BigInt(last), target: BigInt(first), read: true, write: true }),
    ).toBe(null);
  return space;
}
const left = (space: AddressSpace): string => space.held.map(({ first, last }) => `${first}-${last}`).join(' ');

describe('domains', () => {
  test('220 · attach and detach: what is not there, what is elsewhere, and a second attach moves', () => {
    const { domains, reach } = platform();
    const [one, two] = [domains.create(4), domains.create(4)];
    domains.map(one, page(0x10000n, 0x5000000n));
    domains.map(two, page(0x10000n, 0x6000000n));
    expect(domains.attach(stranger, one)).toBe('no-endpoint');
    expect(domains.attach(gpu, 99)).toBe('no-domain');
    expect(domains.attach(gpu, one)).toBe(null);
    expect(reach(gpu, 0x10000)).toBe(0x5000000);
    expect(domains.detach(gpu, two)).toBe('not-attached');
    expect(domains.attach(gpu, two)).toBe(null);
    expect(reach(gpu, 0x10000)).toBe(0x6000000);
    expect(domains.detach(gpu, one)).toBe('not-attached');
    expect([domains.detach(stranger, one), domains.detach(gpu, 99)]).toEqual(['no-endpoint', 'no-domain']);
    expect(domains.detach(gpu, two)).toBe(null);
    expect(reach(gpu, 0x10000)).toBe(null);
  });

  test('221 · a map that overlaps and an unmap that would split are refused, and change nothing', () => {
    const { domains, reach } = platform();
    const id = domains.create(4);
    domains.attach(nic, id);
    expect(domains.map(id, page(0x20000n, 0x5000000n, 4n))).toBe(null);
    expect(domains.map(id, page(0x23000n, 0x6000000n, 2n))).toBe('overlap');
    expect(domains.unmap(id, { first: 0x20000n, last: 0x20fffn })).toBe('splits-mapping');
    expect(reach(nic, 0x23000)).toBe(0x5003000);
    expect([domains.map(99, page(0n, 0n)), domains.unmap(99, { first: 0n, last: 4095n })]).toEqual([
      'no-domain',
      'no-domain',
    ]);
    expect(domains.unmap(id, { first: 0x20000n, last: 0x23fffn })).toBe(null);
    expect([reach(nic, 0x20000), reach(nic, 0x23000)]).toEqual([null, null]);
  });

  // Virtio 1.2, 5.13.6.6.1: the seven sequences of UNMAP.
  const sequences: [mapped: [number, number][], unmap: [number, number], left: string, refused?: true][] = [
    [[], [0, 4], ''],
    [[[0, 9]], [0, 9], ''],
    [
      [
        [0, 4],
        [5, 9],
      ],
      [0, 9],
      '',
    ],
    [[[0, 9]], [0, 4], '0-9', true],
    [
      [
        [0, 4],
        [5, 9],
      ],
      [0, 4],
      '5-9',
    ],
    [[[0, 4]], [0, 9], ''],
    [
      [
        [0, 4],
        [10, 14],
      ],
      [0, 14],
      '',
    ],
  ];
  test('221 · the seven unmap sequences of the virtio specification', () => {
    for (const [mapped, [first, last], rest, refused] of sequences) {
      const space = bytes(...mapped);
      const answer = space.unmap({ first: BigInt(first), last: BigInt(last) });
      expect(answer === 'splits-mapping').toBe(refused === true);
      expect(left(space)).toBe(rest);
    }
  });

  test('222 · mappings side by side join where their targets do; a gap or another place does not', () => {
    const space = new AddressSpace(0xffffffn, 4096n);
    space.map(page(0x1000n, 0x8000n));
    space.map(page(0x2000n, 0x9000n));
    space.map(page(0x3000n, 0x20000n));
    space.map(page(0x5000n, 0x22000n));
    expect(space.translate({ first: 0x1800n, last: 0x27ffn })).toBe(0x8800n);
    expect(space.translate({ first: 0x2800n, last: 0x30ffn })).toBe(null);
    expect(space.translate({ first: 0x3800n, last: 0x50ffn })).toBe(null);
    expect(space.translate({ first: 0x4000n, last: 0x4fffn })).toBe(null);
  });

  test('223 · messages, and what the firmware keeps for itself, cannot be mapped', () => {
    const { domains } = platform();
    const id = domains.create(4, [{ first: 0x8000000n, last: 0x80fffffn }]);
    expect(domains.map(id, page(0xfee00000n, 0x5000000n))).toBe('reserved');
    expect(domains.map(id, page(0x7fff000n, 0x5000000n, 2n))).toBe('reserved');
    expect(domains.map(id, page(0x7fff000n, 0x5000000n))).toBe(null);
    expect(domains.map(id, page(0x8100000n, 0x5000000n))).toBe(null);
  });

  test('224 · a device that moves between domains is in one or the other at every step', () => {
    const { unit, domains, reach } = platform();
    const [one, two] = [domains.create(4), domains.create(3)];
    domains.map(one, page(0x10000n, 0x5000000n));
    domains.map(two, page(0x10000n, 0x6000000n));
    domains.attach(gpu, one);
    const seen = new Set<number | null>();
    let asking = false;
    // A DMA before every write that the move makes.
    unit.memory.inject = (_hi, _lo, write) => {
      if (write && !asking) {
        asking = true;
        seen.add(reach(gpu, 0x10000));
        asking = false;
      }
      return memoryStatus.ok;
    };
    expect(domains.attach(gpu, two)).toBe(null);
    unit.memory.inject = null;
    expect(reach(gpu, 0x10000)).toBe(0x6000000);
    expect(seen.size).toBeGreaterThan(0);
    seen.delete(0x5000000);
    seen.delete(0x6000000);
    expect([...seen]).toEqual([]);
  });

  test('225 · the ends of the space: the last byte, nothing, beyond, and everything at once', () => {
    const last = (1n << 64n) - 1n;
    const space = new AddressSpace(last, 4096n);
    expect(space.map({ first: last - 4095n, last, target: 0n, read: true, write: true })).toBe(null);
    expect(space.map({ first: last - 4095n, last: last + 4096n, target: 0n, read: true, write: true })).toBe(
      'beyond-limit',
    );
    expect(space.map({ first: 0x1000n, last: 0xfffn, target: 0n, read: true, write: true })).toBe('empty');
    expect(space.map(page(0x1800n, 0x5000n))).toBe('unaligned');
    expect(space.map(page(0x1000n, 0x5800n))).toBe('unaligned');
    space.map(page(0n, 0x5000n));
    expect(space.translate({ first: last, last })).toBe(4095n);
    expect(space.unmap({ first: 0n, last })).toHaveLength(2);
    expect(space.held).toEqual([]);
  });

  test('226 · DMA under way keeps its pages: no unmap until it is released', () => {
    const space = new AddressSpace(0xffffffn, 4096n);
    space.map(page(0x1000n, 0x8000n));
    space.map(page(0x2000n, 0x9000n));
    const transfer = { first: 0x1ff0n, last: 0x200fn };
    expect([space.pin(transfer), space.pin({ first: 0x2ff0n, last: 0x3000n })]).toEqual([true, false]);
    expect(space.unmap({ first: 0x2000n, last: 0x2fffn })).toBe('pinned');
    space.release({ first: 0x1ff0n, last: 0x1fffn });
    expect(space.unmap({ first: 0x1000n, last: 0x1fffn })).toBe('pinned');
    space.release(transfer);
    expect(space.unmap({ first: 0x1000n, last: 0x2fffn })).toHaveLength(2);
  });

  test('227 · a group has one owner: a second is refused, for each of its devices', () => {
    const { domains } = platform();
    const id = domains.create(4);
    expect(domains.claim(1, 'vfio')).toBe(null);
    expect(domains.claim(1, 'vfio')).toBe(null);
    expect(domains.claim(1, 'other')).toBe('owned');
    expect([domains.attach(gpu, id), domains.attach(audio, id, 'other')]).toEqual(['owned', 'owned']);
    expect([domains.attach(audio, id, 'vfio'), domains.attach(nic, id)]).toEqual([null, null]);
    domains.disclaim(1);
    expect(domains.claim(1, 'other')).toBe(null);
  });

  test('random maps and unmaps: a unit reaches what the space says, and nothing else', () => {
    const step = fc.record({
      map: fc.boolean(),
      first: fc.nat({ max: 15 }),
      pages: fc.integer({ min: 1, max: 4 }),
      target: fc.nat({ max: 63 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { domains, reach } = platform();
        const id = domains.create(4);
        domains.attach(nic, id);
        for (const { map, first, pages, target } of steps) {
          const range = page(BigInt(first) << 12n, 0x5000000n + (BigInt(target) << 12n), BigInt(pages));
          if (map) domains.map(id, range);
          else domains.unmap(id, range);
          for (let at = 0; at < 20; at++) {
            const address = BigInt(at) << 12n;
            const expected = domains.spaceOf(id)?.translate({ first: address, last: address + 4095n }) ?? null;
            expect(reach(nic, at * 4096)).toBe(expected === null ? null : Number(expected));
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
