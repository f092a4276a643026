import type { Evidence, Values } from '../passthrough/finding.ts';
import type { SituationOf } from './situations.ts';
import type { Stage } from './state.ts';

/** A stage looked at by itself, before it is known which of the open ones comes first. */
export interface StageResult<S extends Stage = Stage> {
  readonly state: 'done' | 'open' | 'skipped' | 'blocked';
  readonly situation: SituationOf<S>;
  readonly values: Values;
  readonly evidence: Evidence[];
}

/** Builds the results of one stage, in its own situations only. */
export const resultsOf =
  <S extends Stage>() =>
  (
    state: StageResult['state'],
    situation: SituationOf<S>,
    values: Values = {},
    evidence: Evidence[] = [],
  ): StageResult<S> => ({ state, situation, values, evidence });
