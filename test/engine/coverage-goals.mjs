// What the tests of the engine have to reach, line by line. test/engine/coverage.mjs holds them to it.

/** The conformance suite: the numbered behaviours, and each access to memory refused once. */
export const suite = /^(conformance-|every-access-fails|fault-injection|amd-fault-injection|failing-writes)/;

/**
 * Folders of main/remapping, and the share of their lines that has to be reached. `by: 'suite'`: by the conformance suite
 * alone; `by: 'all'`: by every engine test. A folder that is not here is in the last row.
 */
export const goals = [
  {
    name: 'the hardware model',
    folders: ['memory', 'caches', 'registers', 'core', 'formats', 'vtd', 'amdvi'],
    percent: 100,
    by: 'suite',
  },
  { name: 'what stands around it', folders: null, percent: 95, by: 'all' },
];

/** Files in a folder of hardware that are no part of a unit, and count as what stands around it. */
export const notHardware = new Map([
  ['formats/ept.ts', 'entries of the processor’s own tables, which no unit reads'],
  ['vtd/kernel-log.ts', 'the line that Linux prints for a fault'],
  ['amdvi/kernel-log.ts', 'the line that Linux prints for an event'],
]);
