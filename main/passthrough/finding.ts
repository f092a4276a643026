import * as v from 'valibot';
import { provenanceShape } from '../machine/fact.ts';

/** What is judged, one code each; the sentences stand in words/findings.ts. */
export const findingCodes = [
  'virtualization-extension',
  'firmware-table',
  'firmware-fault',
  'firmware-wish',
  'iommu-on',
  'interrupt-remapping',
  'group-viable',
  'reserved-memory',
  'driver-in-use',
  'configured',
  'folklore',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export const verdicts = ['fine', 'attention', 'blocks', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

/** A claim with what it rests on, so that it can be opened. */
export const evidenceShape = v.object({
  /** code of the claim, for words/evidence.ts */
  claim: v.string(),
  provenance: provenanceShape,
  /** file, register or line */
  where: v.string(),
  /** what stands there, verbatim and bounded; null where absence is the evidence */
  reading: v.nullable(v.string()),
});
export type Evidence = v.InferOutput<typeof evidenceShape>;

/** Values that the sentences name: plain text from the machine, never markup. */
export const valuesShape = v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]));
export type Values = v.InferOutput<typeof valuesShape>;

export const findingShape = v.object({
  code: v.picklist(findingCodes),
  verdict: v.picklist(verdicts),
  /** which of the code's situations this is: the key of its sentences */
  situation: v.string(),
  /** an address, `group 14` or a file; null when it is about the machine */
  subject: v.nullable(v.string()),
  values: valuesShape,
  evidence: v.array(evidenceShape),
  /** what to do, in order, codes of words/remedies.ts */
  remedies: v.array(v.object({ code: v.string(), values: valuesShape })),
});
export type Finding = v.InferOutput<typeof findingShape>;

/** The one answer of the first screen. */
export const answers = ['yes', 'yes-after', 'no', 'unknown'] as const;
export type Answer = (typeof answers)[number];
