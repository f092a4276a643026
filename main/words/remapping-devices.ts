import type { TraceStep } from '../remapping/trace.ts';

type Values = TraceStep['values'];
type Sentence = string | ((values: Values) => string);

/** What happens between a unit and the TLBs of devices, step by step. */
export function deviceSteps<W>(words: (plain: Sentence, term: Sentence) => (values: Values) => W) {
  const range = ({ widthBits = 12 }: Values): string =>
    widthBits >= 64
      ? 'all pages'
      : widthBits === 12
        ? 'one page'
        : `${(2 ** (widthBits - 12)).toLocaleString('en-US')} pages`;
  const device = (v: Values): string => v.expectedSource ?? 'the device';
  return {
    'device-tlb-invalidation-sent': words(
      (v) => `The unit asks ${device(v)} to forget what it remembers itself`,
      (v) => `ATS invalidation request, ${range(v)}; the device answers with its tag.`,
    ),
    'device-tlb-completion-unexpected': words(
      (v) => `${device(v)} answers something that it was not asked`,
      'FSTS.ICE is set: no invalidation request with this tag is under way.',
    ),
    'device-tlb-timed-out': words(
      (v) => `${device(v)} did not answer in time`,
      (v) => `FSTS.ITE is set, ITESID is ${device(v)}; nothing more is fetched until software clears it.`,
    ),
    'wait-aborted': words(
      'The unit will not report that everything before is done',
      'Invalidation wait descriptor, aborted: its status word stays as it was.',
    ),
    'amd-device-tlb-invalidation-sent': words(
      (v) => `The unit asks ${device(v)} to forget what it remembers itself`,
      (v) => `INVALIDATE_IOTLB_PAGES, ${range(v)}; COMPLETION_WAIT waits for the answer.`,
    ),
    'amd-device-tlb-timed-out': words(
      (v) => `${device(v)} did not answer in time`,
      'IOTLB_INV_TIMEOUT: longer than CONTROL.InvTimeOut allows.',
    ),
  };
}
