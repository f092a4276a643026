import { access, noPasid } from '../access.ts';
import { DmaMapping } from '../platform/dma-mapping.ts';
import { processorClock } from '../timing/exit-costs.ts';
import type { Figure } from '../timing/figure.ts';
import { iotlbPresets } from '../timing/iotlb-presets.ts';
import type { ProtectionMode } from '../timing/mapping-costs.ts';
import { experimentUnit } from './experiment-unit.ts';

const requester = 0x0100;
const buffers = 2 ** 20;
const ringBuffers = 256;

/** A network test: one core, one stream, a new mapping for every packet. */
export const packetStream = {
  /** 10 GbE */
  lineRate: { value: 10e9, unit: 'bits-per-second', standing: 'stored', source: 'vIOMMU, ATC 2011, abstract' },
  /** on the wire: 1500 bytes and 38 of Ethernet (preamble, header, check, gap; IEEE 802.3) */
  packetBytes: { value: 1538, unit: 'bytes', standing: 'assumed', source: 'full frames without jumbo' },
  /** the rest of the stack for a packet; fixed by the strict bar alone */
  otherCycles: {
    value: 766,
    unit: 'cycles',
    standing: 'calibrated',
    source: 'vIOMMU, ATC 2011: strict 43 % of the line',
  },
} as const satisfies Record<string, Figure>;

export type Protection = ProtectionMode | 'passthrough';

export interface ProtectionResult {
  readonly cyclesPerPacket: number;
  /** descriptors that the queue was given, for one packet */
  readonly invalidationsPerPacket: number;
  /** of the line rate, from 0 to 1; the processor may have cycles left at 1 */
  readonly lineShare: number;
  /** what the processor could do, without the limit of the line */
  readonly processorShare: number;
  /** of the buffers that the driver had taken back, how many the device still reached */
  readonly reachedAfterUnmap: number;
}

/**
 * Receives packets into buffers that are mapped for it and taken back after, each by the driver and through the unit: the
 * device writes at the address that it was given, and once more after it was taken back.
 */
export function receivePackets(protection: Protection, packets: number): ProtectionResult {
  const { entries, ways } = iotlbPresets.server;
  const driver = experimentUnit(entries.value, ways);
  const { unit } = driver;
  const reaches = (address: number): boolean =>
    unit.translate(requester, noPasid, Math.floor(address / 2 ** 32), address | 0, access.write) === 0;
  const other = packetStream.otherCycles.value;
  if (protection === 'passthrough') {
    driver.pass(requester);
    let reached = 0;
    for (let packet = 0; packet < packets; packet++) if (reaches(bufferAt(packet))) reached++;
    return resultOf(other, 0, reached);
  }
  const domain = driver.createDomain(4);
  driver.attach(requester, domain);
  const mapping = new DmaMapping(driver, domain, protection);
  let reached = 0;
  for (let packet = 0; packet < packets; packet++) {
    const iova = mapping.map(bufferAt(packet));
    if (iova === null || !reaches(iova)) throw new Error('a mapped buffer is not reached');
    const now = (packet * other + mapping.cycles) / processorClock.value;
    mapping.unmap(iova, now);
    if (reaches(iova)) reached++;
    else clearFaults(unit);
    mapping.queue.tick(now);
  }
  return resultOf(other + mapping.cycles / packets, mapping.invalidations / packets, reached);
}

const bufferAt = (packet: number): number => buffers + (packet % ringBuffers) * 4096;

/** What the driver's fault handler does, so that the log never fills. */
function clearFaults(unit: ReturnType<typeof experimentUnit>['unit']): void {
  unit.writeRegister(unit.capabilities.faultRecords + 12, 1 << 31);
}

function resultOf(
  cyclesPerPacket: number,
  invalidationsPerPacket: number,
  reachedAfterUnmap: number,
): ProtectionResult {
  const packetsPerSecond = (processorClock.value * 1e9) / cyclesPerPacket;
  const processorShare = (packetsPerSecond * packetStream.packetBytes.value * 8) / packetStream.lineRate.value;
  return {
    cyclesPerPacket,
    invalidationsPerPacket,
    lineShare: Math.min(1, processorShare),
    processorShare,
    reachedAfterUnmap,
  };
}
