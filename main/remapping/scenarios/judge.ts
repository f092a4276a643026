import type { Provenance } from '../../machine/fact.ts';
import type { Configuration, DecidingFact, Reach, ScenarioCode, ScenarioVerdict } from '../scenario-shape.ts';
import { reaches } from '../scenario-shape.ts';
import type { Trace, Transaction } from '../trace.ts';
import { scenarioOf } from './catalogue.ts';
import { recordScenario } from './run-scenario.ts';
import type { BitState, StoryPath, Vendor } from './story-path.ts';

/** How a fact stands on a machine: `on` protects, but for `device-cache`, where it is the risk. */
export interface HostFact {
  readonly state: BitState;
  readonly provenance: Provenance | null;
  readonly where: string;
}
export type HostFacts = Readonly<Record<DecidingFact, HostFact>>;

/** The configuration that a fact stands for; facts of ports are bits of the path. */
const configurations = {
  translation: { on: { translation: 'on' }, off: { translation: 'off' } },
  'interrupt-remapping': { on: { interruptRemapping: 'on' }, off: { interruptRemapping: 'off' } },
  invalidation: { on: { invalidation: 'strict' }, off: { invalidation: 'lazy' } },
  'device-cache': { on: { deviceCache: 'on' }, off: { deviceCache: 'off' } },
  'source-validation': null,
  'request-redirect': null,
  'translation-blocking': null,
  // Whoever cannot be given away gets into no guest: no run of the unit shows that.
  'reserved-range': null,
} as const satisfies Record<DecidingFact, Record<'on' | 'off', Partial<Configuration>> | null>;

const safest = (fact: DecidingFact): 'on' | 'off' => (fact === 'device-cache' ? 'off' : 'on');

/** `hopeful`: what is not known is taken to protect; otherwise it is taken not to. */
function assume(state: BitState, safe: 'on' | 'off', hopeful: boolean): 'on' | 'off' {
  if (state !== 'unknown') return state;
  return hopeful ? safe : safe === 'on' ? 'off' : 'on';
}

function assumePath(path: StoryPath, hopeful: boolean): StoryPath {
  const bit = (state: BitState | undefined): 'on' | 'off' => assume(state ?? 'unknown', 'on', hopeful);
  return {
    ...path,
    ports: path.ports.map((port) => ({
      ...port,
      sourceValidation: bit(port.sourceValidation),
      requestRedirect: bit(port.requestRedirect),
      translationBlocking: bit(port.translationBlocking),
    })),
    peer: path.peer == null ? null : { ...path.peer, redirect: bit(path.peer.redirect) },
  };
}

/** A request that got where it may not: a decisive one that was not stopped, or any other that left the guest’s memory. */
function escapes({ decisive, outcome, reached, kind, story }: Transaction): boolean {
  if (outcome === 'blocked' || outcome === 'done') return false;
  if (decisive) return true;
  // The firmware's range is the device's own as long as the host has it.
  return kind === 'dma' && story !== 'firmware-write' && reached !== null && reached !== 'guest';
}

const reachedIn = (trace: Trace): readonly Reach[] =>
  trace.transactions.filter(escapes).flatMap(({ reached }) => reached ?? []);

/**
 * Would this machine stop what the scenario tries? The scenario is run with the machine's own facts; what is not known is
 * once taken to protect and once not, and where that makes a difference the answer is that it cannot be known.
 */
export function judge(code: ScenarioCode, path: StoryPath, vendor: Vendor, host: HostFacts): ScenarioVerdict {
  const { needs, decidedBy } = scenarioOf(code);
  if (needs !== null && !path[needs]) {
    // Without the firmware's table a range is not ruled out, and where it lies decides whether the guest is reached.
    const range = host['reserved-range'];
    return needs === 'reserved' && range.state === 'unknown'
      ? { answer: 'unknown', risk: ['guest'], facts: [{ fact: 'reserved-range', ...range }] }
      : { answer: 'not-here', risk: [], facts: [] };
  }
  const run = (hopeful: boolean): Trace => {
    const parts = decidedBy.map(
      (fact) => configurations[fact]?.[assume(host[fact].state, safest(fact), hopeful)] ?? {},
    );
    return recordScenario(
      code,
      assumePath(path, hopeful),
      vendor,
      Object.assign({}, ...parts) as Partial<Configuration>,
    );
  };
  const known = decidedBy.every((fact) => host[fact].state !== 'unknown');
  const worst = run(false);
  const best = known ? worst : run(true);
  const refused = (hopeful: boolean): boolean =>
    decidedBy.includes('reserved-range') && assume(host['reserved-range'].state, 'on', hopeful) === 'on';
  const stopsAtWorst = refused(false) || !worst.transactions.some(escapes);
  const stopsAtBest = refused(true) || !best.transactions.some(escapes);
  const reached = stopsAtWorst ? [] : reachedIn(worst);
  return {
    answer: stopsAtWorst ? 'stops' : stopsAtBest ? 'unknown' : 'lets-through',
    risk: reaches.filter((reach) => reached.includes(reach)),
    facts: decidedBy.map((fact) => ({ fact, ...host[fact] })),
  };
}
