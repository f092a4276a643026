import { expect, test } from 'vitest';
import { journeyClaims } from '../../../main/journey/evidence.ts';
import { firmwareBook } from '../../../main/journey/firmware-guide.ts';
import { firmwareGuideFor } from '../../../main/journey/firmware-steps.ts';
import { changeCodes, firmwareRemarks, situations } from '../../../main/journey/situations.ts';
import { stages, switchPurposes, type FirmwareGuide } from '../../../main/journey/state.ts';
import { effects, verificationSteps } from '../../../main/journey/verify-plan.ts';
import { evidenceSentences } from '../../../main/words/evidence.ts';
import {
  confidenceWords,
  firmwareHeading,
  firmwareStepsText,
  purposeNames,
} from '../../../main/words/firmware-steps.ts';
import {
  changeSentences,
  changeWords,
  remarkSentences,
  resumedSentences,
  stageSentences,
  stageWords,
  verificationSentences,
} from '../../../main/words/journey.ts';
import { asus, hostWith } from './host.ts';

const situationWords = stages.flatMap((stage) =>
  Object.values<{ label: string; sentence: string }>(stageSentences[stage]),
);
const every = [
  ...situationWords.flatMap(({ label, sentence }) => [label, sentence]),
  ...Object.values(resumedSentences),
  ...Object.values(changeSentences),
  ...Object.values(remarkSentences),
  ...Object.values(verificationSentences).flatMap((said) => Object.values(said)),
  ...Object.values(purposeNames),
];

test('Every situation, change, remark, claim and step has its words, and no words are left over', () => {
  expect(Object.keys(stageSentences)).toEqual([...stages]);
  for (const stage of stages) {
    expect(Object.keys(stageSentences[stage]).sort()).toEqual([...situations[stage]].sort());
  }
  expect(Object.keys(changeSentences).sort()).toEqual([...changeCodes].sort());
  expect(Object.keys(remarkSentences).sort()).toEqual([...firmwareRemarks].sort());
  expect(Object.keys(verificationSentences)).toEqual([...verificationSteps]);
  for (const said of Object.values(verificationSentences)) expect(Object.keys(said)).toEqual([...effects]);
  expect(Object.keys(purposeNames)).toEqual([...switchPurposes]);
  for (const claim of journeyClaims) expect(evidenceSentences[claim]).not.toBe('');
});

test('Nothing begs, belittles or blames', () => {
  for (const text of every) {
    expect(text).not.toMatch(/\b(please|simply|just|oops|invalid|success|warning|error occurred|next|submit)\b/i);
    expect(text).not.toMatch(/!/);
  }
});

test('Labels are short and have no full stop; sentences end with one', () => {
  for (const { label, sentence } of situationWords) {
    expect(label.length).toBeLessThanOrEqual(22);
    expect(label).not.toMatch(/\.$/);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  }
});

test('Values take their places, and text from a machine stays text', () => {
  expect(stageWords({ stage: 'look', situation: 'read', values: { functions: 97 } }).label).toBe('97 functions');
  const names = ['"; rm -rf / #<img onerror=alert(1)>\u202e'];
  expect(stageWords({ stage: 'choose', situation: 'chosen', values: { names } }).sentence).toBe(
    'The virtual machine gets "; rm -rf / #<img onerror=alert(1)>?.',
  );
  expect(changeWords({ code: 'kernel-changed', values: { was: '6.1', is: '6.12' } })).toBe(
    'The kernel is 6.12 now; it was 6.1.',
  );
});

const off = { tables: [], groups: 'off' } as const;

test('The steps as text tell keys, path, value and how far to trust them', () => {
  const machine = hostWith(
    { ...off, cpu: 'amd', virtualization: 'svm' },
    { ...asus, product: 'ROG STRIX B550-F GAMING' },
  );
  expect(firmwareStepsText(firmwareGuideFor(machine))).toBe(
    [
      'Switch the IOMMU on in the firmware',
      '1. Restart, and tap Del or F2 until the setup opens.',
      '2. Press F7 for Advanced Mode.',
      '3. Advanced > AMD CBS > NBIO Common Options > IOMMU: Enabled, not Auto.',
      '4. Save and exit. Slotwise finds the change by itself and goes on.',
      'Menu names seen on ASUS Pro WS X570-ACE; not confirmed for this board.',
      '',
    ].join('\n'),
  );
});

test('Without a page it says what to look for', () => {
  const text = firmwareStepsText(firmwareGuideFor(hostWith(off, {})));
  expect(text).toContain('1. Restart, and tap Del, F2, F10, F1 or Esc until the setup opens.');
  expect(text).toContain(
    '2. Look for VT-d, Intel VT for Directed I/O (VT-d) or VT for Direct I/O, and set it to Enabled.',
  );
});

test('With nothing to switch there is no text and no heading', () => {
  expect(firmwareStepsText(firmwareGuideFor(hostWith()))).toBe('');
  expect(firmwareHeading(firmwareGuideFor(hostWith()))).toBe('');
  expect(firmwareHeading(firmwareGuideFor(hostWith({ ...off, virtualization: null })))).toBe(
    'Switch virtualization and the IOMMU on in the firmware',
  );
});

test('A name without a source is never passed off as seen', () => {
  for (const page of firmwareBook.pages) {
    for (const { sources, ...one } of [...page.intel, ...page.amd]) {
      const said = confidenceWords({ ...one, source: sources.join() || null, confirmed: false }, page.vendor);
      expect(said).toMatch(/nverified|not confirmed/);
      if (sources.length === 0 && page.vendor !== null) expect(said).toMatch(/^Unverified/);
    }
  }
});

test('The longest steps of any page fit into one code that a phone can read', () => {
  for (const page of firmwareBook.pages) {
    const guide: FirmwareGuide = {
      ...firmwareGuideFor(hostWith()),
      vendor: page.vendor,
      setupKeys: page.setup.keys,
      advancedKeys: page.advanced?.keys ?? [],
      switches: page.intel
        .slice(0, 2)
        .map(({ sources, ...one }) => ({ ...one, source: sources.join(), confirmed: false })),
    };
    // 1091 bytes is what version 27 holds at level M: 125 modules, still read from a screen (ISO/IEC 18004, table 7).
    expect(new TextEncoder().encode(firmwareStepsText(guide)).length, page.id).toBeLessThanOrEqual(1091);
  }
});

test('Another machine without a name on either side is told without one', () => {
  for (const values of [
    { was: '', is: 'X570' },
    { was: 'X570', is: '' },
  ]) {
    expect(changeWords({ code: 'other-machine', values })).toBe('The last time this was another machine.');
  }
  expect(changeWords({ code: 'other-machine', values: { was: 'A', is: 'B' } })).toContain('A; now it is B');
});
