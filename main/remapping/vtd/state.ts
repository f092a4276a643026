/** How the unit reads the root table: latched from RTADDR.TTM by SRTP. */
export const tableMode = { legacy: 0, scalable: 1, reserved: 2, abort: 3 } as const;

/** What GCMD commands latch; changing the registers alone has no effect until the next command. */
export interface LatchedState {
  translating: boolean;
  rootHi: number;
  rootLo: number;
  mode: number;
  remappingInterrupts: boolean;
  compatibilityAllowed: boolean;
  interruptTableHi: number;
  interruptTableLo: number;
  /** entries in the interrupt table */
  interruptEntries: number;
  extendedInterrupts: boolean;
}

export const initialState = (): LatchedState => ({
  translating: false,
  rootHi: 0,
  rootLo: 0,
  mode: tableMode.legacy,
  remappingInterrupts: false,
  compatibilityAllowed: false,
  interruptTableHi: 0,
  interruptTableLo: 0,
  interruptEntries: 0,
  extendedInterrupts: false,
});
