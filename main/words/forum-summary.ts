import { shortAddress } from '../machine/address.ts';
import { deviceName } from '../machine/device-name.ts';
import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import type { PciFunction } from '../machine/pci-function.ts';
import type { Candidate } from '../passthrough/candidate.ts';
import { printable } from './fill-in.ts';
import { machineName, shortCpu } from './machine-name.ts';
import { firmwareDate } from './overview.ts';

/** What the summary takes from the judgement. */
export interface Judged {
  readonly candidates: readonly Candidate[];
  readonly iommu: 'on' | 'off' | 'unknown';
  readonly vendor: 'intel' | 'amd' | null;
}

/** A post is read by people: more devices, or more members of one group, help nobody. */
const mostGroups = 12;
const mostMembers = 40;

const states = { on: 'on', off: 'off', unknown: 'not known' } as const satisfies Record<Judged['iommu'], string>;
const units = { intel: 'VT-d', amd: 'AMD-Vi' } as const satisfies Record<NonNullable<Judged['vendor']>, string>;

/** One line of text that is no markup: what Markdown would take for its own is escaped (CommonMark 0.31, 2.4). */
const inLine = (text: string): string => printable(text).replace(/[\\`*_[\]<>#|~]/g, '\\$&');
/** Text between code fences, which only backticks could leave. */
const inFence = (text: string): string => printable(text).replaceAll('`', '’');

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

function memberLine(fn: PciFunction): string {
  const ids = fn.ids.known ? ` [${hex4(fn.ids.value.vendor)}:${hex4(fn.ids.value.device)}]` : '';
  const driver = valueOr(fn.driver, null);
  return inFence(`  ${shortAddress(fn.address)}  ${deviceName(fn)}${ids}${driver === null ? '' : `  ${driver}`}`);
}

/** The groups of what could be given, each once, as the kernel made them or as its rule foretells. */
function groupLines(machine: Machine, candidates: readonly Candidate[]): string[] {
  const functions = new Map(machine.functions.map((fn) => [fn.address, fn]));
  const groups = valueOr(machine.groups, []);
  const seen = new Set<string>();
  const blocks = candidates.flatMap((candidate) => {
    const read = groups.find(({ devices }) => devices.includes(candidate.address));
    const members = read?.devices ?? [candidate.address, ...candidate.comesAlong.map(({ address }) => address)];
    const key = members.join(' ');
    if (seen.has(key)) return [];
    seen.add(key);
    const title =
      read !== undefined
        ? `Group ${read.id}`
        : candidate.grouping === 'predicted'
          ? 'Together, predicted'
          : 'Group not known';
    const lines = members.slice(0, mostMembers).flatMap((address) => {
      const fn = functions.get(address);
      return fn === undefined ? [] : [memberLine(fn)];
    });
    const more = members.length - mostMembers;
    return [[title, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')];
  });
  const hidden = blocks.length - mostGroups;
  return [
    ...blocks.slice(0, mostGroups),
    ...(hidden > 0 ? [`and ${hidden} more ${hidden === 1 ? 'group' : 'groups'}`] : []),
  ];
}

/** What stands after a label, or nothing where nothing is known. */
const item = (label: string, parts: readonly (string | null)[]): string[] => {
  const told = parts.filter((part) => part !== null && part !== '');
  return told.length === 0 ? [] : [`- ${label}: ${told.join(', ')}`];
};

const said = (text: string | null): string | null => (text === null ? null : inLine(text));

/**
 * A machine in a few lines of Markdown, as a forum asks for it: board, processor, system, IOMMU, command line, and the
 * groups of what could be given. Names from the machine stand there as text, never as markup.
 */
export function forumSummary(machine: Machine, { candidates, iommu, vendor }: Judged): string {
  const { board, cpu, kernel, distribution } = machine;
  const firmware = valueOr(board.firmwareVersion, null);
  const date = valueOr(board.firmwareDate, null);
  const model = valueOr(cpu.model, null);
  const release = valueOr(kernel.release, null);
  const remapping = machine.iommu.interruptRemapping;
  const line = valueOr(kernel.commandLine, null);
  const name = machineName(machine);
  const groups = groupLines(machine, candidates);
  return [
    ...item('Board', [
      // The name of a file is no board's.
      name === machine.source.name ? null : inLine(name),
      firmware === null ? null : inLine(`firmware ${firmware}${date === null ? '' : ` of ${firmwareDate(date)}`}`),
    ]),
    ...item('Processor', [model === null ? null : inLine(shortCpu(model))]),
    ...item('System', [
      said(distribution.known ? distribution.value.name : null),
      release === null ? null : `Linux ${inLine(release)}`,
    ]),
    ...item('IOMMU', [
      vendor === null ? states[iommu] : `${units[vendor]} ${states[iommu]}`,
      machine.groups.known ? `${machine.groups.value.length} groups` : null,
      remapping.known ? `interrupt remapping ${remapping.value ? 'on' : 'off'}` : null,
    ]),
    ...item('Command line', [line === null ? null : `\`${inFence(line)}\``]),
    ...(groups.length === 0
      ? []
      : ['', 'What could be given, each with its group:', '', '```text', groups.join('\n\n'), '```']),
    '',
  ].join('\n');
}
