import type { Machine } from '../machine/machine.ts';
import type { Crossing } from './comes-along.ts';
import { makeQuestion, type Answer } from './losses/crossed.ts';
import { diskLosses } from './losses/disk.ts';
import { displayLosses } from './losses/display.ts';
import { networkLosses } from './losses/network.ts';
import { soundLosses } from './losses/sound.ts';
import { usbLosses } from './losses/usb.ts';

/** In the order in which they hurt. */
const kinds = [diskLosses, displayLosses, networkLosses, usbLosses, soundLosses];

/**
 * The jobs that the host loses when these functions cross over, no guard answered yet, and what the source could not
 * tell about them: an unknown opens no guard.
 */
export function losses(machine: Machine, crossings: readonly Crossing[]): Answer {
  const question = makeQuestion(machine, crossings);
  const answers = kinds.map((kind) => kind(question));
  const unknowns = new Map(answers.flatMap((answer) => answer.unknowns).map((unknown) => [unknown.code, unknown]));
  return { losses: answers.flatMap((answer) => answer.losses), unknowns: [...unknowns.values()] };
}
