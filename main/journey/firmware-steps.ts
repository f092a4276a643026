import { valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import { firmwareTable, isMissing } from '../passthrough/requirements/firmware-table.ts';
import { interruptRemapping } from '../passthrough/requirements/interrupt-remapping.ts';
import { virtualizationExtension } from '../passthrough/requirements/virtualization-extension.ts';
import { citation, type FirmwarePage, type PageSwitch } from './firmware-guide.ts';
import { firmwarePageFor, madeBy } from './firmware-page.ts';
import { platformOf } from './remapping-state.ts';
import type { FirmwareGuide, FirmwareSwitch, SwitchPurpose } from './state.ts';

/** The way to the switches that this machine still needs, in this vendor's words. */
export function firmwareGuideFor(machine: Machine): FirmwareGuide {
  const { page, remark } = firmwarePageFor(madeBy(machine));
  const needed = neededSwitches(machine);
  // A virtual machine's firmware has no such switches; its hypervisor has to give it an IOMMU.
  const inVm = valueOr(machine.cpu.underHypervisor, false);
  const switches = inVm ? [] : pageSwitches(page, machine).filter(({ purpose }) => needed.includes(purpose));
  return {
    vendor: page.vendor,
    setupKeys: page.setup.keys,
    setupKeySource: citation(page.setup.sources),
    advancedKeys: page.advanced?.keys ?? [],
    advancedKeySource: page.advanced ? citation(page.advanced.sources) : null,
    switches: oncePerPath(switches.map((found) => asGuide(found, valueOr(machine.board.product, null)))),
    remarks: inVm ? ['inside-vm'] : [...(remark === null ? [] : [remark]), ...relevant(page, switches)],
    // systemd asks the firmware by the EFI variable OsIndications; there is none after a BIOS boot (systemctl(1), --firmware-setup).
    restart: !inVm && valueOr(machine.firmware.efi, false) ? 'systemctl reboot --firmware-setup' : null,
  };
}

/** The switches that are known to be off, and the IOMMU's also where the source cannot tell. */
export function neededSwitches(machine: Machine): SwitchPurpose[] {
  const needed: SwitchPurpose[] = [];
  if (virtualizationExtension(machine).verdict === 'blocks') needed.push('virtualization');
  const table = firmwareTable(machine);
  if (isMissing(table) || table.situation === 'unknown') needed.push('iommu');
  if (interruptRemapping(machine).situation === 'off') needed.push('interrupt-remapping');
  return needed;
}

function pageSwitches(page: FirmwarePage, machine: Machine): readonly PageSwitch[] {
  const platform = platformOf(machine);
  if (platform === 'intel') return page.intel;
  if (platform === 'amd') return page.amd;
  return platform === null ? [...page.intel, ...page.amd] : [];
}

/** Some firmware has one switch for both: say it once. */
function oncePerPath(switches: readonly FirmwareSwitch[]): FirmwareSwitch[] {
  const seen = new Set<string>();
  return switches.filter((one) => {
    const place = one.path.join('\n');
    if (place === '' || !seen.has(place)) {
      seen.add(place);
      return true;
    }
    return false;
  });
}

function asGuide({ sources, ...rest }: PageSwitch, board: string | null): FirmwareSwitch {
  return {
    ...rest,
    source: citation(sources),
    confirmed: board !== null && rest.seenOn.some((name) => isBoard(board, name)),
  };
}

const squeezed = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** `PRIME B360M-A` is told of that board only, not of a `PRIME B360M-A II`; a maker's suffix for radio is no other board. */
const isBoard = (board: string, name: string): boolean =>
  squeezed(board).replace(/(wifi|ac|ax)+$/, '') === squeezed(name).replace(/(wifi|ac|ax)+$/, '');

/** Remarks on switches that are not asked for would only distract. */
const relevant = (page: FirmwarePage, switches: readonly PageSwitch[]): string[] =>
  page.remarks.filter((code) => code !== 'amd-enabled-not-auto' || switches.some(({ from }) => from === 'Auto'));
