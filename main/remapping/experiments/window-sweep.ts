import { access, noPasid } from '../access.ts';
import { pageSizeAt } from '../formats/second-stage.ts';
import { Lcg } from '../scenarios/lcg.ts';
import { hardwareCosts } from '../timing/hardware-costs.ts';
import { experimentUnit } from './experiment-unit.ts';

const requester = 0x0100;
const readBytes = 64;
const readsPerWindow = 8192;

export interface SweepOptions {
  readonly entries: number;
  readonly ways: number;
  /** level of the leaves: 1 for 4 KiB, 2 for 2 MiB */
  readonly level: 1 | 2;
  /** bytes, each a whole number of pages or less than one */
  readonly windows: readonly number[];
}

export interface SweepPoint {
  readonly window: number;
  /** nanoseconds, mean of all reads */
  readonly latency: number;
  /** of the IOTLB, from 0 to 1 */
  readonly hitRatio: number;
  /** table entries read for one DMA read, mean */
  readonly tableReads: number;
}

/**
 * The window sweep of pcie-bench (SIGCOMM 2018): 64-byte DMA reads at random places of a window, once the window has been
 * walked through. Every read is a request through the unit; its time is the round trip, and what the walk read.
 */
export function sweepWindows(options: SweepOptions): SweepPoint[] {
  return options.windows.map((window) => measure(options, window));
}

function measure({ entries, ways, level }: SweepOptions, window: number): SweepPoint {
  const driver = experimentUnit(entries, ways);
  const { unit } = driver;
  const domain = driver.createDomain(4);
  const size = pageSizeAt(level);
  const pages = Math.ceil(window / size);
  driver.map(domain, { iova: 0, physical: 0, bytes: pages * size, read: true, write: false, largestLevel: level });
  driver.attach(requester, domain);
  const read = (address: number): void => {
    const reason = unit.translate(requester, noPasid, Math.floor(address / 2 ** 32), address | 0, access.read);
    if (reason !== 0) throw new Error(`the window is not mapped: ${reason.toString(16)}h`);
  };
  for (let page = 0; page < pages; page++) read(page * size);
  const before = { hits: unit.dma.hits, lookups: unit.dma.lookups, reads: unit.walk.reads };
  const random = new Lcg(1);
  const inPage = Math.min(window, size) / readBytes;
  for (let count = 0; count < readsPerWindow; count++)
    read(random.below(pages) * size + random.below(Math.min(inPage, 65_536)) * readBytes);
  const tableReads = (unit.walk.reads - before.reads) / readsPerWindow;
  return {
    window,
    latency: hardwareCosts.readRoundTrip.value + tableReads * hardwareCosts.memoryRead.value,
    hitRatio: (unit.dma.hits - before.hits) / (unit.dma.lookups - before.lookups),
    tableReads,
  };
}

/** Bytes of the last window before reads get slower; null where they never do. Windows in rising order. */
export function kneeOf(points: readonly SweepPoint[]): number | null {
  const slower = points.findIndex(({ tableReads }) => tableReads > 0);
  return slower <= 0 ? null : (points[slower - 1]?.window ?? null);
}
