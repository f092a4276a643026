import { cannotKnow, inspectorWords } from '../../main/words/groups.ts';
import { acsStanding } from '../kit/acs.ts';
import { cardOf, type Forest, type Leaf } from './forest.ts';
import { isMain, isQuiet, isSound } from './quiet.ts';

/** What the inspector says first. */
export interface Judgement {
  readonly danger: boolean;
  readonly consequence: string;
  readonly why: string;
  /** other devices are in its group, and somebody would want it out of there */
  readonly shared?: true;
}

const words = inspectorWords;
const classOf = (leaf: Leaf): number => (leaf.fn.classCode.known ? leaf.fn.classCode.value >> 8 : -1);

type Kind = keyof typeof inspectorWords.subject;

function kindOf(leaf: Leaf): Kind {
  if (isMain(leaf.fn)) return 'graphics';
  if (isSound(leaf.fn)) return 'sound';
  const subclass = classOf(leaf);
  if (subclass === 0x0280) return 'wireless';
  if (subclass === 0x0c03) return 'usb';
  if (subclass >> 8 === 0x01) return 'disk';
  return subclass >> 8 === 0x02 ? 'network' : 'other';
}

const jobs = {
  disk: words.job.disk,
  network: words.job.network,
  wireless: words.job.wireless,
  usb: words.job.usb,
  graphics: words.job.graphics,
} as const satisfies Partial<Record<Kind, string>>;

/** Kinds of jobs among the members of a group that are not the selected card, in the order that people miss them. */
export function jobsOf(members: readonly Leaf[], without: readonly Leaf[]): readonly string[] {
  const kinds = new Set(members.filter((leaf) => leaf.shape === 'card' && !without.includes(leaf)).map(kindOf));
  return (Object.keys(jobs) as (keyof typeof jobs)[]).filter((kind) => kinds.has(kind)).map((kind) => jobs[kind]);
}

/** A group as a whole. */
export function judgeGroup(forest: Forest, id: number, unsafe: boolean): Judgement {
  const members = forest.groups.get(id) ?? [];
  const cards = members.filter((leaf) => leaf.shape === 'card');
  const why = words.why.whole(id, jobsOf(members, []));
  if (unsafe) return { danger: true, consequence: words.verdict.groupHasSystemDisk, why: `${why} ${words.why.stops}` };
  if (cards.length === 0) return { danger: false, consequence: words.verdict.port, why: words.why.port };
  if (members.length === 1) {
    return { danger: false, consequence: words.verdict.groupAlone, why: words.why.alone(id) };
  }
  return { danger: false, consequence: words.verdict.groupOf(cards.length), why };
}

/** One function, consequence first. */
export function judge(forest: Forest, leaf: Leaf, unsafe: ReadonlySet<number>, holdsSystem: boolean): Judgement {
  if (leaf.shape === 'unit') return { danger: false, consequence: words.verdict.unit, why: words.why.unit };
  if (leaf.shape === 'port') return judgePort(leaf, unsafe);
  const subject = words.subject[kindOf(leaf)];
  const { group } = leaf;
  if (holdsSystem) {
    return { danger: true, consequence: words.verdict.isSystemDisk, why: words.why.stops };
  }
  if (group === null) {
    const consequence = forest.grouped ? words.verdict.inNoGroup : words.verdict.noGroups;
    return { danger: false, consequence, why: forest.grouped ? words.why.inNoGroup : words.why.noGroups };
  }
  const members = forest.groups.get(group) ?? [];
  const card = cardOf(leaf);
  const others = members.filter((other) => other.shape === 'card' && !card.includes(other));
  if (unsafe.has(group)) {
    const why = `${words.why.whole(group, jobsOf(members, card))} ${words.why.stops}`;
    return { danger: true, consequence: words.verdict.sharesSystemDisk(subject), why, shared: true };
  }
  if (isQuiet(leaf.fn)) return { danger: false, consequence: words.verdict.quiet, why: words.why.quiet };
  if (others.length > 0) {
    const consequence = words.verdict.shares(subject, others.length);
    return { danger: false, consequence, why: words.why.whole(group, jobsOf(members, card)), shared: true };
  }
  const why = card.length > 1 ? words.why.cardWhole(card.length) : words.why.alone(group);
  return { danger: false, consequence: words.verdict.alone(subject), why };
}

function judgePort(leaf: Leaf, unsafe: ReadonlySet<number>): Judgement {
  const inUnsafe = leaf.group !== null && unsafe.has(leaf.group);
  const standing = acsStanding(leaf.fn);
  const why = {
    full: words.why.separates,
    none: words.why.joins,
    partial: words.why.joins,
    unheard: words.why.port,
    unknown: leaf.fn.acs.known ? words.why.unreadable : `${cannotKnow[leaf.fn.acs.needs]}: ${words.why.unreadable}`,
  }[standing];
  return { danger: inUnsafe, consequence: inUnsafe ? words.verdict.portOfSystemDisk : words.verdict.port, why };
}
