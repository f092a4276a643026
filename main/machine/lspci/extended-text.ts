import { pageSizes } from '../config-space/extended.ts';
import { acsBitNames, type PciFunction } from '../pci-function.ts';
import type { Fact } from '../fact.ts';

type Value<K extends keyof PciFunction> = PciFunction[K] extends Fact<infer T> ? NonNullable<T> : never;

/** lspci's words for the bits of `acsBitNames`, in register order (pciutils ls-ecaps.c cap_acs). */
const acsWords = [
  'SrcValid',
  'TransBlk',
  'ReqRedir',
  'CmpltRedir',
  'UpstreamFwd',
  'EgressCtrl',
  'DirectTrans',
] as const;
const acsFlags = acsWords.map((word) => `${word}([+-])`).join(' ');
const acsCapability = new RegExp(`ACSCap: ${acsFlags}`);
const acsControl = new RegExp(`ACSCtl: ${acsFlags}`);

const mask = (match: RegExpExecArray): number =>
  acsBitNames.reduce((bits, _, bit) => bits | (match[bit + 1] === '+' ? 1 << bit : 0), 0);

/** Each null: the capability is named and its registers are not shown, as with a single -v. */
export function readAcs(text: string): Value<'acs'> | null {
  const capability = acsCapability.exec(text);
  const control = acsControl.exec(text);
  return capability && control ? { capability: mask(capability), control: mask(control) } : null;
}

export function readAts(text: string): Value<'ats'> | null {
  const enabled = /ATSCtl: Enable([+-])/.exec(text)?.[1];
  return enabled === undefined ? null : { enabled: enabled === '+' };
}

export function readSriov(text: string): Value<'sriov'> | null {
  const enabled = /IOVCtl: Enable([+-])/.exec(text)?.[1];
  const total = /Total VFs: (\d{1,5})\b/.exec(text)?.[1];
  const count = /Number of VFs: (\d{1,5})\b/.exec(text)?.[1];
  const layout = /VF offset: (\d{1,5}), stride: (\d{1,5}), Device ID: ([0-9a-f]{4})\b/.exec(text);
  if (enabled === undefined || total === undefined || count === undefined || !layout) return null;
  const [, offset, stride, device] = layout;
  const pages = /Supported Page Size: ([0-9a-f]{8})\b/.exec(text)?.[1];
  return {
    totalVfs: Number(total),
    enabledVfs: enabled === '+' ? Number(count) : 0,
    offset: Number(offset) & 0xffff,
    stride: Number(stride) & 0xffff,
    vfDevice: parseInt(device ?? '', 16),
    pageKilobytes: pages === undefined ? null : pageSizes(parseInt(pages, 16)),
  };
}

const megabytes = { MB: 1, GB: 1024, TB: 1024 ** 2, PB: 1024 ** 3, EB: 1024 ** 4 } as const;
const size = /^(\d{1,4})(MB|GB|TB|PB|EB)$/;

function inMegabytes(text: string): number | null {
  const match = size.exec(text);
  const unit = match?.[2] as keyof typeof megabytes | undefined;
  return match && unit ? Number(match[1]) * megabytes[unit] : null;
}

const resizable =
  /BAR (\d): current size: (\S{1,12}?)(?:, supported:((?: (?:\d{1,4}(?:MB|GB|TB|PB|EB)|<unknown>)){0,44}))?(?= |$)/g;

/** `BAR 1: current size: 256MB, supported: 64MB 128MB 256MB`, one a BAR. */
export function readResizableBars(text: string): Value<'resizableBars'> | null {
  const bars = [...text.matchAll(resizable)].slice(0, 6).map(([, bar, current, supported]) => ({
    bar: Number(bar),
    sizesMegabytes: (supported ?? '').split(' ').flatMap((each) => inMegabytes(each) ?? []),
    currentMegabytes: inMegabytes(current ?? ''),
  }));
  return bars.length === 0 ? null : bars;
}

/** `MSI: Enable+ Count=1/4 Maskable- 64bit+`; releases before 3.1: `Mask- 64bit+ Queue=0/2 Enable+`. */
export function readMsi(text: string): Value<'msi'> | null {
  const head = text.slice(0, 120);
  const enabled = /\bEnable([+-])/.exec(head)?.[1];
  const count = /\bCount=\d{1,2}\/(\d{1,2})\b/.exec(head)?.[1];
  const queue = /\bQueue=\d\/(\d)\b/.exec(head)?.[1];
  const maskable = /\bMask(?:able)?([+-])/.exec(head)?.[1];
  if (enabled === undefined || (count === undefined && queue === undefined)) return null;
  return {
    vectors: count === undefined ? 1 << Math.min(Number(queue), 5) : Number(count),
    maskable: maskable === '+',
    enabled: enabled === '+',
  };
}

/** `MSI-X: Enable+ Count=33 Masked-`; releases before 3.1: `Enable- Mask- TabSize=8`. */
export function readMsix(text: string): Value<'msix'> | null {
  const match = /^MSI-X: Enable([+-]) (?:Count=(\d{1,4})|Mask[+-] TabSize=(\d{1,4}))\b/.exec(text);
  return match ? { vectors: Number(match[2] ?? match[3]), enabled: match[1] === '+' } : null;
}
