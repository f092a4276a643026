import { describe, expect, test } from 'vitest';
import { deviations } from './deviations.ts';
import { generate } from './generate.ts';
import { notAsked } from './not-asked.ts';
import { Qemu, qemuProgram, qemuVersion } from './qemu.ts';
import { described, run } from './run.ts';
import { units } from './world.ts';

/** A longer run: `SLOTWISE_DIFFERENTIAL_CASES=100000 SLOTWISE_DIFFERENTIAL_SEED=1 npm run differential`. */
const wanted = Number(process.env['SLOTWISE_DIFFERENTIAL_CASES'] ?? 6000);
const firstSeed = Number(process.env['SLOTWISE_DIFFERENTIAL_SEED'] ?? 1);
const version = qemuVersion();
/** Where the project is proved, a QEMU that is not there is a failure and not a gap. */
const required = process.env['CI'] === 'true';

describe('against QEMU', () => {
  test.skipIf(version === null && !required)(
    'random requests to both units end alike, or in a way that is known (needs a QEMU with qtest)',
    async () => {
      expect(version, `no QEMU at ${qemuProgram}: see qemu-lab/setup-newest.sh, or set SLOTWISE_QEMU`).not.toBeNull();
      const found = await run(firstSeed, wanted);
      const met = [...found.explained].map(([name, count]) => `${name} ${count}`);
      console.log(
        `QEMU ${version}: ${found.cases} cases from seed ${firstSeed} (${[...found.perUnit].map(([unit, count]) => `${unit} ${count}`).join(', ')}); known deviations met: ${met.join(', ') || 'none'}; worlds left out: ${[...found.leftOut].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'}`,
      );
      expect(found.unexplained.map(described)).toEqual([]);
      expect(found.cases).toBeGreaterThanOrEqual(wanted);
      // All kinds of units took part, and no deviation explains everything.
      expect([...found.perUnit.keys()].sort()).toEqual(Object.keys(units).sort());
      const most = Math.max(...found.explained.values());
      expect(most).toBeLessThan(found.cases / 5);
      // What is not asked stays rare: a world has up to 24 requests.
      expect([...found.leftOut.values()].reduce((sum, count) => sum + count, 0)).toBeLessThan(found.cases / 500);
    },
    60_000 + wanted * 10,
  );

  test.skipIf(version === null)(
    'a QEMU that ends by itself is named, and neither asked again nor waited for',
    async () => {
      const qemu = new Qemu(['-device', 'no-such-device']);
      await expect(qemu.run(['endianness'])).rejects.toThrow('QEMU ended with 1');
      await expect(qemu.run(['endianness'])).rejects.toThrow('no-such-device');
      await qemu.stop();
    },
  );

  /** A stale entry above and a new one below; a write that a later one of QEMU's alone had covered. */
  test.skipIf(version === null).each([2_001_549, 2_200_323, 2_200_555, 2_203_404, 2_306_758])(
    'world %i, rare among many, ends in a way that is known',
    async (seed) => {
      const found = await run(seed, 1);
      expect(found.unexplained.map(described)).toEqual([]);
      expect(found.explained.size).toBeGreaterThan(0);
    },
    60_000,
  );

  test('what QEMU does not survive is not asked, and little else is left out', () => {
    expect(notAsked.filter(({ holds }) => holds(generate(503_291))).map(({ name }) => name)).toEqual([
      'five-levels-behind-a-cached-context',
    ]);
    const worlds = Array.from({ length: 400 }, (_, seed) => generate(seed));
    expect(worlds.filter((world) => notAsked.some(({ holds }) => holds(world))).length).toBeLessThan(10);
  });

  test('the same seed gives the same case', () => {
    expect(generate(7)).toEqual(generate(7));
    expect(generate(7)).not.toEqual(generate(8));
  });

  test('every known deviation has a name of its own, a reason and a version', () => {
    expect(new Set(deviations.map(({ name }) => name)).size).toBe(deviations.length);
    for (const { why, seenOn } of [...deviations, ...notAsked]) {
      expect(why.length).toBeGreaterThan(40);
      expect(seenOn).not.toEqual([]);
    }
  });
});
