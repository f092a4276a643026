import type { SlotwiseHandlers } from '../contract/contract.ts';
import { fine, refuse, type Reply } from '../contract/problem.ts';
import type { Machine } from '../machine/machine.ts';
import { isSourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { answer } from '../passthrough/answer.ts';
import { candidates } from '../passthrough/candidates.ts';
import { findings } from '../passthrough/findings.ts';
import { isPlanProblem, makePlan } from '../passthrough/make-plan.ts';
import { verifyPlan } from '../journey/verify-plan.ts';
import { explainGroup } from './explain-group.ts';
import { journeyHandlers } from './journey-handlers.ts';
import { listGroups } from './list-groups.ts';
import type { Needs } from './needs.ts';
import { openContent } from './open-content.ts';
import { recipeHandlers } from './recipe-handlers.ts';
import { reportHandlers } from './report-handlers.ts';
import { readMachine } from './read-machine.ts';
import { listScenarios, recordForDevice } from './scenario.ts';
import { Session } from './session.ts';
import { captureTraffic, watchTraffic } from './traffic.ts';

const asReply = (result: Machine | SourceProblem): Reply<Machine> =>
  isSourceProblem(result) ? refuse(result.code, result.where, result.detail) : fine(result);

/**
 * The assistant: the one implementation of the contract. `source` null shows this host. What writes files and what plays
 * the hardware is loaded when it is first asked for: a scan must not pay for either.
 */
export function createHandlers(needs: Needs, source: string | null): SlotwiseHandlers {
  const session = new Session(() => readMachine(source, needs), source === null);

  const onMachine = async <T>(use: (machine: Machine) => Reply<T> | Promise<Reply<T>>): Promise<Reply<T>> => {
    const machine = await session.machine();
    return isSourceProblem(machine) ? refuse(machine.code, machine.where, machine.detail) : use(machine);
  };

  return {
    'app.about': () => fine({ version: needs.version, contract: 1 }),
    'machine.get': async () => asReply(await session.machine()),
    'machine.look': async ({ source: wanted }) =>
      asReply(
        wanted === null
          ? await session.again()
          : await session.change(() => readMachine(wanted === 'live' ? null : wanted, needs), wanted === 'live'),
      ),
    'machine.open': async ({ name, content }) =>
      asReply(await session.change(() => openContent(name, content, needs), false)),
    'machine.changes': (_input, sink) => {
      let sequence = 0;
      const send = (): void =>
        sink.next({ sequence: sequence++, value: { revision: session.revision, readAt: session.readAt } });
      send();
      const stopSession = session.onChange(send);
      const stopHost = needs.watchHost(() => {
        if (session.live) void session.again();
      });
      return () => {
        stopSession();
        stopHost();
      };
    },
    'samples.list': async () => fine([...(await needs.samples())]),
    'groups.list': (question) => onMachine((machine) => listGroups(machine, question)),
    'groups.explain': ({ of }) => onMachine((machine) => explainGroup(machine, of)),
    'findings.list': () =>
      onMachine((machine) => {
        const found = findings(machine);
        return fine({ ...answer(machine, found), findings: found, candidates: [...candidates(machine)] });
      }),
    'plan.make': ({ give, keep, lose, vm, profile }) =>
      onMachine((machine) => {
        const planning = makePlan(machine, { give, keep, lose, vmName: vm, profile });
        return isPlanProblem(planning) ? refuse(planning.code, planning.subject, planning.detail) : fine(planning);
      }),
    'plan.verify': ({ plan }) => onMachine((machine) => fine(verifyPlan(plan, machine))),
    ...recipeHandlers(needs, onMachine),
    ...reportHandlers(needs, onMachine),
    ...journeyHandlers(needs, onMachine),
    'scenario.list': listScenarios,
    'scenario.record': (input) => recordForDevice(input, () => session.machine(), needs),
    'traffic.capture': (input) => captureTraffic(input, () => session.machine(), needs),
    'traffic.watch': (input, sink) => watchTraffic(input, () => session.machine(), needs, sink),
  };
}
