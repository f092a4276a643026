/** What a DMA request asks for, as bits that travel through the hot path. */
export const access = {
  read: 1 << 0,
  write: 1 << 1,
  execute: 1 << 2,
  privileged: 1 << 3,
  /** an ATS translation request: asks for the address and the rights, touches no memory */
  translationRequest: 1 << 4,
  /** an ATS translated request: carries a host physical address already */
  translated: 1 << 5,
} as const;

/** No process address space id. */
export const noPasid = -1;

/** 0 untranslated, 1 translation request, 2 translated, as in the fault record's AT field. */
export const addressTypeOf = (bits: number): number =>
  bits & access.translated ? 2 : bits & access.translationRequest ? 1 : 0;
