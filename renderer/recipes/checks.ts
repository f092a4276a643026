import type { Plan } from '../../main/passthrough/plan.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { Artefact } from '../../main/recipes/artefact.ts';
import { recipesPlaceWords } from '../../main/words/recipes-place.ts';
import type { ProvenanceKind } from '../kit/provenance.ts';
import { changeSize } from './change-size.ts';
import { sectionOf } from './file-sections.ts';
import { standingNow, tellsFiles } from './file-state.ts';

/** One true sentence about a file, and what it rests on. */
export interface Check {
  readonly claim: string;
  readonly from: ProvenanceKind;
  readonly where: string;
}

const words = recipesPlaceWords;

/** What was found out about a file before it is shown: only what was really compared or counted. */
export const checksOf = (artefact: Artefact, plan: Plan, machine: Machine): Check[] => [
  ...(artefact.path === null ? [] : againstHost(artefact, artefact.path, machine)),
  ...againstTwins(artefact, plan, machine),
  ...functionsInIt(artefact, plan),
];

function againstHost(artefact: Artefact, path: string, machine: Machine): Check[] {
  const { before, undo } = artefact;
  if (before === null) {
    if (!tellsFiles(machine)) return [{ claim: words.checks['not-told'], from: 'assumed', where: words.notRead }];
    return standingNow(path, machine) === null
      ? [{ claim: words.checks['nothing-there'], from: 'measured', where: path }]
      : [];
  }
  const { added, removed, of } = changeSize(artefact);
  const size =
    removed === 0 && added > 0 ? words.checks['lines-added'](added, of) : words.checks['lines-touched'](removed, of);
  const compared = standingNow(path, machine) === before;
  return [
    ...(compared ? [{ claim: words.checks['compared-with-host'], from: 'measured', where: path } as const] : []),
    { claim: size, from: 'derived', where: path },
    ...(undo[0]?.includes(' before/') === true && !before.includes('# Slotwise begins')
      ? [{ claim: words.checks['undo-same-bytes'], from: 'derived', where: words.checkWhere.copy } as const]
      : []),
  ];
}

function againstTwins({ target }: Artefact, { give }: Plan, { functions }: Machine): Check[] {
  const where = words.checkWhere.ids(functions.length);
  if (target === 'modprobe' && functions.every(({ ids }) => ids.known)) {
    return [{ claim: words.checks['ids-alone'], from: 'derived', where }];
  }
  const twins = give.flatMap((given) => given.twins);
  return target === 'driver-override' && twins.length > 0
    ? [{ claim: words.checks['twin-left-alone'], from: 'derived', where: [...new Set(twins)].join(' ') }]
    : [];
}

/** How each guest names a function; Proxmox names whole slots, so they are not counted there. */
const mentions: Readonly<Partial<Record<Artefact['target'], RegExp>>> = {
  libvirt: /<hostdev /g,
  qemu: /-device vfio-pci,/g,
};

function functionsInIt(artefact: Artefact, { give }: Plan): Check[] {
  const mention = mentions[artefact.target];
  if (mention === undefined || sectionOf(artefact) !== 'guest') return [];
  const count = artefact.content.match(mention)?.length ?? 0;
  return count === give.length
    ? [{ claim: words.checks['all-functions'](count), from: 'derived', where: artefact.file }]
    : [];
}
