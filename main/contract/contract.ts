import * as v from 'valibot';
import { addressShape } from '../machine/address.ts';
import { machineShape } from '../machine/machine.ts';
import { hex64Shape } from '../machine/pci-function.ts';
import { candidateShape } from '../passthrough/candidate.ts';
import { answers, findingShape, valuesShape } from '../passthrough/finding.ts';
import { planningShape, planShape, profiles } from '../passthrough/plan.ts';
import { recipeShape, recipeTargets } from '../recipes/artefact.ts';
import { journeyShape } from '../journey/state.ts';
import { standings } from '../journey/saved-recipes.ts';
import { verificationShape } from '../journey/verify-plan.ts';
import { differenceShape, scenarioCodes, scenarioVerdictShape, variantCodes } from '../remapping/scenario-shape.ts';
import { latestCapture, trafficBatchShape } from '../remapping/traffic-shape.ts';
import { traceShape } from '../remapping/trace-shape.ts';
import { action, query, stream, type Client, type Handlers } from './endpoint.ts';
import { explanationShape, groupsQuestionShape, groupsShape } from './groups.ts';
import { madeReportShape, reportQuestionShape } from './report.ts';

const nothing = v.object({});
const text = v.pipe(v.string(), v.maxLength(4096));
/** A handful of addresses, as a person types or clicks them. */
const addresses = v.pipe(v.array(addressShape), v.maxLength(256));

const trafficSeed = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What the whole program can do. Shells advertise nothing else, and the compiler holds all three to it. */
export const contract = {
  /** program version and the shell's capabilities */
  'app.about': query(nothing, v.object({ version: v.string(), contract: v.literal(1) })),
  /** the machine that is being shown */
  'machine.get': query(nothing, machineShape),
  /** looks again (`source` null), or at another source: a path or `sample:NAME` */
  'machine.look': action(v.object({ source: v.nullable(text) }), machineShape, 'nothing'),
  /** a text or report that the person dropped or chose in the page; `name` is for display */
  'machine.open': action(
    v.object({ name: text, content: v.pipe(v.string(), v.maxLength(16_000_000)) }),
    machineShape,
    'nothing',
  ),
  /** counts up whenever the shown machine was read again: by hand, or because the host changed */
  'machine.changes': stream(nothing, v.object({ revision: v.number(), readAt: v.nullable(v.string()) })),
  'samples.list': query(nothing, v.array(v.object({ name: v.string(), title: v.string(), origin: v.string() }))),
  'groups.list': query(groupsQuestionShape, groupsShape),
  /** why one group is what it is; `of` is an address or a group's number */
  'groups.explain': query(v.object({ of: text }), explanationShape),
  /** the verdict, what it rests on, and what could be given */
  'findings.list': query(
    nothing,
    v.object({
      answer: v.picklist(answers),
      situation: v.string(),
      values: valuesShape,
      findings: v.array(findingShape),
      candidates: v.array(candidateShape),
    }),
  ),
  /** what crosses over, what the host loses, which guards stand open; writes nothing */
  'plan.make': query(
    v.object({
      give: addresses,
      /** functions of the given cards that are to stay, where the kernel and their reset allow it */
      keep: v.optional(addresses, []),
      lose: v.pipe(v.array(text), v.maxLength(64)),
      vm: text,
      profile: v.picklist(profiles),
    }),
    planningShape,
  ),
  /** after the reboot: did each step of a plan take effect on the shown machine? */
  'plan.verify': query(v.object({ plan: planShape }), verificationShape),
  /** which targets fit the plan's host, best first */
  'recipe.targets': query(
    v.object({ plan: planShape }),
    v.array(v.object({ target: v.picklist(recipeTargets), found: v.boolean(), code: v.nullable(v.string()) })),
  ),
  'recipe.render': query(
    v.object({ plan: planShape, targets: v.pipe(v.array(v.picklist(recipeTargets)), v.maxLength(64)) }),
    recipeShape,
  ),
  /** writes the files into a new folder of the app's own, never onto the host's paths */
  'recipe.save': action(
    v.object({ plan: planShape, targets: v.pipe(v.array(v.picklist(recipeTargets)), v.maxLength(64)) }),
    v.object({ folder: v.string(), files: v.array(v.string()) }),
    'disk',
  ),
  /** where exactly these files were saved before, and whether they still stand there; null: nowhere that is remembered */
  'recipe.saved': query(
    v.object({ plan: planShape, targets: v.pipe(v.array(v.picklist(recipeTargets)), v.maxLength(64)) }),
    v.nullable(
      v.object({
        folder: v.string(),
        files: v.array(v.string()),
        savedAt: v.string(),
        standing: v.picklist(standings),
        /** files that are gone or hold something else */
        differing: v.array(v.string()),
      }),
    ),
  ),
  /** the shown machine as a report, what is in it and what was taken out; writes nothing */
  'report.make': query(reportQuestionShape, madeReportShape),
  /** the same report as a file of the app's own folder, on the machine where the program runs */
  'report.save': action(reportQuestionShape, v.object({ file: v.string() }), 'disk'),
  'journey.get': query(nothing, journeyShape),
  /** remembers the plan for this machine; null forgets it */
  'journey.keep': action(v.object({ plan: v.nullable(planShape) }), journeyShape, 'app'),
  /** the person says that the files are in place (true) or taken back (false) */
  'journey.written': action(v.object({ written: v.boolean() }), journeyShape, 'app'),
  /** what can be recorded, and which variants of the configuration are worth a comparison */
  'scenario.list': query(
    nothing,
    v.array(v.object({ scenario: v.picklist(scenarioCodes), against: v.array(v.picklist(variantCodes)) })),
  ),
  /** a scenario on the path of one device (null: of the Intel sample's), and whether the machine stops what it tries */
  'scenario.record': query(
    v.object({
      address: v.nullable(addressShape),
      scenario: v.picklist(scenarioCodes),
      /** the same once more, with this changed */
      against: v.nullable(v.picklist(variantCodes)),
    }),
    v.object({
      /** whose path it is: this machine's, or the Intel sample's where nobody chose a device of this machine */
      on: v.picklist(['shown-machine', 'intel-sample']),
      /**
       * the unit that is simulated: of the kind that the machine of the path has; VT-d, where the source does not tell whose
       * it has; the Intel sample's, because the shown machine has another kind, which is not simulated
       */
      unit: v.picklist(['own', 'assumed', 'instead']),
      device: v.object({ address: addressShape, name: v.string() }),
      trace: traceShape,
      verdict: scenarioVerdictShape,
      against: v.nullable(
        v.object({
          variant: v.picklist(variantCodes),
          trace: traceShape,
          /** where the two first part; null: they decide the same throughout */
          difference: v.nullable(differenceShape),
        }),
      ),
    }),
  ),
  /** live mixed traffic of one device (null: of the Intel sample's) through the simulated unit, ten batches a second */
  'traffic.watch': stream(v.object({ address: v.nullable(addressShape), seed: trafficSeed }), trafficBatchShape),
  /** the first request of the same traffic (same device, same seed) after so many batches that is stopped, or goes to a range */
  'traffic.capture': query(
    v.object({
      address: v.nullable(addressShape),
      seed: trafficSeed,
      from: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(latestCapture)),
      fault: v.boolean(),
      /** first and last address; null: any */
      range: v.nullable(v.object({ first: hex64Shape, last: hex64Shape })),
    }),
    /** with the requests just before it; null: none came in a minute */
    v.object({ trace: v.nullable(traceShape) }),
  ),
} as const;

export type SlotwiseContract = typeof contract;
export type SlotwiseClient = Client<SlotwiseContract>;
export type SlotwiseHandlers = Handlers<SlotwiseContract>;
