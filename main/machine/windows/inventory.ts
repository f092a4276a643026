import * as v from 'valibot';
import { sections, type Field, type FieldKind, type SectionName } from './fields.ts';

export const inventoryFormat = 'slotwise-windows';
export const inventoryVersion = 1;

/** A server has hundreds of functions and a thousand devices; what is longer was not written by the collector. */
const mostRows = 20_000;
const longestText = 65_536;

const text = v.pipe(v.string(), v.maxLength(longestText));
const number = v.pipe(v.number(), v.finite());

interface Values {
  text: string;
  number: number;
  flag: boolean;
  texts: string[];
  numbers: number[];
}

/** A list, also as Windows PowerShell 5.1 may write one: alone where it has one member, or wrapped as `{ value, Count }`. */
const listOf = <T extends v.GenericSchema>(member: T) =>
  v.pipe(
    v.unknown(),
    v.transform((given): unknown => {
      if (given === null || given === undefined) return [];
      if (Array.isArray(given)) return given;
      return typeof given === 'object' && 'value' in given && 'Count' in given ? given.value : [given];
    }),
    v.pipe(v.array(member), v.maxLength(mostRows)),
  );

const shapes = {
  text,
  number,
  flag: v.boolean(),
  texts: listOf(text),
  numbers: listOf(number),
} as const satisfies { readonly [K in FieldKind]: v.GenericSchema<unknown, Values[K]> };

type Fields = Readonly<Record<string, Field>>;
type RowOf<F extends Fields> = { readonly [N in keyof F]: Values[F[N]['kind']] | null };

const rowShape = <F extends Fields>(fields: F): v.GenericSchema<unknown, RowOf<F>> =>
  v.object(
    Object.fromEntries(
      Object.entries(fields).map(([name, { kind }]) => [name, v.optional(v.nullable(shapes[kind]), null)]),
    ),
  ) as unknown as v.GenericSchema<unknown, RowOf<F>>;

type Sections = typeof sections;
export type Row<S extends SectionName> = RowOf<Sections[S]['fields']>;

/** The rows of each section; null where Windows did not tell it (see `missing`). */
type Rows = { readonly [S in SectionName]: readonly Row<S>[] | null };

/** The inventory that the collector writes, by the one table of sections. */
export const inventoryShape = v.object({
  format: v.literal(inventoryFormat),
  version: v.literal(inventoryVersion),
  collectedAt: v.nullable(text),
  /** it ran as an administrator */
  elevated: v.boolean(),
  powershell: v.nullable(text),
  /** sections that could not be read, with the kind of the error */
  missing: v.optional(listOf(v.object({ section: text, reason: v.nullable(text) })), () => []),
  sections: v.object(
    Object.fromEntries(
      Object.entries(sections).map(([name, { fields }]) => [
        name,
        v.optional(v.nullable(listOf(rowShape(fields))), null),
      ]),
    ),
  ) as unknown as v.GenericSchema<unknown, Rows>,
});
export type Inventory = v.InferOutput<typeof inventoryShape>;

/** Whether a parsed JSON says that it is an inventory of Windows, of any version. */
export const isInventory = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === inventoryFormat;
