import type { Problem } from '../../contract/problem.ts';
import { parseAddress } from '../../machine/address.ts';
import { deviceName } from '../../machine/device-name.ts';
import { decodeRom, isRomProblem, type OptionRom } from '../../machine/option-rom/decode-rom.ts';
import { romFits } from '../../machine/option-rom/rom-fits.ts';
import { printable } from '../../words/fill-in.ts';
import { romText, romWords } from '../../words/option-rom.ts';
import { terminalWords } from '../../words/terminal.ts';
import { machineOptions, parse } from './arguments.ts';
import { askOn } from './assistant.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';
import { readBytes } from './read-bytes.ts';

/** The BAR of a ROM holds 16 MB at most (PCI Local Bus Specification 3.0, 6.2.5.2). */
const largest = 16 << 20;

const options = { ...machineOptions, for: { type: 'string' } } as const;

interface Asked {
  readonly fits: boolean | null;
  readonly verdict: string;
}

/** `slotwise rom decode FILE [--for ADDR]`: what is in a saved option ROM, and whether it is for that device. */
export async function rom(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(args, options, 2);
  const [verb, path] = positionals;
  if (verb !== 'decode') throw new WrongUse(romWords.what(verb ?? ''));
  if (path === undefined) throw new WrongUse(romWords.whichFile);
  const json = values.json ?? false;
  const bytes = await readBytes(path, largest);
  if ('code' in bytes) return sayProblem(terminal, bytes, json);
  const decoded = decodeRom(bytes);
  if (isRomProblem(decoded)) {
    return sayProblem(terminal, { code: 'rom-not-understood', subject: path, detail: romWords.problem(decoded) }, json);
  }
  const asked = values.for === undefined ? null : await askFor(decoded, values.for, terminal, values.machine);
  if (asked !== null && 'code' in asked) return sayProblem(terminal, asked, json);
  const remarks = decoded.remarks.map(romWords.remark);
  if (json) sayJson(terminal, { images: decoded.images, fits: asked?.fits ?? null, remarks });
  else terminal.out(romText(decoded, asked?.verdict ?? null));
  return asked?.fits === false ? exitCode.blocked : exitCode.fine;
}

async function askFor(
  decoded: OptionRom,
  text: string,
  terminal: Terminal,
  machine: string | undefined,
): Promise<Asked | Problem> {
  const address = parseAddress(text);
  if (address === null) throw new WrongUse(terminalWords.noAddress(text));
  const reply = await askOn(terminal, machine)('machine.get', {});
  if (!reply.ok) return reply.problem;
  const fn = reply.value.functions.find((one) => one.address === address);
  if (fn === undefined) return { code: 'no-such-device', subject: address };
  const fits = romFits(decoded, fn);
  const name = printable(`${deviceName(fn)} (${address})`);
  if (fits === null || !fn.ids.known) return { fits: null, verdict: romWords.cannotTell(name) };
  const { vendor, device } = fn.ids.value;
  const ids = [vendor, device].map((id) => id.toString(16).padStart(4, '0')).join(':');
  return { fits, verdict: fits ? romWords.fits(name) : romWords.fitsNot(name, ids) };
}
