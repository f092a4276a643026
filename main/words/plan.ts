import type { Finding } from '../passthrough/finding.ts';
import type { Given, Loss, Plan, Planning } from '../passthrough/plan.ts';
import type { PlanUnknown } from '../passthrough/losses/situations.ts';
import { entryOf, printable } from './fill-in.ts';
import { findingWords } from './findings.ts';
import { lossWords } from './losses.ts';
import { remedyWords } from './remedies.ts';

/** What the source does not tell about a plan, and what that means. */
export const planUnknownSentences = {
  groups: 'The groups are not known: more may come along than is shown.',
  ids: 'The vendor and device ids are not known: the devices cannot be kept for a guest by them.',
  drivers: 'The host’s drivers are not known.',
  'boot-display': 'Whether the host starts on this card is not known.',
  screens: 'Whether a screen is plugged into this card is not known.',
  mounts: 'What is mounted from the disks behind these devices is not known.',
  network: 'Which network ports these devices carry is not known.',
  addresses: 'Whether these network ports have addresses is not known.',
  routes: 'Whether the host’s way to everything else goes through them is not known.',
  input: 'Whether a keyboard is plugged into these controllers is not known.',
} as const satisfies Record<PlanUnknown, string>;

export const planUnknownWords = ({ code }: Pick<Plan['unknowns'][number], 'code'>): string =>
  printable(entryOf<string>(planUnknownSentences, code) ?? code);

const stateSentences = {
  ready: 'Ready. Nothing is changed on this machine until you run the files yourself.',
  waits: 'Waits for you. Nothing is written while a loss is not accepted.',
  refused: 'Refused. The host cannot run without a device in this choice.',
  'kernel-refuses': 'Refused. The kernel will not hand over a device in this choice.',
} as const satisfies Record<Planning['state'] | 'kernel-refuses', string>;

/** Where a plan stands, in one sentence. */
function planStateWords({ state, plan }: Planning): string {
  const byHost = plan.losses.some(({ guard }) => guard === 'refuse');
  return stateSentences[state === 'refused' && !byHost ? 'kernel-refuses' : state];
}

const why = ({ reason, because, group }: Given): string => {
  switch (reason) {
    case 'chosen':
      return 'you chose it';
    case 'same-slot':
      return `comes along with ${because}: same card`;
    case 'same-group':
      return `comes along with ${because}: same group${group === null ? '' : ` ${group}`}`;
  }
};

function lossLines(loss: Loss): string[] {
  const { consequence, risk, keep } = lossWords(loss);
  const said = [`  ${consequence} ${risk}`];
  if (loss.guard === 'tell') return said;
  if (loss.guard === 'refuse') return [...said, `    Cannot be accepted. ${keep}`];
  return loss.answered
    ? [...said, '    You accepted this loss.']
    : [...said, `    Accept it with --lose ${printable(loss.name)}`, `    Or keep it. ${keep}`];
}

function findingLines(found: Finding): string[] {
  const { consequence, why } = findingWords(found);
  return [`  ${consequence}`, `    ${why}`, ...found.remedies.map((remedy) => `    - ${remedyWords(remedy)}`)];
}

/** A plan for a terminal; `path` is where it was written, null where nothing was. */
export function planText(planning: Planning, path: string | null): string {
  const { plan } = planning;
  const lines = [
    `${printable(plan.vm.name)} gets:`,
    ...plan.give.map((given) => `  ${given.address}  ${printable(given.name)}  (${why(given)})`),
    '',
    'The host loses:',
    ...(plan.losses.length === 0 ? ['  Nothing that is known.'] : plan.losses.flatMap(lossLines)),
    ...(plan.findings.length === 0
      ? []
      : ['', 'What keeps them from the guest:', ...plan.findings.flatMap(findingLines)]),
    ...(plan.unknowns.length === 0
      ? []
      : [
          '',
          'What we cannot know:',
          ...plan.unknowns.map((one) => `  ${planUnknownWords(one)} (${printable(one.where)})`),
        ]),
    '',
    planStateWords(planning),
    ...(path === null ? [] : [`Written to ${printable(path)}`]),
    '',
  ];
  return lines.join('\n');
}
