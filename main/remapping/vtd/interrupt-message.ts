/** DLM encodings; 3 and 6 are reserved. */
export const deliveryModes = ['fixed', 'lowest', 'smi', null, 'nmi', 'init', null, 'extint'] as const;
export type DeliveryMode = NonNullable<(typeof deliveryModes)[number]>;

/** Sent to the processor that runs the guest, where posting asks for it. */
export interface Notification {
  readonly vector: number;
  readonly destination: number;
}

export interface DeliveredInterrupt {
  readonly vector: number;
  /** 8 bits in xAPIC mode, 32 with EIME */
  readonly destination: number;
  readonly logical: boolean;
  readonly redirectionHint: boolean;
  readonly mode: DeliveryMode;
  readonly trigger: 'edge' | 'level';
  /** null: not posted */
  readonly posted: { readonly notification: Notification | null } | null;
}

/** What an MSI that nobody remaps means to the processors (Intel SDM volume 3, message address and data registers). */
export function messageInterrupt(address: number, data: number): DeliveredInterrupt {
  return {
    vector: data & 0xff,
    destination: (address >>> 12) & 0xff,
    logical: (address & (1 << 2)) !== 0,
    redirectionHint: (address & (1 << 3)) !== 0,
    mode: deliveryModes[(data >>> 8) & 7] ?? 'fixed',
    trigger: data & (1 << 15) ? 'level' : 'edge',
    posted: null,
  };
}
