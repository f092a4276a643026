import type { AcsBit } from '../pci-function.ts';
import type { AcsOverride, AcsSettings } from './acs-settings.ts';
import { matches } from './device-match.ts';
import type { Device, DeviceIdentity } from './device.ts';
import { isolationQuirks, type IsolationQuirk } from './isolation-quirks.ts';

/** REQ_ACS_FLAGS of drivers/iommu/iommu.c: source validation, request and completion redirect, upstream forwarding. */
export const requiredBits = ['SV', 'RR', 'CR', 'UF'] as const satisfies readonly AcsBit[];
export type RequiredBit = (typeof requiredBits)[number];
const bits = { SV: 0x01, RR: 0x04, CR: 0x08, UF: 0x10 } as const satisfies Record<RequiredBit, number>;
const required = 0x1d;
const redirection = 0x04 | 0x08;

/** Whether a device keeps transactions from its neighbours, and what says so. */
export interface Isolation {
  readonly isolated: boolean;
  readonly by:
    | 'capability'
    /** there is none, and this kind of device would need it */
    | 'no-capability'
    | 'quirk'
    | 'override'
    /** a kind that never or always isolates: conventional PCI, a single function */
    | 'kind';
  /** required bits that are off; with `capability` and `no-capability` only */
  readonly missing: readonly RequiredBit[];
  /** a name stands for several devices that would decide differently; the first one's answer was taken */
  readonly ambiguous: boolean;
}

export interface IsolationContext {
  readonly settings: AcsSettings;
  /** an IVRS table is there, or may be taken for granted */
  readonly ivrs: boolean;
}

/** drivers/pci/pci.c pci_acs_enabled for REQ_ACS_FLAGS, with the bits that Linux enables once its IOMMU is on. */
export function isolationOf(device: Device, context: IsolationContext): Isolation {
  const answers = (device.ids.length === 0 ? [null] : device.ids).map((ids) => answerFor(device, ids, context));
  // Several ids with one name are variants of one chip, of which makers ship the first.
  const first = answers[0] ?? no('kind');
  return { ...first, ambiguous: answers.some((answer) => answer.isolated !== first.isolated) };
}

type Answer = Omit<Isolation, 'ambiguous'>;
const yes = (by: Isolation['by']): Answer => ({ isolated: true, by, missing: [] });
const no = (by: Isolation['by'], missing: readonly RequiredBit[] = []): Answer => ({ isolated: false, by, missing });

function answerFor(device: Device, ids: DeviceIdentity | null, context: IsolationContext): Answer {
  const quirk = ids && isolationQuirks.find((row) => applies(row, device, ids, context));
  if (quirk)
    return quirk.isolates === 'capability' ? byCapability(device, context) : (quirk.isolates ? yes : no)('quirk');
  if (context.settings.override && overridden(device, ids, context.settings.override)) return yes('override');
  switch (device.type) {
    case 'conventional':
    case 'pci-to-pcie-bridge':
    case 'pcie-to-pci-bridge':
    case 'root-complex-event-collector':
      return no('kind');
    case 'root-port':
    case 'downstream-port':
      return byCapability(device, context);
    case 'endpoint':
    case 'legacy-endpoint':
    case 'upstream-port':
    case 'root-complex-endpoint':
      return device.multifunction ? byCapability(device, context) : yes('kind');
  }
}

function applies(row: IsolationQuirk, device: Device, ids: DeviceIdentity, { ivrs }: IsolationContext): boolean {
  if (row.vendor !== ids.vendor) return false;
  if (row.devices !== null && !(ids.device !== null && listed(row.devices, ids.device))) return false;
  if (row.types && !(row.types as readonly string[]).includes(device.type)) return false;
  if (row.when === 'amd-southbridge') return device.multifunction && device.parent === null && ivrs;
  return row.when !== 'has-capability' || device.acs !== null;
}

const listed = (rows: NonNullable<IsolationQuirk['devices']>, id: number): boolean =>
  rows.some((row) => (typeof row === 'number' ? row === id : id >= row[0] && id <= row[1]));

/** The patch leaves alone what is not PCI Express and what has a capability of its own. */
function overridden(device: Device, ids: DeviceIdentity | null, override: AcsOverride): boolean {
  if (device.type === 'conventional' || device.acs !== null) return false;
  if (override.ids.some((each) => each.vendor === ids?.vendor && each.device === ids.device)) return true;
  switch (device.type) {
    case 'root-port':
    case 'downstream-port':
      return override.downstream;
    case 'endpoint':
    case 'legacy-endpoint':
    case 'upstream-port':
    case 'root-complex-endpoint':
      return override.multifunction && device.multifunction;
    case 'pcie-to-pci-bridge':
    case 'pci-to-pcie-bridge':
    case 'root-complex-event-collector':
      return false;
  }
}

/** A bit that the capability lacks counts as hard-wired; of those that it has, Linux enables all that it requires (pci_std_enable_acs). */
function byCapability(device: Device, { settings }: IsolationContext): Answer {
  if (device.acs === null) return no('no-capability', requiredBits);
  const off = device.acs & required & ~enabledBits(device, settings);
  return off === 0
    ? yes('capability')
    : no(
        'capability',
        requiredBits.filter((bit) => (off & bits[bit]) !== 0),
      );
}

/** drivers/pci/pci.c pci_enable_acs: the command line has the last word, first without redirection, then bit by bit. */
function enabledBits(device: Device, settings: AcsSettings): number {
  let control = device.acs ?? 0;
  const stripped = settings.withoutRedirection.some((match) => matches(match, device));
  if (stripped) control &= ~redirection;
  const configured = settings.configuration.find(({ match }) => matches(match, device));
  if (!configured) return control;
  // For the ports with registers of their own layout both parameters only switch redirection off (pci_dev_specific_disable_acs_redir).
  if (hasWideRegisters(device)) return control & ~redirection;
  return (control & ~configured.mask) | (configured.flags & configured.mask);
}

const hasWideRegisters = (device: Device): boolean =>
  isolationQuirks.some(
    (row) =>
      row.when === 'has-capability' &&
      device.type === 'root-port' &&
      device.ids.some(
        (ids) => ids.vendor === row.vendor && ids.device !== null && listed(row.devices ?? [], ids.device),
      ),
  );
