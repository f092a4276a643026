import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import {
  bootLoaders,
  configFileShape,
  distributionShape,
  identityShape,
  imageKinds,
  initramfsTools,
} from '../machine/machine.ts';
import { idsShape } from '../machine/pci-function.ts';
import { evidenceShape, findingShape, valuesShape } from './finding.ts';

export const profiles = ['gaming', 'network', 'storage', 'compute', 'desktop'] as const;
export type Profile = (typeof profiles)[number];

/** Why a function crosses over. */
export const crossingReasons = ['chosen', 'same-slot', 'same-group'] as const;

export const givenShape = v.object({
  address: addressShape,
  path: v.string(),
  ids: v.nullable(idsShape),
  classCode: v.nullable(v.number()),
  /** for people only; a recipe never lets it become syntax */
  name: v.string(),
  reason: v.picklist(crossingReasons),
  /** the chosen function that it comes along with */
  because: addressShape,
  /** only its slot ties it, and a reset of its neighbours leaves it alone: the host may keep it */
  mayStay: v.optional(v.boolean(), false),
  group: v.nullable(v.number()),
  driver: v.nullable(v.string()),
  /** a virtual function: it is there only once its physical function's driver has made it */
  virtual: v.boolean(),
  /** other functions on the host with the same vendor:device, which stay */
  twins: v.array(addressShape),
});
export type Given = v.InferOutput<typeof givenShape>;

/** The jobs that a host can lose. */
export const lossKinds = ['boot-display', 'display', 'disk', 'network', 'input', 'usb', 'sound'] as const;
export type LossKind = (typeof lossKinds)[number];

export const lossShape = v.object({
  kind: v.picklist(lossKinds),
  /** interface, connector or disk, exactly as `--lose` takes it */
  name: v.string(),
  address: addressShape,
  /** `refuse` cannot be answered; `ask` stops until the name is typed; `tell` is said */
  guard: v.picklist(['refuse', 'ask', 'tell']),
  /** which sentence: words/losses.ts */
  situation: v.string(),
  answered: v.boolean(),
  values: valuesShape,
  evidence: v.array(evidenceShape),
});
export type Loss = v.InferOutput<typeof lossShape>;

/** What the host is, as far as recipes need it: a plan is rendered without asking the machine again. */
export const planHostShape = v.object({
  cpuVendor: v.nullable(v.picklist(['intel', 'amd', 'other'])),
  /** whose IOMMU the firmware announces or the processor would have; not always the processor's maker (QEMU mixes them) */
  iommuVendor: v.nullable(v.picklist(['intel', 'amd'])),
  distribution: v.nullable(distributionShape),
  bootLoader: v.nullable(v.picklist(bootLoaders)),
  initramfs: v.nullable(v.picklist(initramfsTools)),
  proxmox: v.nullable(v.boolean()),
  /** the system is an image, whose files are made elsewhere; null: an ordinary one, or not told */
  image: v.optional(v.nullable(v.picklist(imageKinds)), null),
  kernelRelease: v.nullable(v.string()),
  commandLine: v.nullable(v.string()),
  /** the kernel's IOMMU is on as the machine stands */
  iommuOn: v.nullable(v.boolean()),
  configFiles: v.array(configFileShape),
});

export const planShape = v.object({
  slotwise: v.literal('plan'),
  version: v.literal(1),
  machine: identityShape,
  vm: v.object({ name: v.string(), profile: v.picklist(profiles) }),
  /** sorted by address */
  give: v.array(givenShape),
  /** functions of the same cards that the person keeps, each in a group of its own; sorted */
  keep: v.optional(v.array(addressShape), []),
  losses: v.array(lossShape),
  /** what keeps these devices from a guest, whatever the host may lose: one that `blocks` cannot be answered */
  findings: v.optional(v.array(findingShape), () => []),
  /** what the source could not tell and would matter: codes for words/plan.ts */
  unknowns: v.array(v.object({ code: v.string(), where: v.string() })),
  host: planHostShape,
});
export type Plan = v.InferOutput<typeof planShape>;

/** The answer to "what if I give this": a plan that may still wait for guards, or cannot be. */
export const planningShape = v.object({
  /** `ready`: may be written; `waits`: a guard is open; `refused`: no answer opens it */
  state: v.picklist(['ready', 'waits', 'refused']),
  plan: planShape,
});
export type Planning = v.InferOutput<typeof planningShape>;
