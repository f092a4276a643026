import { stages } from './stages.ts';
import { valueOr } from '../../main/machine/fact.ts';
import { deviceName } from '../../main/machine/device-name.ts';
import { frameWords } from '../../main/words/frame.ts';
import { machineLine } from '../../main/words/overview.ts';
import { announcer } from '../kit/announcer.svelte.ts';
import { copyText } from '../kit/clipboard.ts';
import { kitWords } from '../../main/words/kit.ts';
import { frame } from './frame.svelte.ts';
import { router } from './router.svelte.ts';
import { places, stageLink } from './routes.ts';
import type { Session } from './session.svelte.ts';
import { theme, themes } from './theme.svelte.ts';

export interface PaletteEntry {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly address?: string;
  /** What is searched besides the title. */
  readonly also?: string;
  readonly run: () => void;
}
export interface PaletteGroup {
  readonly title: string;
  readonly entries: readonly PaletteEntry[];
}

const words = frameWords.palette;
/** Typing narrows; a list of four hundred functions helps nobody. */
const mostDevices = 40;

const copy = (text: string) => (): void =>
  void copyText(text).then((done) => (done ? announcer.say(kitWords.copied) : announcer.warn(kitWords.notCopied)));

/** Every typed word has to occur somewhere. */
const fits = (entry: PaletteEntry, typed: readonly string[]): boolean => {
  const text = `${entry.title} ${entry.note ?? ''} ${entry.address ?? ''} ${entry.also ?? ''}`.toLowerCase();
  return typed.every((word) => text.includes(word));
};

function devices(session: Session): readonly PaletteEntry[] {
  return (session.machine.value?.functions ?? []).map((fn) => {
    const driver = valueOr(fn.driver, null);
    const ids = valueOr(fn.ids, null);
    const hex = (value: number): string => value.toString(16).padStart(4, '0');
    return {
      id: `device-${fn.address}`,
      title: deviceName(fn),
      ...(driver === null ? {} : { note: driver }),
      address: fn.address,
      also: [fn.names.vendor, fn.names.class, ids === null ? '' : `${hex(ids.vendor)}:${hex(ids.device)}`].join(' '),
      run: () => router.go('groups', { select: fn.address }),
    };
  });
}

function copies(session: Session): readonly PaletteEntry[] {
  const machine = session.machine.value;
  if (machine === null) return [];
  const commandLine = valueOr(machine.kernel.commandLine, null);
  return [
    {
      id: 'copy-machine',
      title: words.reportLine,
      note: session.name ?? '',
      run: copy(machineLine(machine, session.name ?? machine.source.name)),
    },
    ...(commandLine === null ? [] : [{ id: 'copy-line', title: words.commandLine, run: copy(commandLine) }]),
    {
      id: 'copy-addresses',
      title: words.addresses,
      run: copy(machine.functions.map((fn) => fn.address).join('\n')),
    },
  ];
}

/** What the palette offers for what was typed, in groups; an empty group is left out. */
export function paletteGroups(session: Session, typed: string): readonly PaletteGroup[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const groups: readonly PaletteGroup[] = [
    {
      title: words.go,
      entries: [
        ...places.map((place) => ({
          id: `place-${place}`,
          title: frameWords.places[place],
          run: () => router.go(place),
        })),
        ...stages.map((stage) => ({
          id: `stage-${stage}`,
          title: words.stage(frameWords.stages[stage]),
          run: () => {
            location.hash = stageLink(stage);
          },
        })),
      ],
    },
    { title: words.devices, entries: devices(session) },
    { title: words.copy, entries: copies(session) },
    {
      title: words.run,
      entries: [
        { id: 'look-again', title: frameWords.machine.lookAgain, run: () => void session.lookAgain() },
        { id: 'keys', title: frameWords.keysTitle, run: () => (frame.keys = true) },
        ...themes.map((choice) => ({
          id: `theme-${choice}`,
          title: words.themes[choice],
          run: () => theme.choose(choice),
        })),
      ],
    },
  ];
  return groups
    .map((group) => ({ ...group, entries: group.entries.filter((entry) => fits(entry, wanted)).slice(0, mostDevices) }))
    .filter((group) => group.entries.length > 0);
}
