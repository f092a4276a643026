import * as v from 'valibot';

/** Where a value comes from: read (this file, this register), computed from what was read, taken for granted, or made up by the simulator. */
export const provenances = ['measured', 'derived', 'assumed', 'simulated'] as const;
export const provenanceShape = v.picklist(provenances);
export type Provenance = (typeof provenances)[number];

/** What it would take to know a value that is not known. */
export const needs = [
  /** root: without it config space ends at 64 bytes and the kernel log is closed */
  'root',
  /** the source (a pasted text, an archive) does not hold it; the machine itself would */
  'fuller-source',
  /** the kernel makes it only with its IOMMU on */
  'iommu-on',
  /** only Linux tells it */
  'linux',
  /** an administrator of Windows: its storage and its boot settings are closed to others */
  'administrator',
  /** the file was there and could not be read or understood */
  'readable-file',
] as const;
export const needShape = v.picklist(needs);
export type Need = (typeof needs)[number];

export interface Known<T> {
  known: true;
  value: T;
  provenance: Provenance;
  /** the file, register or line that says so, for people: `/proc/cmdline`, `config 100h` */
  where: string;
}
export interface Unknown {
  known: false;
  needs: Need;
  /** where one would look */
  where: string;
}
export type Fact<T> = Known<T> | Unknown;

export const known = <T>(value: T, provenance: Provenance, where: string): Fact<T> => ({
  known: true,
  value,
  provenance,
  where,
});
export const measured = <T>(value: T, where: string): Fact<T> => known(value, 'measured', where);
export const unknown = (need: Need, where: string): Unknown => ({ known: false, needs: need, where });

/** The value, or `otherwise` where it is unknown. */
export const valueOr = <T, U>(fact: Fact<T>, otherwise: U): T | U => (fact.known ? fact.value : otherwise);

/** The run-time shape of a fact about `value`. */
export const factShape = <S extends v.GenericSchema>(value: S) =>
  v.variant('known', [
    v.object({ known: v.literal(true), value, provenance: provenanceShape, where: v.string() }),
    v.object({ known: v.literal(false), needs: needShape, where: v.string() }),
  ]);

/** The same of a value that machines did not tell from the beginning: in a report from before then it is unknown. */
export const laterFactShape = <S extends v.GenericSchema>(value: S, where: string) =>
  v.optional(factShape(value), () => unknown('fuller-source', where));
