import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import { requiredBits } from '../machine/grouping/isolation.ts';
import { joinRules } from '../machine/grouping/join.ts';

const joinShape = v.object({
  rule: v.picklist(joinRules),
  port: v.nullable(addressShape),
  missing: v.exactOptional(v.array(v.picklist(requiredBits))),
});

export const groupWithJoinsShape = v.object({
  id: v.number(),
  devices: v.array(addressShape),
  joinedBy: v.array(joinShape),
});
export type GroupWithJoins = v.InferOutput<typeof groupWithJoinsShape>;

/** What `groups` asks for; nothing of it: the kernel's groups where the source has them. */
export const groupsQuestionShape = v.object({
  /** always computed, the kernel's groups in the source are not looked at */
  predict: v.exactOptional(v.boolean()),
  /** `as-is`, `override:MODE`, `config:STR` */
  acs: v.exactOptional(v.pipe(v.string(), v.maxLength(4096))),
  /** the card with this function moves to this port; `swap`: what is there takes its place */
  move: v.exactOptional(v.object({ card: addressShape, port: addressShape, swap: v.exactOptional(v.boolean()) })),
});
export type GroupsQuestion = v.InferOutput<typeof groupsQuestionShape>;

/** What `groups --json` prints. */
export const groupsShape = v.object({
  source: v.picklist(['read', 'predicted']),
  groups: v.array(groupWithJoinsShape),
  /** what had to be taken for granted, in sentences */
  assumed: v.exactOptional(v.array(v.string())),
  /** beside the kernel's groups, where the prediction differs from them: the predicted ones */
  predicted: v.exactOptional(v.array(groupWithJoinsShape)),
});
export type Groups = v.InferOutput<typeof groupsShape>;

/** What could take a device out of its group, and the group that it would then have. */
export const wayOutShape = v.object({
  kind: v.picklist(['slot', 'config', 'override']),
  /** the port, or what stands behind `pci=config_acs=` or `pcie_acs_override=` */
  text: v.string(),
  devices: v.array(addressShape),
});
export type WayOut = v.InferOutput<typeof wayOutShape>;

/** What `explain` prints. */
export const explanationShape = v.object({
  source: v.picklist(['read', 'predicted']),
  group: groupWithJoinsShape,
  predicted: v.exactOptional(v.array(groupWithJoinsShape)),
  /** for the function that was asked about, else for the group's first one */
  about: addressShape,
  waysOut: v.array(wayOutShape),
  assumed: v.exactOptional(v.array(v.string())),
});
export type Explanation = v.InferOutput<typeof explanationShape>;
