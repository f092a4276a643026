import type { Stage } from '../../main/journey/state.ts';
import { frameWords } from '../../main/words/frame.ts';

/** The journey's stages in their order; the words name each exactly once. */
export const stages = Object.keys(frameWords.stages) as readonly Stage[];
