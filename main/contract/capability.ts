/** What a shell can do beyond the contract; a control that needs one is not drawn where it is absent. */
export const capabilities = [
  /** a native dialog that picks a file to open */
  'pick-file',
  /** the page downloads a file by itself */
  'download',
  /** shows a saved folder in the file manager */
  'reveal',
] as const;
export type Capability = (typeof capabilities)[number];

export interface Shell {
  readonly kind: 'desktop' | 'served' | 'memory';
  readonly can: readonly Capability[];
  readonly version: string;
}
