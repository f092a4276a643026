import { global, register } from '../../../main/remapping/vtd/registers.ts';
import { faultRecord, queueBase, statusWord } from './commands.ts';
import { deviceArguments, devices, deviceSetup, dma, message } from './edu.ts';
import type { Offered } from './engine-side.ts';
import { meaningful } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { Qemu } from './qemu.ts';
import { data, memoryBytes, patternOf, patterns, readSlot, scratch, tables, tagOf, units, writeSlot } from './world.ts';
import type { UnitName, World } from './world.ts';

const base = 0xfed90000;
const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const writeRegister = (offset: number, value: number | bigint, bytes = 8): string =>
  `write${bytes === 8 ? 'q' : 'l'} ${hex(base + offset)} ${hex(value)}`;

/** RTPS and IRTPS stay set from one world to the next. */
const levels = ~(global.rootTable | global.interruptTable);

/** Registers that are looked at after every request, in this order. */
const looks = [
  `readl ${hex(base + register.FSTS)}`,
  `readq ${hex(base + faultRecord)}`,
  `readq ${hex(base + faultRecord + 8)}`,
  `readl ${hex(base + register.IQH)}`,
  `readl ${hex(base + register.GSTS)}`,
  `readl ${hex(statusWord)}`,
  `readl ${hex(base + register.ICS)}`,
];

const encoded = (words: readonly number[]): string => {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32LE(word, index * 4));
  return `${hex(bytes.length)} ${bytes.toString('base64')}`;
};
const decoded = (answer: string): number[] => {
  const bytes = Buffer.from(answer, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
};
const pagesOfData = Array.from({ length: data.pages }, (_, page) => data.start + page * 4096);
const wordsOf = (page: number): number[] => Array.from({ length: data.wordsUsed }, (_, word) => tagOf(page + word * 4));

/** QEMU's unit, driven by the same steps; a whole world is one batch of commands. */
export class QemuSide {
  readonly offered: Promise<Offered>;
  readonly qemu: Qemu;

  constructor(unit: UnitName) {
    const { options, width } = units[unit];
    const machine = ['-m', `${memoryBytes / 2 ** 20}M`, '-device', `intel-iommu,intremap=on,${options}`];
    this.qemu = new Qemu([...machine, ...deviceArguments]);
    this.offered = this.start(width);
  }

  private async start(width: number): Promise<Offered> {
    const patternCommands = devices.map((_, device) => {
      const words = Array.from({ length: 1024 }, (_slot, slot) => patternOf(device, slot));
      return `b64write ${hex(patterns + device * 4096)} ${encoded(words)}`;
    });
    await this.qemu.run([...deviceSetup(), ...patternCommands]);
    const [cap = '', ecap = ''] = await this.qemu.run([
      `readq ${hex(base + register.CAP)}`,
      `readq ${hex(base + register.ECAP)}`,
    ]);
    return { cap: BigInt(cap), ecap: BigInt(ecap), width };
  }

  /** how the last world used the queue */
  private queue: 'narrow' | 'wide' | null = null;

  /** Everything off, faults cleared, tables zeroed, data and device buffers as at first. */
  private reset(): string[] {
    // The queue stops only when it is empty and its last descriptor was a wait.
    const width = this.queue === 'wide' ? 32 : 16;
    const wait = [0x25, 0, statusWord, 0, 0, 0, 0, 0].slice(0, width / 4);
    const drain = [
      `b64write ${hex(queueBase)} ${encoded(Array.from({ length: 4096 / width }, () => wait).flat())}`,
      writeRegister(register.FSTS, 0xfd, 4),
      writeRegister(register.IQT, width * 100),
      writeRegister(register.IQT, width * 101),
      `memset ${hex(queueBase)} 0x1000 0x0`,
    ];
    return [
      ...(this.queue === null ? [] : drain),
      writeRegister(register.GCMD, 0, 4),
      writeRegister(faultRecord + 8, 1n << 63n),
      writeRegister(register.FSTS, 0xfd, 4),
      writeRegister(register.IQT, 0),
      writeRegister(register.ICS, 1, 4),
      `memset ${hex(statusWord)} 0x8 0x0`,
      `memset ${hex(tables.start)} ${hex(tables.bytes)} 0x0`,
      ...pagesOfData.map((page) => `b64write ${hex(page)} ${encoded(wordsOf(page))}`),
      ...devices.flatMap((edu, device) => dma(edu, false, BigInt(patterns + device * 4096), 0, 4095)),
    ];
  }

  /** What devices have read, brought to memory with translation off, and every data page. */
  private harvest(): string[] {
    return [
      ...pagesOfData.map((page) => `b64read ${hex(page)} ${hex(data.wordsUsed * 4)}`),
      writeRegister(register.GCMD, 0, 4),
      ...devices.flatMap((edu, device) => dma(edu, true, BigInt(scratch + device * 4096), 512, 2047)),
      ...devices.map((_, device) => `b64read ${hex(scratch + device * 4096)} 0x800`),
    ];
  }

  /** Every outcome of a world; `expected` tells where to look for what a write left. */
  async outcomes(world: World, expected: readonly Outcome[]): Promise<Outcome[]> {
    this.qemu.takeTrace();
    const before = this.reset();
    this.queue = null;
    for (const step of world.steps)
      if (step.do === 'register' && step.offset === register.IQA) this.queue = step.value & 0x800n ? 'wide' : 'narrow';
    const commands = [...before];
    const at: number[] = [];
    let request = 0;
    for (const step of world.steps) {
      if (step.do === 'poke') commands.push(`writeq ${hex(step.at)} ${hex(step.value)}`);
      else if (step.do === 'register') commands.push(writeRegister(step.offset, step.value, step.bytes));
      else {
        const edu = devices[step.device];
        if (edu === undefined) throw new RangeError('no such device');
        if (step.do === 'message') commands.push(...message(edu, step.address, step.data));
        else commands.push(...dma(edu, step.write, step.iova, (step.write ? writeSlot : readSlot)(request), 4));
        at.push(commands.length);
        const reached = expected[request]?.reached ?? null;
        commands.push(...looks, `readl ${hex(reached === null || reached < 0 ? data.start : reached)}`);
        request++;
      }
    }
    const end = commands.length;
    commands.push(...this.harvest());
    const answers = await this.qemu.run(commands);
    const trace = messages(this.qemu.takeTrace());
    const landed = this.landings(answers.slice(end, end + data.pages));
    const read = answers.slice(-devices.length).map(decoded);
    const requests = world.steps.flatMap((step, index) =>
      step.do === 'dma' || step.do === 'message' ? [{ step, index }] : [],
    );
    return requests.map(({ step, index }, number) => {
      const [status = '', low = '', high = '', head = '', status32 = '', waited = '', completion = '', word = ''] =
        answers.slice(at[number], (at[number] ?? 0) + looks.length + 1);
      const hoped = expected[number]?.reached ?? null;
      let reached: number | null = null;
      if (step.do === 'dma' && step.write) {
        const pattern = patternOf(step.device, writeSlot(number));
        const there = hoped !== null && hoped >= 0 && Number(word) === pattern;
        // A write to nowhere leaves nothing to look at.
        reached = there ? hoped : (landed.get(pattern) ?? (hoped === -1 ? -1 : null));
      } else if (step.do === 'dma') reached = origin(read[step.device]?.[number], expected[number], landed);
      return {
        step: index,
        reached,
        delivered: step.do === 'message' ? (trace[number] ?? null) : null,
        faultStatus: Number(status),
        ...meaningful(BigInt(low), BigInt(high)),
        queueHead: Number(head),
        globalStatus: Number(status32) & levels,
        waited: Number(waited),
        completion: Number(completion),
        word: null,
        reason: 0,
      };
    });
  }

  /** Where each word that a device wrote lies now. */
  private landings(pages: readonly string[]): Map<number, number> {
    const found = new Map<number, number>();
    pages.forEach((answer, page) =>
      decoded(answer).forEach((word, index) => found.set(word, data.start + page * 4096 + index * 4)),
    );
    return found;
  }

  stop(): Promise<void> {
    return this.qemu.stop();
  }
}

/**
 * The data address whose word was read: by its own tag, or by what an earlier write of the world left there. A read that
 * is blocked leaves anything else in the buffer.
 */
function origin(word = 0, expected: Outcome | undefined, landed: ReadonlyMap<number, number>): number | null {
  if (word === expected?.word) return expected.reached;
  if (word >>> 28 === 0xd) return data.start + (word & 0xfffffff);
  return landed.get(word) ?? (expected?.reached === -1 ? -1 : null);
}

/** What each message became, in order: the line of its delivery in QEMU's terms, or null. */
function messages(trace: string): (string | null)[] {
  const found: (string | null)[] = [];
  for (const line of trace.split('\n')) {
    if (line.includes('vtd_ir_remap_msi_req')) found.push(null);
    const delivery =
      /apic_deliver_irq dest (\d+) dest_mode (\d+) delivery_mode (\d+) vector (\d+) trigger_mode (\d+)/.exec(line);
    if (delivery !== null && found.length > 0) found[found.length - 1] = delivery.slice(1).join(' ');
  }
  return found;
}
