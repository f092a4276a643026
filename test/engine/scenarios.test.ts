import fc from 'fast-check';
import { safeParse } from 'valibot';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../main/machine/address.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import { decidingFacts, scenarioCodes, variants } from '../../main/remapping/scenario-shape.ts';
import type { DecidingFact, ScenarioCode, Variant } from '../../main/remapping/scenario-shape.ts';
import { scenarioOf } from '../../main/remapping/scenarios/catalogue.ts';
import { judge } from '../../main/remapping/scenarios/judge.ts';
import type { HostFacts } from '../../main/remapping/scenarios/judge.ts';
import { recordScenario } from '../../main/remapping/scenarios/run-scenario.ts';
import type { BitState, StoryPath, Vendor } from '../../main/remapping/scenarios/story-path.ts';
import { firstDifference } from '../../main/remapping/trace-compare.ts';
import { traceShape } from '../../main/remapping/trace-shape.ts';
import type { Trace } from '../../main/remapping/trace.ts';
import { fieldMeaning, fieldName } from '../../main/words/remapping-fields.ts';
import { stepWords } from '../../main/words/remapping.ts';
import { scenarioWords, storyWords, verdictWords } from '../../main/words/scenarios.ts';

const address = (text: string): PciAddress => parseAddress(text) ?? fail(text);
function fail(text: string): never {
  throw new Error(text);
}

const vendors: readonly Vendor[] = ['vtd', 'amd'];
const port = address('0000:40:01.1');

/** A card with everything that a scenario could ask for, behind one port whose bits all stand the same. */
const pathWith = (bits: BitState): StoryPath => ({
  device: address('0000:41:00.0'),
  ports: [
    {
      address: port,
      sourceValidation: bits,
      requestRedirect: bits,
      translationBlocking: bits,
      buses: { first: 0x41, last: 0x41 },
    },
  ],
  peer: { address: address('0000:42:00.0'), memory: 0xe000_0000, fork: port, redirect: bits },
  otherDevice: address('0000:42:00.0'),
  bridge: null,
  reserved: { first: 0xba00_0000, last: 0xba0f_ffff },
  canCache: true,
});
const bridged: StoryPath = {
  ...pathWith('off'),
  device: address('0000:05:02.0'),
  ports: [
    { address: address('0000:04:00.0'), sourceValidation: 'off' },
    { address: address('0000:00:1c.0'), sourceValidation: 'off' },
  ],
  bridge: {
    address: address('0000:04:00.0'),
    requester: address('0000:05:00.0'),
    neighbour: address('0000:05:03.0'),
  },
};
const pathFor = (code: ScenarioCode, bits: BitState): StoryPath => (code === 'bridge-alias' ? bridged : pathWith(bits));

const outcomes = (trace: Trace): readonly string[] =>
  trace.transactions.map(({ outcome, reached }) => (reached === null ? outcome : `${outcome} ${reached}`));

/** What each scenario comes to, on a machine whose ports check nothing. The reasons are those of the specifications. */
const expected: Readonly<Record<ScenarioCode, { outcomes: string[]; vtd: string | null; amd: string | null }>> = {
  'first-story': {
    outcomes: ['arrived guest', 'arrived guest', 'blocked', 'delivered host'],
    vtd: '0x5',
    amd: '0x2',
  },
  'unmapped-address': { outcomes: ['blocked'], vtd: '0x5', amd: '0x2' },
  'read-only-page': { outcomes: ['arrived guest', 'blocked'], vtd: '0x5', amd: '0x2' },
  'wrong-requester': { outcomes: ['arrived guest', 'blocked', 'arrived other'], vtd: '0x2', amd: '0x2' },
  'reset-in-flight': { outcomes: ['arrived guest', 'done', 'blocked'], vtd: '0x2', amd: '0x2' },
  'stale-translation': {
    outcomes: ['arrived guest', 'done', 'arrived guest', 'done', 'blocked'],
    vtd: '0x5',
    amd: '0x2',
  },
  'peer-memory': { outcomes: ['arrived peer'], vtd: null, amd: null },
  'forged-interrupt': { outcomes: ['delivered host', 'blocked', 'blocked'], vtd: '0x26', amd: '0x2' },
  'reserved-memory': { outcomes: ['arrived host', 'done', 'blocked'], vtd: '0x5', amd: '0x2' },
  'bridge-alias': { outcomes: ['arrived guest', 'arrived guest'], vtd: null, amd: null },
  'translated-request': { outcomes: ['arrived guest', 'arrived host'], vtd: null, amd: null },
};

describe.each(vendors)('every scenario through a unit of %s', (vendor) => {
  test.each(scenarioCodes)('%s', (code) => {
    const trace = recordScenario(code, pathFor(code, 'off'), vendor);
    expect(outcomes(trace)).toEqual(expected[code].outcomes);
    const fault = trace.transactions.find((transaction) => transaction.fault !== null)?.fault ?? null;
    expect(fault?.reason ?? null).toBe(expected[code][vendor]);
    // Whatever is stopped by the unit is written down, and the kernel's line names who was heard.
    for (const { fault: each, source } of trace.transactions)
      if (each !== null) {
        expect(each.recorded).toBe(true);
        expect(each.kernelLines.join('\n')).toContain(source);
      }
    expect(trace.transactions.some(({ decisive }) => decisive)).toBe(true);
    const parsed = safeParse(traceShape, JSON.parse(JSON.stringify(trace)));
    expect(parsed.issues).toBeUndefined();
    expect(parsed.output).toEqual(trace);
    for (const step of trace.steps) {
      const { plain, term } = stepWords(step);
      for (const text of [plain, term]) expect(text).not.toMatch(/undefined|NaN|null| {2}|\(\)/);
      for (const field of step.read?.fields ?? [])
        expect(`${fieldName(field)} ${fieldMeaning(field)}`).not.toMatch(/undefined|NaN/);
    }
  });

  test('a port that checks stops the forged name, redirects the peer request and blocks the made-up address', () => {
    const last = (code: ScenarioCode): Trace['transactions'][number] | undefined =>
      recordScenario(code, pathWith('on'), vendor).transactions.at(-1);
    const decisions = (code: ScenarioCode): readonly string[] =>
      recordScenario(code, pathWith('on'), vendor).steps.map(({ decision }) => decision);
    expect(last('wrong-requester')).toMatchObject({ outcome: 'blocked', fault: null });
    expect(decisions('wrong-requester')).toContain('port-refuses-source');
    expect(last('translated-request')).toMatchObject({ outcome: 'blocked', fault: null });
    expect(decisions('translated-request')).toContain('port-refuses-translated');
    // Sent up, it is a request like any other, for an address that the guest does not have.
    expect(last('peer-memory')).toMatchObject({ outcome: 'blocked', fault: { recorded: true } });
    expect(decisions('peer-memory')).toContain('port-redirects');
  });

  test('bits that were not read are told as that, and a configuration that sets them settles it', () => {
    const decisions = (code: ScenarioCode, acs?: 'on' | 'off' | 'override'): readonly string[] =>
      recordScenario(code, pathWith('unknown'), vendor, acs === undefined ? {} : { acs }).steps.map(
        ({ decision }) => decision,
      );
    for (const acs of [undefined, 'override'] as const) {
      expect(decisions('first-story', acs)).toContain('port-source-unread');
      expect(decisions('first-story', acs)).not.toContain('port-forwards');
      expect(decisions('translated-request', acs)).toContain('port-translated-unread');
      expect(decisions('peer-memory', acs)).toContain('port-redirect-unread');
      expect(decisions('peer-memory', acs)).not.toContain('port-turns-to-peer');
    }
    for (const acs of ['on', 'off'] as const)
      for (const code of scenarioCodes) expect(decisions(code, acs).join()).not.toContain('unread');
  });

  test('behind a bridge both devices are heard under the bridge’s name, whatever the scenario', () => {
    const trace = recordScenario('bridge-alias', bridged, vendor);
    expect(trace.transactions.map(({ source, sender }) => [source, sender])).toEqual([
      ['0000:05:00.0', '0000:05:02.0'],
      ['0000:05:00.0', '0000:05:03.0'],
    ]);
    const first = recordScenario('first-story', bridged, vendor);
    expect(first.transactions.every(({ source }) => source === '0000:05:00.0')).toBe(true);
  });

  test('a firmware range below the guest’s own 2 GiB: the transfer lands in the guest', () => {
    const path = { ...pathWith('on'), reserved: { first: 0x7a00_0000, last: 0x7a0f_ffff } };
    expect(outcomes(recordScenario('reserved-memory', path, vendor))).toEqual([
      'arrived host',
      'done',
      'arrived guest',
    ]);
  });

  test('the stale window lies between the unmapping and the flush 10 ms later', () => {
    const trace = recordScenario('stale-translation', pathWith('off'), vendor);
    const begins = trace.transactions.map(({ firstStep }) => trace.steps[firstStep]?.at ?? NaN);
    const [, unmapped = NaN, stale = NaN, flushed = NaN] = begins;
    expect(stale - unmapped).toBeGreaterThanOrEqual(4e6);
    expect(flushed - unmapped).toBeGreaterThanOrEqual(10e6);
    expect(flushed - unmapped).toBeLessThan(10.1e6);
  });
});

describe('any path', () => {
  const state = fc.constantFrom<BitState>('on', 'off', 'unknown');
  const someAddress = fc
    .record({
      domain: fc.constantFrom(0, 1, 0x10000),
      bus: fc.nat({ max: 255 }),
      device: fc.nat({ max: 31 }),
      function: fc.nat({ max: 7 }),
    })
    .map(formatAddress);
  const path = fc.record({
    device: someAddress,
    ports: fc.array(
      fc.record({ address: someAddress, sourceValidation: state, requestRedirect: state, translationBlocking: state }),
      { maxLength: 5 },
    ),
    reserved: fc.option(
      fc
        .tuple(fc.nat({ max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 2 ** 24 }))
        .map(([first, bytes]) => ({ first, last: first + bytes - 1 })),
    ),
    otherDevice: fc.option(someAddress),
  });

  test('is played to its end: a trace of its shape, with one transaction for every step of the catalogue', () => {
    fc.assert(
      fc.property(path, fc.constantFrom(...scenarioCodes), fc.constantFrom(...vendors), (at, code, vendor) => {
        const trace = recordScenario(code, at, vendor);
        expect(safeParse(traceShape, trace).issues).toBeUndefined();
        const played = scenarioOf(code).steps.filter((step) => step.do !== 'wait');
        expect(trace.transactions.map(({ story }) => story)).toEqual(
          played.map((step) => ('story' in step ? step.story : '')),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('compared', () => {
  test.each(scenarioCodes)('%s with itself: no difference', (code) => {
    for (const vendor of vendors)
      expect(
        firstDifference(
          recordScenario(code, pathFor(code, 'off'), vendor),
          recordScenario(code, pathFor(code, 'off'), vendor),
        ),
      ).toBeNull();
  });

  const pairs = scenarioCodes.flatMap((code) => scenarioOf(code).against.map((variant) => [code, variant] as const));
  /** Comparisons whose point is that nothing changes: an override changes no port. */
  const same: readonly (readonly [ScenarioCode, Variant])[] = [
    ['wrong-requester', 'acs-off'],
    ['peer-memory', 'acs-off'],
    ['peer-memory', 'acs-override'],
    ['peer-memory', 'iommu-off'],
  ];
  test.each(pairs)('%s against %s', (code, variant) => {
    const isSame = same.some(([one, other]) => one === code && other === variant);
    for (const vendor of vendors) {
      const left = recordScenario(code, pathFor(code, 'off'), vendor);
      const right = recordScenario(code, pathFor(code, 'off'), vendor, variants[variant]);
      const difference = firstDifference(left, right);
      expect(difference === null).toBe(isSame);
      if (difference === null) continue;
      // Everything before it decides the same, and it the other way round.
      const [a, b] = [left.steps[difference.left ?? -1], right.steps[difference.right ?? -1]];
      expect([a?.decision, a?.values]).not.toEqual([b?.decision, b?.values]);
      for (let at = 0; at < Math.min(difference.left ?? 0, difference.right ?? 0); at++)
        expect(left.steps[at]?.decision).toBe(right.steps[at]?.decision);
      expect(firstDifference(right, left)).toEqual({
        transaction: difference.transaction,
        left: difference.right,
        right: difference.left,
      });
    }
  });

  test('the pages of a walk are a difference, where their tables lie is none', () => {
    const [small, large] = (['small', 'large'] as const).map((pages) =>
      recordScenario('first-story', pathWith('on'), 'vtd', { pages }),
    );
    if (!small || !large) throw new Error('two traces');
    const difference = firstDifference(small, large);
    expect(small.steps[difference?.left ?? -1]?.decision).toBe('paging-entry-leads-down');
    expect(large.steps[difference?.right ?? -1]?.decision).toBe('paging-entry-is-leaf');
  });
});

describe('would this machine stop it', () => {
  const facts = (states: Partial<Record<DecidingFact, BitState>>): HostFacts =>
    Object.fromEntries(
      decidingFacts.map((fact) => {
        const safe = fact === 'device-cache' ? 'off' : 'on';
        return [fact, { state: states[fact] ?? safe, provenance: 'measured', where: fact }];
      }),
    ) as HostFacts;
  const ofPorts: readonly DecidingFact[] = ['source-validation', 'request-redirect', 'translation-blocking'];

  const verdict = (code: ScenarioCode, vendor: Vendor, states: Partial<Record<DecidingFact, BitState>>) => {
    const bit = ofPorts.map((fact) => states[fact]).find((state) => state !== undefined) ?? 'on';
    return judge(code, pathFor(code, bit), vendor, facts(states));
  };

  describe.each(vendors)('of %s', (vendor) => {
    test.each(scenarioCodes.filter((code) => code !== 'bridge-alias'))(
      '%s is stopped where every fact protects',
      (code) => {
        expect(verdict(code, vendor, {})).toMatchObject({ answer: 'stops', risk: [] });
      },
    );

    test.each(scenarioCodes)('%s: each deciding fact decides, and no other does', (code) => {
      const { decidedBy } = scenarioOf(code);
      const unsafe = (fact: DecidingFact): BitState => (fact === 'device-cache' ? 'on' : 'off');
      const answerOf = (bad: readonly DecidingFact[]) =>
        verdict(code, vendor, Object.fromEntries(bad.map((fact) => [fact, unsafe(fact)]))).answer;
      const sets = decidedBy.reduce<DecidingFact[][]>(
        (all, fact) => [...all, ...all.map((set) => [...set, fact])],
        [[]],
      );
      for (const fact of decidedBy)
        expect(
          sets.some((set) => !set.includes(fact) && answerOf(set) !== answerOf([...set, fact])),
          fact,
        ).toBe(true);
      // Ports' bits are the path's, and a path has them all: only facts of the host are asked here.
      for (const fact of decidingFacts.filter((each) => !decidedBy.includes(each) && !ofPorts.includes(each)))
        expect(answerOf([fact]), fact).toBe(answerOf([]));
    });

    test.each(scenarioCodes)('%s: what is not known is said, unless it makes no difference', (code) => {
      for (const fact of scenarioOf(code).decidedBy) {
        const { answer, facts: told } = verdict(code, vendor, { [fact]: 'unknown' });
        const alone = verdict(code, vendor, { [fact]: fact === 'device-cache' ? 'on' : 'off' }).answer;
        expect(answer).toBe(alone === 'stops' ? 'stops' : 'unknown');
        expect(told.find((each) => each.fact === fact)?.state).toBe('unknown');
      }
    });
  });

  test('a machine without what the scenario needs is not judged', () => {
    const bare: StoryPath = { device: address('0000:01:00.0'), ports: [] };
    for (const code of scenarioCodes) {
      const needs = scenarioOf(code).needs;
      expect(judge(code, bare, 'vtd', facts({})).answer === 'not-here').toBe(needs !== null);
    }
  });

  test('every scenario, transaction and answer has words', () => {
    for (const code of scenarioCodes) {
      expect(scenarioWords[code].tries).toMatch(/\.$/);
      for (const answer of ['stops', 'lets-through', 'unknown', 'not-here'] as const) {
        const { decidedBy } = scenarioOf(code);
        const said = verdictWords(code, {
          answer,
          risk: ['host'],
          facts: decidedBy.map((fact) => ({ fact, state: 'off', provenance: 'measured', where: '' })),
        });
        expect([said.answer, ...said.why].every((text) => text.endsWith('.'))).toBe(
          answer !== 'not-here' || scenarioOf(code).needs !== null,
        );
      }
    }
    expect(new Set(Object.values(storyWords)).size).toBe(Object.keys(storyWords).length);
  });
});
