import * as v from 'valibot';
import { secretKinds } from '../machine/redaction/pseudonyms.ts';
import { contentShape } from '../machine/report/contents.ts';
import { reportShape } from '../machine/report/versions.ts';

/** Whether names and numbers of the person and the network are replaced. */
export const reportQuestionShape = v.object({ redact: v.boolean() });
export type ReportQuestion = v.InferOutput<typeof reportQuestionShape>;

export const replacedShape = v.object({
  kind: v.picklist(secretKinds),
  /** different secrets of this kind */
  count: v.number(),
  /** what stands for each, and how often in the report; empty where nothing was replaced */
  names: v.array(v.object({ name: v.string(), times: v.number() })),
});
export type ReplacedKind = v.InferOutput<typeof replacedShape>;

/** A report that is ready to be saved, and what a person has to know before it is sent. */
export const madeReportShape = v.object({
  document: reportShape,
  /** `asus-prime-x299-a-2026-01-02.slotwise.json` */
  fileName: v.string(),
  redacted: v.boolean(),
  contents: v.array(contentShape),
  /** the secrets that were found: replaced in a redacted report, there as they are in another */
  secrets: v.array(replacedShape),
  /** comments of configuration files: left out of a redacted report */
  comments: v.number(),
  /** a few lines of Markdown for a forum, of the machine as the report tells it */
  summary: v.string(),
});
export type MadeReport = v.InferOutput<typeof madeReportShape>;
