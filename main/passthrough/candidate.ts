import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import { lossShape } from './plan.ts';

export const candidateKinds = ['gpu', 'network', 'usb', 'storage', 'sound', 'accelerator', 'other'] as const;

/** One thing that a person could give: a slot's worth of functions, named by its main one. */
export const candidateShape = v.object({
  address: addressShape,
  kind: v.picklist(candidateKinds),
  name: v.string(),
  /** the other functions that cross over with it */
  comesAlong: v.array(
    v.object({ address: addressShape, name: v.string(), reason: v.picklist(['same-slot', 'same-group']) }),
  ),
  group: v.nullable(v.number()),
  /** nothing but its own slot is in its group; null: groups are not known */
  alone: v.nullable(v.boolean()),
  /** whether group and company are the kernel's own or foretold by its rule; null: neither */
  grouping: v.nullable(v.picklist(['read', 'predicted'])),
  driver: v.nullable(v.string()),
  losses: v.array(lossShape),
});
export type Candidate = v.InferOutput<typeof candidateShape>;
