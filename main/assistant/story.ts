import type { SlotwiseContract } from '../contract/contract.ts';
import type { InputOf, OutputOf } from '../contract/endpoint.ts';
import { fine, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';
import type { SourceProblem } from '../machine/source-problem.ts';
import type { Needs } from './needs.ts';
import { isProblem, storySubject } from './story-subject.ts';

/** Records the story of one device, whole. */
export async function recordStory(
  { address }: InputOf<SlotwiseContract['story.record']>,
  shown: () => Promise<Machine | SourceProblem>,
  needs: Needs,
): Promise<Reply<OutputOf<SlotwiseContract['story.record']>>> {
  const subject = await storySubject(address, shown, needs);
  if (isProblem(subject)) return { ok: false, problem: subject };
  const { recordFirstStory } = await import('../remapping/scenarios/first-story.ts');
  return fine({ on: subject.on, device: subject.device, trace: recordFirstStory(subject.path, subject.vendor) });
}
