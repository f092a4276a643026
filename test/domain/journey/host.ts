import { measured } from '../../../main/machine/fact.ts';
import { identityOf } from '../../../main/machine/identity.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { isPlanProblem, makePlan } from '../../../main/passthrough/make-plan.ts';
import type { Plan } from '../../../main/passthrough/plan.ts';
import { at, debian, desktopFunctions, desktopGroups, machineWith, type Told } from '../../hosts/built-machine.ts';

export interface Board {
  readonly vendor?: string;
  readonly product?: string;
  readonly systemVendor?: string;
  readonly systemProduct?: string;
  readonly bootId?: string;
  readonly efi?: boolean;
  readonly asRoot?: boolean;
}

const bare: Board = { vendor: 'ASUSTeK COMPUTER INC.', product: 'PRIME B360M-A' };
/** The board in a boot that has no name. */
export const withoutBoot: Board = { ...bare, efi: true };
export const withoutEfi: Board = { ...bare, bootId: 'boot-1' };
export const asus: Board = { ...withoutEfi, efi: true };

/** A machine with a board, in a boot of its own. */
export function hostWith(facts: Partial<Told> = {}, board: Board = asus): Machine {
  const machine = machineWith({ ...debian, functions: desktopFunctions(), groups: desktopGroups(), ...facts });
  const dmi = (name: string, value: string | undefined, otherwise: Machine['board']['vendor']) =>
    value === undefined ? otherwise : measured(value, `/sys/class/dmi/id/${name}`);
  const described = {
    ...machine.board,
    vendor: dmi('board_vendor', board.vendor, machine.board.vendor),
    product: dmi('board_name', board.product, machine.board.product),
    systemVendor: dmi('sys_vendor', board.systemVendor, machine.board.systemVendor),
    systemProduct: dmi('product_name', board.systemProduct, machine.board.systemProduct),
  };
  return {
    ...machine,
    board: described,
    identity: identityOf(described, machine.functions),
    firmware:
      board.efi === undefined
        ? machine.firmware
        : { ...machine.firmware, efi: measured(board.efi, '/sys/firmware/efi') },
    asRoot: board.asRoot === undefined ? machine.asRoot : measured(board.asRoot, 'config'),
    kernel: {
      ...machine.kernel,
      bootId: board.bootId === undefined ? machine.kernel.bootId : measured(board.bootId, 'boot_id'),
    },
  };
}

/** The card of the desktop, given to a machine called `win`. */
export function planFor(machine: Machine, ...addresses: string[]): Plan {
  const give = (addresses.length === 0 ? ['0000:01:00.0'] : addresses).map(at);
  const made = makePlan(machine, { give, keep: [], lose: [], vmName: 'win', profile: 'gaming' });
  if (isPlanProblem(made)) throw new Error(`no plan: ${made.code} ${made.detail}`);
  return made.plan;
}
