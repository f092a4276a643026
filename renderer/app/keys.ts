import { takesText } from '../kit/takes-text.ts';
import type { Place } from './routes.ts';

interface KeyRow {
  readonly id: string;
  readonly where: 'everywhere' | Place;
  /** `KeyboardEvent.key`, as it comes without Shift's help; several: any of them. */
  readonly keys: readonly string[];
  /** Ctrl, or Cmd on a Mac. */
  readonly ctrl?: true;
  /** As drawn on keycaps. */
  readonly caps: readonly string[];
  /** Handled by the tree, list or table that has the focus, not by the page. */
  readonly local?: true;
}

/**
 * Every key of the program, one row each: the help sheet lists these and nothing else, and `KeyDesk` runs them. Words
 * stand in main/words/frame.ts under the same id.
 */
export const keyTable = [
  { id: 'palette', where: 'everywhere', keys: ['k'], ctrl: true, caps: ['Ctrl', 'K'] },
  { id: 'help', where: 'everywhere', keys: ['?'], caps: ['?'] },
  { id: 'inspector', where: 'everywhere', keys: [']'], caps: [']'] },
  { id: 'look-again', where: 'everywhere', keys: ['r'], caps: ['R'] },
  { id: 'copy-command', where: 'overview', keys: ['c'], caps: ['C'] },
  { id: 'print', where: 'overview', keys: ['p'], caps: ['P'] },
  { id: 'larger-code', where: 'overview', keys: ['q'], caps: ['Q'] },
  { id: 'stage', where: 'overview', keys: ['1', '2', '3', '4', '5', '6', '7'], caps: ['1', '…', '7'] },
  { id: 'give', where: 'choose', keys: ['g'], caps: ['G'] },
  { id: 'keep', where: 'choose', keys: ['k'], caps: ['K'] },
  { id: 'undo', where: 'choose', keys: ['z'], ctrl: true, caps: ['Ctrl', 'Z'] },
  { id: 'recipes-next', where: 'write', keys: ['j'], caps: ['J'] },
  { id: 'recipes-previous', where: 'write', keys: ['k'], caps: ['K'] },
  { id: 'recipes-copy', where: 'write', keys: ['y'], caps: ['Y'] },
  { id: 'recipes-verify', where: 'write', keys: ['v'], caps: ['V'] },
  { id: 'recipes-whole', where: 'write', keys: ['w'], caps: ['W'] },
  { id: 'recipes-print', where: 'write', keys: ['p'], caps: ['P'] },
  { id: 'groups-walk', where: 'groups', keys: [], caps: ['↑', '↓', '←', '→'], local: true },
  { id: 'groups-inspect', where: 'groups', keys: [], caps: ['Enter'], local: true },
  { id: 'groups-fold', where: 'groups', keys: [], caps: ['[', ']'], local: true },
  { id: 'groups-next', where: 'groups', keys: ['g'], caps: ['G'] },
  { id: 'groups-up', where: 'groups', keys: ['u'], caps: ['U'] },
  { id: 'groups-unit', where: 'groups', keys: ['i'], caps: ['I'] },
  { id: 'groups-table', where: 'groups', keys: ['t'], caps: ['T'] },
  { id: 'groups-filter', where: 'groups', keys: ['/'], caps: ['/'] },
  { id: 'simulator-play', where: 'simulator', keys: [], caps: ['Space'], local: true },
  { id: 'simulator-step', where: 'simulator', keys: [], caps: ['←', '→'], local: true },
  { id: 'simulator-transaction', where: 'simulator', keys: [], caps: ['Shift', '←', '→'], local: true },
  { id: 'simulator-access', where: 'simulator', keys: [], caps: ['Alt', '←', '→'], local: true },
  { id: 'simulator-fault', where: 'simulator', keys: [], caps: ['F'], local: true },
  { id: 'simulator-miss', where: 'simulator', keys: [], caps: ['M'], local: true },
  { id: 'simulator-compare', where: 'simulator', keys: [], caps: ['C'], local: true },
  { id: 'simulator-difference', where: 'simulator', keys: [], caps: ['D'], local: true },
  { id: 'simulator-swap', where: 'simulator', keys: [], caps: ['X'], local: true },
  { id: 'simulator-ends', where: 'simulator', keys: [], caps: ['Home', 'End'], local: true },
  { id: 'reports-find', where: 'reports', keys: ['/'], caps: ['/'] },
  { id: 'reports-save', where: 'reports', keys: ['s'], caps: ['S'] },
] as const satisfies readonly KeyRow[];

export type KeyId = (typeof keyTable)[number]['id'];

/** The row that an event means at a place; null where it means nothing, or is typed into a field. */
export function rowFor(event: KeyboardEvent, place: Place): (typeof keyTable)[number] | null {
  if (event.altKey || event.defaultPrevented) return null;
  const typing = takesText(event.target);
  const ctrl = event.ctrlKey || event.metaKey;
  for (const row of keyTable as readonly KeyRow[]) {
    if (row.local || (row.where !== 'everywhere' && row.where !== place)) continue;
    if ((row.ctrl ?? false) !== ctrl || (typing && !ctrl)) continue;
    if (row.keys.includes(event.key) || row.keys.includes(event.key.toLowerCase())) {
      return row as (typeof keyTable)[number];
    }
  }
  return null;
}
