import type { Figure } from './figure.ts';

const netperf = 'ELI, ASPLOS 2012, netperf: 69 % and 94 % of the time in the guest';

/** The switch itself, without what the hypervisor then does and what the caches lost. */
export const directExit = {
  value: 1500,
  unit: 'cycles',
  standing: 'recall',
  source: '1000 to 1500 cycles on processors since about 2013',
} as const satisfies Figure;

/**
 * Reasons for which a guest is left, as far as the device paths need them. `number`: the basic exit reason
 * of VT-x (Linux arch/x86/include/uapi/asm/vmx.h). `cycles`: what the processor spends outside the guest for one, switches
 * and lost caches and all.
 */
export const exitReasons = {
  'external-interrupt': {
    number: 1,
    cycles: { value: 14_500, unit: 'cycles', standing: 'calibrated', source: netperf },
  },
  'interrupt-window': {
    number: 7,
    // Nothing is emulated: the hypervisor injects and enters again.
    cycles: directExit,
  },
  'io-instruction': {
    number: 30,
    cycles: { value: 9000, unit: 'cycles', standing: 'assumed', source: 'the effective mean of ELI’s netperf' },
  },
  'apic-access': {
    number: 44,
    cycles: { value: 3760, unit: 'cycles', standing: 'calibrated', source: netperf },
  },
  'ept-violation': {
    number: 48,
    cycles: { value: 9000, unit: 'cycles', standing: 'assumed', source: 'the effective mean of ELI’s netperf' },
  },
  'ept-misconfiguration': {
    number: 49,
    cycles: { value: 9000, unit: 'cycles', standing: 'assumed', source: 'KVM takes device registers by this exit' },
  },
} as const satisfies Record<string, { number: number; cycles: Figure & { unit: 'cycles' } }>;

export type ExitReason = keyof typeof exitReasons;

/** Of the machine of the ELI measurements (IBM x3550 M2, Xeon X5570), and of vIOMMU’s (the same model). */
export const processorClock: Figure = {
  value: 2.93,
  unit: 'GHz',
  standing: 'recall',
  source: 'ELI, ASPLOS 2012; vIOMMU, ATC 2011',
};
