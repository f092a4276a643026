import type { ScenarioCode } from '../../main/remapping/scenario-shape.ts';
import { scenarioWords } from '../../main/words/scenarios.ts';

/** Every scenario that can be chosen, in the catalogue's order: what has words, but what is caught from live traffic. */
export const catalogue = (Object.keys(scenarioWords) as (keyof typeof scenarioWords)[]).filter(
  (code): code is ScenarioCode => code !== 'traffic',
);

/** A link may name anything. */
export const isScenario = (text: string | undefined): text is ScenarioCode =>
  (catalogue as readonly (string | undefined)[]).includes(text);
