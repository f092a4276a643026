import type { PciAddress } from '../../main/machine/address.ts';
import type { Profile } from '../../main/passthrough/plan.ts';
import type { Session } from './session.svelte.ts';

export interface Choice {
  readonly give: readonly PciAddress[];
  readonly keep: readonly PciAddress[];
  readonly lose: readonly string[];
}

/** A choice with its way back, of one machine and the plan that it began with. */
export interface Draft {
  readonly madeFor: string;
  readonly choice: Choice;
  readonly past: readonly Choice[];
  readonly vm: string;
  readonly profile: Profile;
}

/** Another machine is another choice, and so are other cards in it and a plan that was kept meanwhile. */
export const draftKey = (session: Session): string => {
  const machine = session.machine.value;
  const addresses = machine?.functions.map(({ address }) => address).join(' ');
  return [machine?.source.kind, machine?.source.name, session.journey.value?.checkpoint?.savedAt, addresses].join('\n');
};

/** What was chosen and is no plan yet: it waits while the person looks at the groups, or anywhere else on this page. */
class DraftDesk {
  held: Draft | null = $state.raw(null);

  /** The choice that belongs to what is shown now. */
  of(madeFor: string): Draft | null {
    return this.held?.madeFor === madeFor ? this.held : null;
  }
}

export const draftDesk = new DraftDesk();
