import type { Fact } from '../../main/machine/fact.ts';
import type { Bar, PciFunction } from '../../main/machine/pci-function.ts';
import { cannotKnow, inspectorWords, portTypeWords } from '../../main/words/groups.ts';

/** One line of "what it is". */
export interface FactLine {
  readonly label: string;
  readonly value: string;
  /** registers, ids, paths */
  readonly mono: boolean;
  /** what stands there is that it cannot be known */
  readonly unknown: boolean;
}

const words = inspectorWords.fact;
const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const hex2 = (value: number): string => value.toString(16).padStart(2, '0');
const yesNo = (value: boolean): string => (value ? inspectorWords.yes : inspectorWords.no);

function line<T>(label: string, fact: Fact<T>, text: (value: T) => string | null, mono = false): FactLine[] {
  if (!fact.known) return [{ label, value: cannotKnow[fact.needs], mono: false, unknown: true }];
  const value = text(fact.value);
  return value === null ? [] : [{ label, value, mono, unknown: false }];
}

/** Everything that was read of a function, unknowns said as what it would take. */
export function factsOf(fn: PciFunction): readonly FactLine[] {
  const port = fn.bridge !== null;
  return [
    ...line(
      words.ids,
      fn.ids,
      ({ vendor, device, revision }) =>
        [`${hex4(vendor)}:${hex4(device)}`, ...(revision === null ? [] : [`rev ${hex2(revision)}`])].join(' '),
      true,
    ),
    ...line(
      words.subsystem,
      fn.ids,
      ({ subsystemVendor, subsystemDevice }) =>
        subsystemVendor === null || subsystemDevice === null
          ? null
          : `${hex4(subsystemVendor)}:${hex4(subsystemDevice)}`,
      true,
    ),
    ...line(
      words.class,
      fn.classCode,
      (code) => [fn.names.class, code.toString(16).padStart(6, '0')].filter((part) => part !== null).join(' '),
      false,
    ),
    ...(port ? [] : line(words.driver, fn.driver, (driver) => driver ?? inspectorWords.none, true)),
    ...line(words.type, fn.express, (express) => (express === null ? null : portTypeWords[express.portType])),
    ...line(words.link, fn.express, (express) => {
      const link = express?.link ?? null;
      return link === null ? null : inspectorWords.link(link.width, link.speed, link.maxWidth, link.maxSpeed) || null;
    }),
    ...(fn.bridge === null ? [] : [{ label: words.buses, value: busesOf(fn.bridge), mono: true, unknown: false }]),
    ...line(words.bars, fn.bars, (bars) => barsText(bars), true),
    ...(port
      ? []
      : [
          ...line(words.flr, fn.express, (express) => (express?.flr == null ? null : yesNo(express.flr))),
          ...line(words.reset, fn.resetMethods, (methods) => methods.join(', ') || inspectorWords.none, true),
          ...line(words.interrupts, fn.msix, (msix) => (msix === null ? null : inspectorWords.msix(msix.vectors))),
          ...(fn.msix.known && fn.msix.value !== null
            ? []
            : line(words.interrupts, fn.msi, (msi) => (msi === null ? null : inspectorWords.msi(msi.vectors)))),
          ...line(words.ats, fn.ats, (ats) =>
            ats === null ? null : ats.enabled ? inspectorWords.on : inspectorWords.off,
          ),
          ...line(words.sriov, fn.sriov, (sriov) =>
            sriov === null ? null : inspectorWords.vfs(sriov.enabledVfs, sriov.totalVfs),
          ),
          ...line(words.resizable, fn.resizableBars, (bars) => resizableText(bars)),
        ]),
    ...line(
      words.capabilities,
      fn.capabilities,
      (list) => list.map(({ name }) => name).join(', ') || inspectorWords.none,
    ),
    { label: words.path, value: fn.path, mono: true, unknown: false },
    ...(fn.numaNode === null ? [] : [{ label: words.numa, value: String(fn.numaNode), mono: false, unknown: false }]),
  ];
}

const busesOf = ({ secondary, subordinate }: { secondary: number; subordinate: number }): string =>
  secondary === subordinate ? hex2(secondary) : `${hex2(secondary)}–${hex2(subordinate)}`;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `256 MiB`; sizes of BARs are powers of two. */
function sizeText(size: string): string {
  let bytes = BigInt(size);
  let unit = 0;
  while (bytes >= 1024n && bytes % 1024n === 0n && unit < units.length - 1) {
    bytes /= 1024n;
    unit++;
  }
  return `${bytes} ${units[unit] ?? ''}`;
}

function barsText(bars: readonly Bar[]): string | null {
  const parts = bars
    .filter(({ kind }) => kind !== 'io')
    .map(({ size, address, kind }) => [kind === 'rom' ? 'ROM' : null, size === null ? address : sizeText(size)])
    .map((part) => part.filter((piece) => piece !== null).join(' '))
    .filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(', ');
}

function resizableText(
  bars: readonly {
    readonly bar: number;
    readonly currentMegabytes: number | null;
    readonly sizesMegabytes: readonly number[];
  }[],
): string | null {
  if (bars.length === 0) return null;
  return bars
    .map(({ bar, currentMegabytes, sizesMegabytes }) => {
      const most = Math.max(...sizesMegabytes);
      const now = currentMegabytes === null ? '' : megabytes(currentMegabytes);
      return `BAR ${bar}: ${[now, Number.isFinite(most) ? inspectorWords.atMost(megabytes(most)) : ''].filter((part) => part !== '').join(', ')}`;
    })
    .join('; ');
}

const megabytes = (many: number): string => sizeText(`0x${(BigInt(many) << 20n).toString(16)}`);
