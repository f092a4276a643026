import type { Machine } from '../../main/machine/machine.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import { deviceFactWords as words } from '../../main/words/device-facts.ts';
import { factLine, said, type FactLine } from './fact-line.ts';
import { linkGist, linkOf, linkSays } from './link-facts.ts';
import { memoryGist, memoryLines, reservedLines } from './memory-facts.ts';
import { identityGist, identityLines, placeGist, placeLines } from './place-facts.ts';
import { powerGist, powerLines } from './power-facts.ts';
import { interruptGist, interruptLines, sharingGist, sharingLines } from './sharing-facts.ts';

export type SectionName = keyof typeof words.sections;

/** A part of what a function is: its gist is read at a glance, its lines when it is opened. */
export interface FactSection {
  readonly name: SectionName;
  readonly gist: string;
  readonly says: readonly string[];
  readonly lines: readonly FactLine[];
}

const hexOffset = (offset: number | null): string => (offset === null ? '' : `${offset.toString(16)}h`);

function capabilities(fn: PciFunction): FactSection {
  const list = fn.capabilities.known ? fn.capabilities.value : [];
  return {
    name: 'capabilities',
    gist: fn.capabilities.known ? words.capability(list.length) : '',
    says: [words.configBytes(fn.configBytes)],
    lines: fn.capabilities.known
      ? list.map(({ name, offset }) => said(hexOffset(offset), name))
      : factLine(words.sections.capabilities, fn.capabilities, () => null),
  };
}

function link(fn: PciFunction, parent: PciFunction | null): FactSection[] {
  const found = linkOf(fn);
  if (found === null) return [];
  return [
    {
      name: 'link',
      gist: linkGist(found),
      says: linkSays(found, fn.bridge === null ? parent : null),
      lines: [
        said(words.linkNow, words.side(found.width, found.speed) || words.none),
        said(words.linkMost, words.side(found.maxWidth, found.maxSpeed) || words.none),
      ],
    },
  ];
}

function reserved(machine: Machine, fn: PciFunction): FactSection {
  const lines = reservedLines(machine, fn);
  const kept = lines.filter(({ unknown, value }) => !unknown && value !== words.reservedNone).length;
  const [first] = lines;
  return {
    name: 'reserved',
    gist: kept > 0 ? String(kept) : first?.unknown === true ? '' : words.none,
    says: [],
    lines,
  };
}

/** All that was read of a function, part by part; parts of which nothing can be said are left out. */
export function factSections(machine: Machine, fn: PciFunction): readonly FactSection[] {
  const parent = fn.parent === null ? null : (machine.functions.find(({ address }) => address === fn.parent) ?? null);
  const plain = (name: SectionName, gist: string, lines: readonly FactLine[]): FactSection => ({
    name,
    gist,
    says: [],
    lines,
  });
  const port = fn.bridge !== null;
  return [
    plain('identity', identityGist(fn), identityLines(fn)),
    plain('place', placeGist(fn, parent), placeLines(fn, parent)),
    ...link(fn, parent),
    plain('reset', powerGist(fn), powerLines(fn)),
    ...(port ? [] : [plain('memory', memoryGist(fn), memoryLines(fn)), reserved(machine, fn)]),
    plain('interrupts', interruptGist(fn), interruptLines(fn)),
    plain('sharing', sharingGist(fn), sharingLines(fn)),
    capabilities(fn),
  ].filter(({ lines }) => lines.length > 0);
}
