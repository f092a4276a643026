import { readDeviceMatch, type DeviceMatch } from './device-match.ts';

/** `pcie_acs_override=`, a patch that distributions carry and mainline does not (https://lkml.org/lkml/2013/5/30/513). */
export interface AcsOverride {
  readonly downstream: boolean;
  readonly multifunction: boolean;
  readonly ids: readonly { readonly vendor: number; readonly device: number }[];
}

/** One `FLAGS@DEVICE` of `pci=config_acs=`: bits outside `mask` (written `x`) stay as they are. */
export interface AcsConfiguration {
  readonly mask: number;
  readonly flags: number;
  readonly match: DeviceMatch;
}

/** What changes the ACS bits that Linux would enable by itself. */
export interface AcsSettings {
  readonly override: AcsOverride | null;
  readonly configuration: readonly AcsConfiguration[];
  /** `pci=disable_acs_redir=` */
  readonly withoutRedirection: readonly DeviceMatch[];
}

/** What `--acs` asks for; `text` is what stands behind `pcie_acs_override=` or `pci=config_acs=`. */
export type AcsChoice = { kind: 'as-is' } | { kind: 'override'; text: string } | { kind: 'config'; text: string };

/** `as-is`, `override:MODE`, `config:STR`; null for anything else, or where no kernel would understand it. */
export function readAcsChoice(text: string): AcsChoice | null {
  if (text === 'as-is') return { kind: 'as-is' };
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (kind === 'override') return readOverride(rest) === null ? null : { kind, text: rest };
  if (kind === 'config') return readConfiguration(rest).understood ? { kind, text: rest } : null;
  return null;
}

/**
 * The settings of a command line, with one of them replaced by the choice. `withoutPatch`: the kernel called
 * `pcie_acs_override=` unknown, so that what stands there did nothing.
 */
export function acsSettings(commandLine: string, choice: AcsChoice, withoutPatch = false): AcsSettings {
  const options = pciOptions(commandLine);
  // The patch reads each of several (early_param), and adds them up.
  const ownOverride = withoutPatch ? '' : valuesOf(commandLine, 'pcie_acs_override').join(',');
  const override = choice.kind === 'override' ? choice.text : ownOverride;
  const configuration = choice.kind === 'config' ? choice.text : options.get('config_acs');
  return {
    override: readOverride(override),
    configuration: configuration === undefined ? [] : readConfiguration(configuration).entries,
    withoutRedirection: matchesOf(options.get('disable_acs_redir') ?? ''),
  };
}

/** drivers/pci/pci.c __pci_config_acs: the list ends where an entry cannot be read. */
function matchesOf(text: string): DeviceMatch[] {
  const found: DeviceMatch[] = [];
  for (const part of text.split(';')) {
    const match = readDeviceMatch(part);
    if (match === null) break;
    found.push(match);
  }
  return found;
}

/** Values of `pci=a,b=…`, which may stand several times; the last one of a name counts. Quoted values keep their blanks. */
function pciOptions(commandLine: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const value of valuesOf(commandLine, 'pci')) {
    for (const part of value.split(',')) {
      const at = part.indexOf('=');
      if (at > 0) options.set(part.slice(0, at), part.slice(at + 1));
    }
  }
  return options;
}

function valuesOf(commandLine: string, name: string): string[] {
  const values: string[] = [];
  for (const word of commandLine.split(/\s+/)) {
    // What stands behind a lone `--` is the first program's, not the kernel's (init/main.c parse_args).
    if (word === '--') break;
    const plain = word.replaceAll('"', '');
    if (plain.startsWith(`${name}=`)) values.push(plain.slice(name.length + 1));
  }
  return values;
}

/** The patch compares beginnings, takes up to four digits of each id, and passes over what it does not know; null where nothing is left. */
function readOverride(text: string): AcsOverride | null {
  const words = text.split(',');
  const ids = words.flatMap((word) => {
    const [, vendor = '', device = ''] = /^id:([0-9a-f]{1,4}):([0-9a-f]{1,4})/i.exec(word) ?? [];
    return vendor === '' ? [] : [{ vendor: parseInt(vendor, 16), device: parseInt(device, 16) }];
  });
  const downstream = words.some((word) => word.startsWith('downstream'));
  const multifunction = words.some((word) => word.startsWith('multifunction'));
  return downstream || multifunction || ids.length > 0 ? { downstream, multifunction, ids } : null;
}

/** drivers/pci/pci.c __pci_config_acs: the rightmost digit is bit 0; what it cannot read ends the list there. */
function readConfiguration(text: string): { entries: AcsConfiguration[]; understood: boolean } {
  const entries: AcsConfiguration[] = [];
  const parts = text.split(/[;,]/).filter((part) => part !== '');
  for (const part of parts) {
    const [digits = '', place] = part.split('@');
    const match = place === undefined ? null : readDeviceMatch(place);
    if (match === null || !/^[xX]{0,57}[01xX]{1,7}$/.test(digits)) return { entries, understood: false };
    let mask = 0;
    let flags = 0;
    for (let bit = 0; bit < digits.length; bit++) {
      const digit = digits[digits.length - 1 - bit];
      if (digit === '0' || digit === '1') mask |= 1 << bit;
      if (digit === '1') flags |= 1 << bit;
    }
    entries.push({ mask, flags, match });
  }
  return { entries, understood: parts.length > 0 };
}
