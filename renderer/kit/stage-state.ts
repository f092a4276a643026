/** Where a stage of the journey stands, as it is drawn. */
export type StageState = 'done' | 'now' | 'to-come' | 'skipped' | 'blocked';
