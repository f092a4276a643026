import * as v from 'valibot';
import data from '../../resources/firmware-guide.json' with { type: 'json' };
import { firmwareRemarks } from './situations.ts';
import { firmwareSwitchShape } from './state.ts';

/** Ids of `sources`; none: nobody public was found who says so, and it is shown as unverified. */
const citations = v.array(v.string());

const keysShape = v.object({ keys: v.pipe(v.array(v.string()), v.minLength(1)), sources: citations });

const { purpose, path, names, from, to, seenOn } = firmwareSwitchShape.entries;
const pageSwitchShape = v.object({ purpose, path, names, from, to, seenOn, sources: citations });
export type PageSwitch = v.InferOutput<typeof pageSwitchShape>;

const pageShape = v.object({
  id: v.string(),
  /** null: the general page */
  vendor: v.nullable(v.string()),
  setup: keysShape,
  advanced: v.nullable(keysShape),
  intel: v.array(pageSwitchShape),
  amd: v.array(pageSwitchShape),
  remarks: v.array(v.picklist(firmwareRemarks)),
});
export type FirmwarePage = v.InferOutput<typeof pageShape>;

const patternShape = v.pipe(
  v.string(),
  v.transform((text) => new RegExp(text, 'i')),
);

/** `vendor` is tried on the DMI vendors; `model` on product and board name; `board` on the board name of an unknown vendor. */
const ruleShape = v.object({
  page: v.string(),
  vendor: patternShape,
  model: v.nullable(patternShape),
  board: v.nullable(patternShape),
  remark: v.nullable(v.picklist(firmwareRemarks)),
});
export type PageRule = v.InferOutput<typeof ruleShape>;

/** What `resources/firmware-guide.json` holds. */
export const firmwareBookShape = v.object({
  sources: v.record(v.string(), v.object({ title: v.string(), address: v.string() })),
  /** the first that fits wins */
  rules: v.array(ruleShape),
  pages: v.array(pageShape),
});
export type FirmwareBook = v.InferOutput<typeof firmwareBookShape>;

export const firmwareBook: FirmwareBook = v.parse(firmwareBookShape, data);

/** Title and address of each source in one text; null where there is none. */
export function citation(sources: readonly string[]): string | null {
  const told = sources.flatMap((id) => {
    const source = firmwareBook.sources[id];
    return source ? [`${source.title}, ${source.address}`] : [];
  });
  return told.length === 0 ? null : told.join('; ');
}
