import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import type { FirmwareRemark } from './situations.ts';
import { firmwareBook, type FirmwarePage, type PageRule } from './firmware-guide.ts';

/** What DMI says of who made the machine. */
export interface MadeBy {
  readonly boardVendor: string | null;
  readonly board: string | null;
  readonly systemVendor: string | null;
  readonly product: string | null;
}

export const madeBy = ({ board }: Pick<Machine, 'board'>): MadeBy => ({
  boardVendor: valueOr(board.vendor, null),
  board: valueOr(board.product, null),
  systemVendor: valueOr(board.systemVendor, null),
  product: valueOr(board.systemProduct, null),
});

export interface ChosenPage {
  readonly page: FirmwarePage;
  readonly remark: FirmwareRemark | null;
}

/** The vendor's page, else the general one with the reason as a remark. */
export function firmwarePageFor(made: MadeBy): ChosenPage {
  const rule = firmwareBook.rules.find((candidate) => fits(candidate, made));
  return { page: pageOf(rule?.page ?? 'general'), remark: rule?.remark ?? null };
}

function pageOf(id: string): FirmwarePage {
  const page = firmwareBook.pages.find((candidate) => candidate.id === id);
  if (!page) throw new Error(`resources/firmware-guide.json has no page "${id}"`);
  return page;
}

function fits(rule: PageRule, made: MadeBy): boolean {
  if (!fromVendor(rule, made)) return false;
  return rule.model === null || matches(rule.model, made.product) || matches(rule.model, made.board);
}

/**
 * The setup menus belong to whoever made the board, which is not always who sold the machine. The kernel's own DMI line
 * names the seller only (drivers/firmware/dmi_scan.c dmi_format_ids), so a board without vendor is known by its name.
 */
function fromVendor(rule: PageRule, made: MadeBy): boolean {
  if (made.boardVendor !== null && named(made.boardVendor)) return rule.vendor.test(made.boardVendor.trim());
  return matches(rule.vendor, made.systemVendor) || (rule.board !== null && matches(rule.board, made.board));
}

/** Makers of cases and barebones leave the fields as the firmware's vendor shipped them. */
const named = (text: string): boolean =>
  !/^(|default string|to be filled by o\.?e\.?m\.?|unknown|not specified)$/i.test(text.trim());

const matches = (pattern: RegExp, text: string | null): boolean => text !== null && pattern.test(text.trim());
