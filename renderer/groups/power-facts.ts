import type { PciFunction } from '../../main/machine/pci-function.ts';
import { deviceFactWords as words } from '../../main/words/device-facts.ts';
import { factLine, knownLine, type FactLine } from './fact-line.ts';

const yesNo = (value: boolean): string => (value ? words.yes : words.no);

/** How a function is reset and what power states it has. */
export const powerLines = (fn: PciFunction): readonly FactLine[] => [
  ...factLine(words.flr, fn.express, (express) => (express?.flr == null ? null : yesNo(express.flr))),
  ...factLine(words.ways, fn.resetMethods, (methods) =>
    methods.length === 0 ? words.noWay : methods.map((method) => `${method}: ${words.way(method)}`).join('\n'),
  ),
  ...knownLine(words.powerNow, fn.power, (power) => power?.current ?? null),
  ...knownLine(words.powerStates, fn.power, (power) => power?.states.join(', ') ?? null),
  ...knownLine(words.keepsState, fn.power, (power) =>
    power === null ? null : power.noSoftReset ? words.keepsStateText : words.losesState,
  ),
  ...knownLine(words.wakes, fn.power, (power) => (power === null ? null : yesNo(power.wakesFromD3cold))),
  ...knownLine(words.d3cold, fn.d3coldAllowed, yesNo),
];

/** `flr, bus` and the power state. */
export function powerGist(fn: PciFunction): string {
  const methods = fn.resetMethods.known ? fn.resetMethods.value : null;
  const flr = fn.express.known && fn.express.value?.flr === true ? 'flr' : '';
  const ways = methods === null ? flr : methods.length === 0 ? words.noWay : methods.join(', ');
  const state = fn.power.known ? (fn.power.value?.current ?? '') : '';
  return [ways, state].filter((part) => part !== '').join(' · ');
}
