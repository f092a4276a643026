import type { IommuUnit, RegisterField } from '../machine.ts';
import { amdviCapability, amdviFeatures, amdviFeatures2 } from './amdvi-features.ts';
import { readFields, type BitField } from './bit-fields.ts';
import { vtdCapability, vtdExtendedCapability } from './vtd-capability.ts';

const fieldsOf = (
  register: RegisterField['register'],
  value: string | null,
  table: readonly BitField[],
): RegisterField[] =>
  (value === null ? null : readFields(value, table))?.map((field) => ({ register, ...field })) ?? [];

/** Capabilities of a VT-d unit, bit by bit. */
export const vtdUnitFields = ({
  capability,
  extendedCapability,
}: Pick<IommuUnit, 'capability' | 'extendedCapability'>): RegisterField[] => [
  ...fieldsOf('capability', capability, vtdCapability),
  ...fieldsOf('extended-capability', extendedCapability, vtdExtendedCapability),
];

/** Capabilities of an AMD-Vi unit, bit by bit. */
export const amdviUnitFields = ({
  capability,
  extendedCapability,
  moreFeatures,
}: Pick<IommuUnit, 'capability' | 'extendedCapability' | 'moreFeatures'>): RegisterField[] => [
  ...fieldsOf('capability', capability, amdviCapability),
  ...fieldsOf('extended-capability', extendedCapability, amdviFeatures),
  ...fieldsOf('more-features', moreFeatures, amdviFeatures2),
];
