import { formatQuad } from '../core/quad.ts';
import type { DecisionCode } from '../trace-codes.ts';
import type { TraceStep } from '../trace.ts';

type Values = TraceStep['values'];

const output = (hi: number, lo: number, bits: number): Values => ({ output: formatQuad(hi, lo), pageSize: 2 ** bits });
const logged = (code: number, flags: number): Values => ({ reason: formatQuad(0, code), data: formatQuad(0, flags) });
const entries = (index: number, count: number): Values => ({ index, entries: count });

/** The numbers that come with a decision of an AMD-Vi unit, in words of the trace; see `valuesOf` of recorder.ts. */
export const amdValuesOf: Partial<Record<DecisionCode, (a: number, b: number, c: number) => Values>> = {
  'amd-device-entry-cached': (domain) => ({ domain }),
  'amd-device-beyond-table': entries,
  'amd-pasid-not-allowed': (index) => ({ index }),
  'amd-pasid-beyond-table': entries,
  'amd-guest-not-canonical': (widthBits) => ({ widthBits }),
  'amd-address-within-levels': (widthBits) => ({ widthBits }),
  'amd-address-beyond-levels': (widthBits) => ({ widthBits }),
  'amd-iotlb-hit': output,
  'amd-iotlb-forbids': (domain, bits) => ({ domain, pageSize: 2 ** bits }),
  'amd-iotlb-miss': (domain) => ({ domain }),
  'amd-iotlb-filled': (domain, bits) => ({ domain, pageSize: 2 ** bits }),
  'amd-output-found': output,
  'amd-interrupt-control-remaps': (hi, lo, count) => ({ output: formatQuad(hi, lo), entries: count }),
  'amd-interrupt-index-in-table': entries,
  'amd-interrupt-index-beyond': entries,
  'amd-interrupt-cache-hit': (index) => ({ index }),
  'amd-interrupt-cache-miss': (index) => ({ index }),
  'amd-interrupt-delivered': (vector, destination) => ({ vector, destination }),
  'amd-interrupt-to-running-guest': (hi, lo, vector) => ({ vector, output: formatQuad(hi, lo) }),
  'amd-interrupt-to-waiting-guest': (hi, lo, vector) => ({ vector, output: formatQuad(hi, lo) }),
  'amd-pages-forgotten': (domain) => ({ domain }),
  'amd-wait-completed': (hi, lo) => ({ address: formatQuad(hi, lo) }),
  'amd-event-logged': logged,
  'amd-event-suppressed': logged,
  'amd-event-log-full': logged,
  'amd-event-log-off': logged,
};
