/** The six things that own a colour and a shape; everything else on the screen is ink. */
export const concepts = ['device', 'port', 'unit', 'memory', 'interrupt', 'fault'] as const;
export type Concept = (typeof concepts)[number];
