import { slotOf } from '../../machine/address.ts';
import { evidenceOf } from '../evidence.ts';
import { loss, type Answer, type Question } from './crossed.ts';

/** Sound goes with its function: through the screens of a graphics card, or the host's own sockets. */
export function soundLosses({ crossed }: Question): Answer {
  const cards = new Set(crossed.filter(({ role }) => role === 'gpu').map(({ fn }) => slotOf(fn.address)));
  return {
    losses: crossed
      .filter(({ role }) => role === 'sound')
      .map((of) => {
        const situation = cards.has(slotOf(of.fn.address)) ? 'display-sound' : 'host-sound';
        const proof = [evidenceOf('class-code', of.fn.classCode, of.fn.names.class)];
        return loss('sound', situation, 'tell', of.fn.address, of, {}, proof);
      }),
    unknowns: [],
  };
}
