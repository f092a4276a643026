/** Where a value comes from; the same four words as machine/fact. */
export type ProvenanceKind = 'measured' | 'derived' | 'assumed' | 'simulated';
