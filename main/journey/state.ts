import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import { identityShape } from '../machine/machine.ts';
import { evidenceShape, valuesShape } from '../passthrough/finding.ts';
import { planShape } from '../passthrough/plan.ts';

export const stages = ['look', 'firmware', 'host', 'choose', 'write', 'reboot', 'verify'] as const;
export type Stage = (typeof stages)[number];

export const stageMarks = ['done', 'now', 'to-come', 'skipped', 'blocked'] as const;

/** What a switch in the firmware's menus is for. */
export const switchPurposes = ['virtualization', 'iommu', 'interrupt-remapping', 'acs', 'above-4g', 'sr-iov'] as const;
export type SwitchPurpose = (typeof switchPurposes)[number];

/** One switch in the firmware's menus, as this vendor calls it. */
export const firmwareSwitchShape = v.object({
  /** what it is for: words/journey.ts */
  purpose: v.picklist(switchPurposes),
  /** menu names from the top, the switch itself last; empty on the general page: then look for one of `names` */
  path: v.array(v.string()),
  /** the names that the switch goes by */
  names: v.array(v.string()),
  from: v.nullable(v.string()),
  to: v.string(),
  /** a public source, title and address, or null: shown as "unverified" */
  source: v.nullable(v.string()),
  /** boards and machines on which the source saw it; empty: the source names none */
  seenOn: v.array(v.string()),
  /** this very board is among them */
  confirmed: v.boolean(),
});
export type FirmwareSwitch = v.InferOutput<typeof firmwareSwitchShape>;

export const firmwareGuideShape = v.object({
  /** `ASUS`; null: the general page */
  vendor: v.nullable(v.string()),
  /** keys that open the setup; several: either */
  setupKeys: v.array(v.string()),
  setupKeySource: v.nullable(v.string()),
  /** keys that switch to the advanced mode, where there is one */
  advancedKeys: v.array(v.string()),
  advancedKeySource: v.nullable(v.string()),
  /** only those that this machine still needs */
  switches: v.array(firmwareSwitchShape),
  /** remarks by code */
  remarks: v.array(v.string()),
  /** a command that restarts into the setup; null where that is not known to work */
  restart: v.nullable(v.string()),
});
export type FirmwareGuide = v.InferOutput<typeof firmwareGuideShape>;

export const stageStateShape = v.object({
  stage: v.picklist(stages),
  mark: v.picklist(stageMarks),
  /** which sentence describes it: words/journey.ts */
  situation: v.string(),
  values: valuesShape,
  evidence: v.array(evidenceShape),
});
export type StageState = v.InferOutput<typeof stageStateShape>;

/** What a later start compares with; null: the source did not tell. */
export const sawShape = v.object({
  /** `DMAR` or `IVRS`; `none`: there is no such table */
  table: v.nullable(v.picklist(['DMAR', 'IVRS', 'none'])),
  groups: v.nullable(v.number()),
  kernelRelease: v.nullable(v.string()),
});
export type Saw = v.InferOutput<typeof sawShape>;

/** What is kept between two starts of the app. */
export const checkpointShape = v.object({
  slotwise: v.literal('journey'),
  version: v.literal(1),
  machine: identityShape,
  /** boot in which this was saved; null where the source does not tell */
  bootId: v.nullable(v.string()),
  savedAt: v.string(),
  chosen: v.array(addressShape),
  plan: v.nullable(planShape),
  /** boot in which the person said that the files are in place */
  writtenInBoot: v.nullable(v.string()),
  written: v.boolean(),
  saw: sawShape,
});
export type Checkpoint = v.InferOutput<typeof checkpointShape>;

export const journeyShape = v.object({
  stages: v.array(stageStateShape),
  now: v.picklist(stages),
  /** since the last time: nothing saved · same boot · another boot · another machine */
  resumed: v.picklist(['fresh', 'same-boot', 'after-reboot', 'other-machine']),
  /** what changed since, by code */
  changes: v.array(v.object({ code: v.string(), values: valuesShape })),
  firmware: firmwareGuideShape,
  checkpoint: v.nullable(checkpointShape),
});
export type Journey = v.InferOutput<typeof journeyShape>;
