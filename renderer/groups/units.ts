import type { PciAddress } from '../../main/machine/address.ts';
import type { RemappingHardware } from '../../main/machine/firmware-table/shape.ts';
import type { IommuUnit, Machine } from '../../main/machine/machine.ts';

type TableUnit = RemappingHardware['units'][number];

/** An IOMMU unit as the kernel shows it, as the firmware's table lists it, or both. */
export interface Unit {
  /** `dmar0`; `table-3` where the kernel does not run it */
  readonly id: string;
  readonly vendor: 'vtd' | 'amdvi';
  readonly kernel: IommuUnit | null;
  readonly table: TableUnit | null;
  /** an AMD unit is a PCI function and stands in the tree itself */
  readonly function: PciAddress | null;
  /** whose DMA goes through it, by the table, else by the kernel */
  readonly serves: readonly PciAddress[];
}

const sameBase = (kernel: IommuUnit, table: TableUnit): boolean =>
  kernel.registerBase !== null && /^0x[0-9a-f]+$/i.test(kernel.registerBase)
    ? BigInt(kernel.registerBase) === BigInt(table.registerBase)
    : kernel.function !== null && kernel.function === table.function;

/** All units, the kernel's first in its order, then those that only the table has. */
export function unitsOf({ iommu, firmware }: Machine): readonly Unit[] {
  const hardware = firmware.remapping.known ? firmware.remapping.value : null;
  const left = new Set(hardware?.units ?? []);
  const running = (iommu.units.known ? iommu.units.value : []).map((kernel): Unit => {
    const table = [...left].find((one) => sameBase(kernel, one)) ?? null;
    if (table !== null) left.delete(table);
    return {
      id: kernel.name,
      vendor: kernel.name.startsWith('ivhd') || hardware?.table === 'IVRS' ? 'amdvi' : 'vtd',
      kernel,
      table,
      function: kernel.function ?? table?.function ?? null,
      serves: table?.owns ?? kernel.devices,
    };
  });
  const listed = [...left].map((table): Unit => ({
    id: `table-${table.structure}`,
    vendor: hardware?.table === 'IVRS' ? 'amdvi' : 'vtd',
    kernel: null,
    table,
    function: table.function,
    serves: table.owns,
  }));
  return [...running, ...listed];
}

/** The unit that a function's DMA goes through; null where none does, or nobody tells. */
export const unitServing = (units: readonly Unit[], address: PciAddress): Unit | null =>
  units.find(({ serves }) => serves.includes(address)) ?? null;

/** `dmar0`, or where its registers are. */
export const unitName = ({ kernel, table, id }: Unit): string => kernel?.name ?? table?.registerBase ?? id;
