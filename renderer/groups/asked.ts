import type { GroupsQuestion } from '../../main/contract/groups.ts';
import { parseAddress, type PciAddress } from '../../main/machine/address.ts';

/** Which groups are drawn: the kernel's, those of its rule, those after a card has moved, those with ACS set otherwise. */
export const views = ['read', 'predicted', 'moved', 'acs'] as const;
export type View = (typeof views)[number];

/** Modes of the override patch that are offered; the link may hold others. */
export const overrideModes = ['downstream', 'multifunction', 'downstream,multifunction'] as const;

/** What stands in the link about it. */
export interface AskedParams {
  as?: string;
  card?: string;
  to?: string;
  acs?: string;
}

export interface Asked {
  readonly view: View;
  readonly card: PciAddress | null;
  readonly port: PciAddress | null;
  /** `override:MODE` or `config:FLAGS@DEVICE` */
  readonly acs: string;
}

/** What the link asks for; `read` only where the kernel's groups were read. */
export function askedOf(params: Readonly<AskedParams>, haveRead: boolean): Asked {
  const named = views.find((view) => view === params.as);
  const view = named === undefined || (named === 'read' && !haveRead) ? (haveRead ? 'read' : 'predicted') : named;
  return {
    view,
    card: parseAddress(params.card ?? ''),
    port: parseAddress(params.to ?? ''),
    acs: params.acs ?? `override:${overrideModes[0]}`,
  };
}

/** The question behind a view; null: nothing has to be asked, or not all of it is chosen yet. */
export function questionOf({ view, card, port, acs }: Asked): GroupsQuestion | null {
  switch (view) {
    case 'read':
      return null;
    case 'predicted':
      return { predict: true };
    case 'moved':
      return card === null || port === null ? null : { predict: true, move: { card, port, swap: true } };
    case 'acs':
      return { predict: true, acs };
  }
}
