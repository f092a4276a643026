import type { Machine } from '../../main/machine/machine.ts';
import type { Bar, PciFunction } from '../../main/machine/pci-function.ts';
import { deviceFactWords as words } from '../../main/words/device-facts.ts';
import { cannotKnow } from '../../main/words/groups.ts';
import { factLine, knownLine, megabytes, said, sizeText, type FactLine } from './fact-line.ts';

const joined = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(', ');

const barText = ({ kind, address, size, bits, prefetchable, enabled }: Bar): string =>
  joined([
    `${size === null ? words.sizeUnknown : sizeText(size)}${address === null ? '' : ` ${words.at(address)}`}`,
    kind === 'io' ? words.barKinds.io : words.bits(bits),
    prefetchable ? words.prefetchable : null,
    enabled ? null : words.barOff,
  ]);

/** Its windows in memory, what sizes they could have, and its option ROM. */
export function memoryLines(fn: PciFunction): readonly FactLine[] {
  const bars = fn.bars.known ? fn.bars.value.filter(({ kind }) => kind !== 'rom') : [];
  return [
    ...(fn.bars.known
      ? bars.map((bar) => said(words.bar(bar.index), barText(bar), true))
      : factLine(words.bar(0), fn.bars, () => null)),
    ...(fn.resizableBars.known
      ? fn.resizableBars.value.map(({ bar, sizesMegabytes }) =>
          said(words.resizable(bar), sizesMegabytes.map(megabytes).join(', ')),
        )
      : []),
    ...knownLine(words.rom, fn.rom, (rom) =>
      rom === null
        ? null
        : joined([
            rom.size === null ? words.sizeUnknown : sizeText(rom.size),
            rom.shadowed === true ? words.romShadowed : null,
            rom.headerGood === null ? null : rom.headerGood ? words.romGood : words.romBroken,
          ]),
    ),
  ];
}

/** The largest window, and what it could grow to. */
export function memoryGist(fn: PciFunction): string {
  const sizes = fn.bars.known
    ? fn.bars.value.flatMap(({ kind, size }) => (kind === 'memory' && size ? BigInt(size) : []))
    : [];
  const largest = sizes.reduce((most, size) => (size > most ? size : most), 0n);
  const most = fn.resizableBars.known ? Math.max(0, ...fn.resizableBars.value.flatMap((bar) => bar.sizesMegabytes)) : 0;
  return joined([
    largest === 0n ? null : sizeText(largest),
    most > 0 && BigInt(most) << 20n > largest ? words.upTo(megabytes(most)) : null,
  ]);
}

/** `fee00000–feefffff`; both ends are part of it. */
export const rangeText = (start: string, end: string): string => `${start}–${end}`;

/** Memory that the firmware and the kernel keep for a function: what must stay mapped, and what DMA may not use. */
export function reservedLines({ firmware, groups }: Machine, { address }: PciFunction): readonly FactLine[] {
  const group = groups.known ? groups.value.find(({ devices }) => devices.includes(address)) : undefined;
  const table = firmware.remapping;
  const label = table.known && table.value !== null ? table.value.table : 'DMAR / IVRS';
  const ranges = table.known ? (table.value?.reserved ?? []) : [];
  const own = ranges.flatMap((range) =>
    range.devices
      .filter((device) => device.address === address)
      .map(({ kind }) =>
        said(
          label,
          joined([
            rangeText(range.start, range.end),
            words.kinds[kind] ?? kind,
            range.memory === null ? null : words.inMap[range.memory],
          ]),
        ),
      ),
  );
  return [
    ...(table.known
      ? own.length > 0
        ? own
        : [said(label, words.reservedNone)]
      : [{ label, value: cannotKnow[table.needs], mono: false, unknown: true }]),
    ...(group?.reserved ?? []).map(({ start, end, kind }) =>
      said(words.reservedKernel, `${rangeText(start, end)}, ${words.kinds[kind] ?? kind}`),
    ),
  ];
}
