import { measured, unknown, type Fact } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import type { CapabilityList } from './capability-list.ts';
import { extendedId } from './capability-names.ts';
import { configPlace, dwordAt, wordAt } from './registers.ts';

type Value<K extends keyof PciFunction> = PciFunction[K] extends Fact<infer T> ? NonNullable<T> : never;

const cutAt = (offset: number) => unknown('readable-file', configPlace(offset));

/** Access Control Services (PCIe base specification, ACS Extended Capability): capability at +4, control at +6. */
export function decodeAcs(bytes: Uint8Array, offset: number): Fact<Value<'acs'>> {
  const capability = wordAt(bytes, offset + 4);
  const control = wordAt(bytes, offset + 6);
  if (capability === null || control === null) return cutAt(offset);
  // Only the seven classic bits: bit 7 (enhanced capability) and the egress vector size above it decide no grouping.
  return measured({ capability: capability & 0x7f, control: control & 0x7f }, configPlace(offset));
}

/** Address Translation Services: enable is bit 15 of the control register at +6. */
export function decodeAts(bytes: Uint8Array, offset: number): Fact<Value<'ats'>> {
  const control = wordAt(bytes, offset + 6);
  return control === null ? cutAt(offset) : measured({ enabled: (control & 0x8000) !== 0 }, configPlace(offset));
}

/** Supported Page Sizes (SR-IOV, +1Ch): bit n for 2^(n + 12) bytes. */
export const pageSizes = (mask: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).flatMap((bit) => ((mask >>> bit) & 1 ? [4 * 2 ** bit] : []));

/** Single Root I/O Virtualization: `enabledVfs` is NumVFs while VF Enable (control bit 0) is set, otherwise 0. */
export function decodeSriov(bytes: Uint8Array, offset: number): Fact<Value<'sriov'>> {
  const control = wordAt(bytes, offset + 0x08);
  const totalVfs = wordAt(bytes, offset + 0x0e);
  const numVfs = wordAt(bytes, offset + 0x10);
  const first = wordAt(bytes, offset + 0x14);
  const stride = wordAt(bytes, offset + 0x16);
  const vfDevice = wordAt(bytes, offset + 0x1a);
  if (control === null || totalVfs === null || numVfs === null || first === null || stride === null) {
    return cutAt(offset);
  }
  const enabledVfs = (control & 1) === 1 ? numVfs : 0;
  const pages = dwordAt(bytes, offset + 0x1c);
  const pageKilobytes = pages === null ? null : pageSizes(pages);
  return measured({ totalVfs, enabledVfs, offset: first, stride, vfDevice, pageKilobytes }, configPlace(offset));
}

/**
 * Resizable BAR: pairs of capability and control registers from +4; the first control register counts the pairs (bits
 * 7:5, at most 6). Capability bit 4 + n and control bit 16 + n say that 2^n and 2^(28+n) MiB are supported; control bits
 * 13:8 hold the exponent in force.
 */
export function decodeResizableBars(bytes: Uint8Array, offset: number): Fact<Value<'resizableBars'>> {
  const first = dwordAt(bytes, offset + 8);
  if (first === null) return cutAt(offset);
  const bars: Value<'resizableBars'> = [];
  const pairs = Math.min((first >>> 5) & 0b111, 6);
  for (let pair = 0; pair < pairs; pair++) {
    const capability = dwordAt(bytes, offset + 4 + 8 * pair);
    const control = dwordAt(bytes, offset + 8 + 8 * pair);
    if (capability === null || control === null) return cutAt(offset);
    const sizesMegabytes: number[] = [];
    for (let n = 0; n < 28; n++) if ((capability >>> (4 + n)) & 1) sizesMegabytes.push(2 ** n);
    for (let n = 0; n < 16; n++) if ((control >>> (16 + n)) & 1) sizesMegabytes.push(2 ** (28 + n));
    const exponent = (control >>> 8) & 0x3f;
    bars.push({ bar: control & 0b111, sizesMegabytes, currentMegabytes: exponent <= 43 ? 2 ** exponent : null });
  }
  return measured(bars, configPlace(offset));
}

/** Page Request Interface: enable is bit 0 of the control register at +4. */
export function decodePri(bytes: Uint8Array, offset: number): Fact<Value<'pri'>> {
  const control = wordAt(bytes, offset + 4);
  return control === null ? cutAt(offset) : measured({ enabled: (control & 1) === 1 }, configPlace(offset));
}

/** Process Address Space ID: capability at +4 (execute bit 1, privileged bit 2, width 12:8), control at +6. */
export function decodePasid(bytes: Uint8Array, offset: number): Fact<Value<'pasid'>> {
  const capability = wordAt(bytes, offset + 4);
  const control = wordAt(bytes, offset + 6);
  if (capability === null || control === null) return cutAt(offset);
  return measured(
    {
      enabled: (control & 1) === 1,
      width: (capability >> 8) & 0x1f,
      execute: (capability & 0b010) !== 0,
      privileged: (capability & 0b100) !== 0,
    },
    configPlace(offset),
  );
}

/** Alternative Routing-ID Interpretation: the next function's number is bits 15:8 of the capability at +4. */
export function decodeAri(bytes: Uint8Array, offset: number): Fact<Value<'ari'>> {
  const capability = wordAt(bytes, offset + 4);
  return capability === null ? cutAt(offset) : measured({ nextFunction: capability >> 8 }, configPlace(offset));
}

/** drivers/pci/pci.h PCI_VSEC_ID_INTEL_TBT */
const thunderboltId = 0x1234;

/** Intel marks its Thunderbolt and USB4 controllers by a vendor-specific capability (drivers/pci/probe.c set_pcie_thunderbolt). */
export const hasThunderboltMark = (bytes: Uint8Array, { entries }: CapabilityList): boolean =>
  entries.some(({ id, offset }) => id === extendedId.vendorSpecific && wordAt(bytes, offset + 4) === thunderboltId);
