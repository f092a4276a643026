import { describe, expect, test } from 'vitest';
import { noPasid } from '../../main/remapping/access.ts';
import { control, register } from '../../main/remapping/amdvi/registers.ts';
import type { DeviceInvalidation } from '../../main/remapping/core/device-invalidations.ts';
import { bigOf } from '../../main/remapping/core/quad.ts';
import { connect, DeviceTlb } from '../../main/remapping/platform/device-tlb.ts';
import { amdAgent } from '../../main/remapping/platform/translation-agent.ts';
import { stepWords } from '../../main/words/remapping.ts';
import { allPages, AmdBench, command, commandBuffer, domain, requester } from './kit/amd-bench.ts';
import { followed } from './kit/follow.ts';

const status = 0x7000n;
const other = 0x0300;
/** I of the device table entry: the device may have a TLB. */
const withDeviceTlb = { extra: [0n, 1n << 32n, 0n, 0n] } as const;
const oneSecond = BigInt(4 << 5);

/** A unit whose requests to devices go nowhere until the test answers them. */
function asking(more = 0n): { bench: AmdBench; asked: DeviceInvalidation[] } {
  const bench = new AmdBench().start(withDeviceTlb, more);
  const asked: DeviceInvalidation[] = [];
  bench.unit.commands.devices.send = (request) => asked.push(request);
  return { bench, asked };
}
const answer = (bench: AmdBench, { source, tag }: DeviceInvalidation): void =>
  bench.unit.commands.devices.completed(source, 1 << tag);
const invalidate = (source: number, depth: number, address = allPages): [bigint, bigint] => {
  const [low, high] = command.deviceCache(source, address);
  return [low | (BigInt(depth) << 24n), high];
};

describe('INVALIDATE_IOTLB_PAGES', () => {
  test('140 · COMPLETION_WAIT waits for the device, and what follows waits with it', () => {
    const { bench, asked } = asking();
    bench.submit(
      invalidate(requester, 0),
      command.pages(domain, 0n),
      command.wait(status, 1n),
      command.wait(status + 8n, 2n),
    );
    expect([bench.read(status), bench.read(status + 8n)]).toEqual([0n, 0n]);
    expect([bench.unit.invalidation.pagesCount, bench.get64(register.CMD_HEAD)]).toEqual([1, 32n]);
    for (const one of asked) answer(bench, one);
    expect([bench.read(status), bench.read(status + 8n), bench.get64(register.CMD_HEAD)]).toEqual([1n, 2n, 64n]);
  });

  test('150 · no answer within InvTimeOut → IOTLB_INV_TIMEOUT with the command’s address, and the buffer goes on', () => {
    const { bench, asked } = asking(oneSecond);
    bench.submit(command.pages(domain, 0n), invalidate(requester, 0), invalidate(other, 0), command.wait(status, 1n));
    bench.unit.commands.timeOut(requester);
    expect(bench.event).toMatchObject({ code: 7, source: requester, address: commandBuffer + 16n });
    expect(bench.read(status)).toBe(0n);
    answer(bench, asked[1] ?? fail());
    expect([bench.read(status), bench.events, bench.commandsRun]).toEqual([1n, 1, true]);
    // Who answers late, or was not asked, changes nothing.
    answer(bench, asked[0] ?? fail());
    bench.unit.commands.timeOut(requester);
    expect([bench.events, bench.get64(register.CMD_HEAD)]).toEqual([1, 64n]);
  });

  test('150 · with InvTimeOut 0 a device may take as long as it likes', () => {
    const { bench, asked } = asking();
    bench.submit(invalidate(requester, 0), command.wait(status, 1n));
    bench.unit.commands.timeOut(requester);
    expect([bench.events, bench.read(status)]).toEqual([0, 0n]);
    answer(bench, asked[0] ?? fail());
    expect(bench.read(status)).toBe(1n);
  });

  test('152 · tags and MaxPend: what cannot go out is held, not dropped', () => {
    const { bench, asked } = asking();
    bench.submit(...Array.from({ length: 33 }, (_, n) => invalidate(n, 0)), command.wait(status, 1n));
    expect([asked.length, bench.get64(register.CMD_HEAD)]).toEqual([32, 32n * 16n]);
    for (let at = 0; at < 33; at++) answer(bench, asked[at] ?? fail());
    expect([asked.length, bench.read(status)]).toEqual([33, 1n]);
    bench.submit(invalidate(requester, 1), invalidate(requester, 1));
    expect(asked).toHaveLength(34);
    answer(bench, asked[33] ?? fail());
    expect(asked).toHaveLength(35);
  });

  test('153 · pages, sizes and address spaces as Linux writes them', () => {
    const { bench, asked } = asking();
    bench.submit(
      invalidate(requester, 0, 0x3000n),
      invalidate(requester, 0, 0x3001n),
      invalidate(requester, 0),
      // PASID ABCDEh: BCh in 23:16, DEh in 55:48, Ah in 59:56.
      [(4n << 60n) | (0xan << 56n) | (0xden << 48n) | (0xbcn << 16n) | BigInt(requester), 0x3000n | 4n],
    );
    expect(asked.map(({ rangeBits, pasid }) => [rangeBits, pasid])).toEqual([
      [12, noPasid],
      [15, noPasid],
      [64, noPasid],
      [12, 0xabcde],
    ]);
  });

  test('185 · the device keeps what it has until its own invalidation; INVALIDATE_IOMMU_PAGES alone is not enough', () => {
    const bench = new AmdBench().start(withDeviceTlb);
    const agent = amdAgent(bench.unit);
    const tlb = new DeviceTlb(agent, requester);
    connect(agent, [tlb]);
    const reach = (): bigint | null => {
      const host = tlb.reach(noPasid, 0, 0x30010, true);
      return host === null ? null : bigOf(host.hi, host.lo);
    };
    bench.map(0x30000n, 0x5000n);
    expect(reach()).toBe(0x5010n);
    bench.map(0x30000n, 0x6000n);
    bench.submit(command.pages(domain, 0x30000n));
    expect([reach(), bench.translated(0x30010n)]).toEqual([0x5010n, 0x6010n]);
    bench.submit(command.deviceCache(requester, 0x30000n), command.wait(status, 1n));
    expect([reach(), bench.read(status)]).toEqual([0x6010n, 1n]);
    // A device that may not have a TLB gets no translation.
    bench.device();
    bench.submit(command.device(requester), command.deviceCache(requester, allPages));
    expect(reach()).toBe(null);
  });

  test('what is asked of a device, and that it did not answer, is said in the trace', () => {
    const { bench } = asking(oneSecond);
    const steps = followed(bench.unit, () => {
      bench.submit(invalidate(requester, 0), invalidate(requester, 0, 0x3000n));
      bench.unit.commands.timeOut(requester);
    });
    expect(steps.map(({ decision }) => decision)).toEqual([
      'amd-device-tlb-invalidation-sent',
      'amd-device-tlb-invalidation-sent',
      ...Array.from({ length: 2 }, () => [
        'amd-device-tlb-timed-out',
        'amd-event-logged',
        'amd-event-signalled',
      ]).flat(),
    ]);
    const said = steps.map((step) => Object.values(stepWords(step)).join(' '));
    expect([said[0], said[1]]).toEqual([
      expect.stringMatching(/0000:00:04\.0 .*all pages/),
      expect.stringMatching(/one page/),
    ]);
  });

  test('a buffer that has stopped sends nothing, and does not start because a device answers', () => {
    const { bench, asked } = asking();
    bench.submit(invalidate(requester, 0), [0n, 0n], invalidate(requester, 0));
    expect([asked.length, bench.event.code]).toEqual([1, 5]);
    answer(bench, asked[0] ?? fail());
    expect([asked.length, bench.commandsRun]).toEqual([1, false]);
    expect(bench.unit.readRegister(register.CONTROL) & control.commands).toBe(control.commands);
  });
});

function fail(): never {
  throw new Error('there was no such request');
}
