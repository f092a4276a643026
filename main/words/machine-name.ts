import { valueOr, type Fact } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';

/** DMI vendor strings as boards carry them, and the name that people know. */
const shortVendors: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^asus/i, 'ASUS'],
  [/^micro-star|^msi\b/i, 'MSI'],
  [/^gigabyte|^giga-byte/i, 'Gigabyte'],
  [/^asrock/i, 'ASRock'],
  [/^dell/i, 'Dell'],
  [/^hewlett|^hp\b|^hpe\b/i, 'HP'],
  [/^lenovo/i, 'Lenovo'],
  [/^super\s?micro/i, 'Supermicro'],
  [/^intel/i, 'Intel'],
  [/^elitegroup|^ecs\b/i, 'ECS'],
];

/** What vendors leave in fields that nobody filled in. */
const empty =
  /^(?:|to be filled by o\.?e\.?m\.?|default string|system (?:product name|manufacturer)|not specified|unknown|n\/a)$/i;

const text = (fact: Fact<string>): string | null => {
  const value = valueOr(fact, '').trim();
  return empty.test(value) ? null : value;
};

/** `ASUS` for `ASUSTeK COMPUTER INC.`; the name itself where it is none of the known ones. */
export const shortVendor = (vendor: string): string =>
  shortVendors.find(([pattern]) => pattern.test(vendor))?.[1] ?? vendor;

/** `AMD Ryzen 9 5950X` for `AMD Ryzen 9 5950X 16-Core Processor`. */
export const shortCpu = (model: string): string =>
  model
    .replace(/\((?:R|TM|tm)\)/g, '')
    .replace(/\s+CPU\b|\s+@.*$/g, '')
    .replace(/\s+(?:\S+-Cores?|Processor)\b.*$/, '')
    .replace(/\s+/g, ' ')
    .trim();

/** What to call a machine in one line: its board, else its product, else its processor, else where it comes from. */
export function machineName(machine: Machine): string {
  const pairs = [
    [machine.board.vendor, machine.board.product],
    [machine.board.systemVendor, machine.board.systemProduct],
  ] as const;
  for (const [vendor, product] of pairs) {
    const name = text(product);
    const maker = text(vendor);
    if (name === null) continue;
    const short = maker === null ? '' : shortVendor(maker);
    return name.toLowerCase().startsWith(short.toLowerCase()) ? name : `${short} ${name}`.trim();
  }
  const model = text(machine.cpu.model);
  return model === null ? machine.source.name : shortCpu(model);
}
