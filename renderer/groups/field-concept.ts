import type { RegisterField } from '../../main/machine/machine.ts';
import type { BitField } from '../kit/bits.ts';
import type { Concept } from '../kit/concept.ts';

/** Fields that are about interrupts, and those that are about caches and requests of devices; all others are the unit's own. */
const concepts: Readonly<Record<string, Concept>> = {
  IR: 'interrupt',
  EIM: 'interrupt',
  MHMV: 'interrupt',
  PI: 'interrupt',
  ESIRTPS: 'interrupt',
  XTSup: 'interrupt',
  GASup: 'interrupt',
  GAMSup: 'interrupt',
  GAUpdateDisSup: 'interrupt',
  ForcePhyDestSup: 'interrupt',
  SNPAVICSup: 'interrupt',
  NumIntRemapSup: 'interrupt',
  MsiCapMmioSup: 'interrupt',
  DT: 'device',
  DIT: 'device',
  PRS: 'device',
  PDS: 'device',
  PASID: 'device',
  PSS: 'device',
  IotlbSup: 'device',
  PPRSup: 'device',
  PASmax: 'device',
  PreFSup: 'device',
  EPHSup: 'device',
  InvIotlbTypeSup: 'device',
};

export const conceptOf = (name: string): Concept => concepts[name] ?? 'unit';

/** A register's field as the strip draws it. */
export const bitFieldOf = ({ high, low, name }: RegisterField): BitField => ({
  high,
  low,
  label: name,
  concept: conceptOf(name),
});
