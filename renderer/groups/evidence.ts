import { shortAddress } from '../../main/machine/address.ts';
import type { Fact, Provenance } from '../../main/machine/fact.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { cannotKnow, inspectorWords } from '../../main/words/groups.ts';
import { acsStanding } from '../kit/acs.ts';
import type { Duty } from './duties.ts';
import { portsAbove, type Forest, type Leaf } from './forest.ts';

/** A claim of the inspector with what it rests on; `from` null: it cannot be known, and the claim says why. */
export interface EvidenceOf {
  readonly claim: string;
  readonly from: Provenance | null;
  readonly where: string;
}

const words = inspectorWords.claim;

const fromFact = (claim: string, fact: Fact<unknown>, subject: string): EvidenceOf =>
  fact.known
    ? { claim, from: fact.provenance, where: fact.where }
    : { claim: `${subject}: ${cannotKnow[fact.needs]}`, from: null, where: fact.where };

/** What a function's judgement rests on. */
export function evidenceOf(machine: Machine, forest: Forest, leaf: Leaf): readonly EvidenceOf[] {
  const rows: EvidenceOf[] = [];
  const members = leaf.group === null ? [] : (forest.groups.get(leaf.group) ?? []);
  const claim = members.length > 1 ? words.members(members.length) : words.aloneInGroup;
  rows.push(
    leaf.group === null && machine.groups.known
      ? { claim: inspectorWords.verdict.inNoGroup, from: machine.groups.provenance, where: machine.groups.where }
      : fromFact(claim, machine.groups, words.groupsWhere),
  );
  rows.push(...portEvidence(members.length > 1 ? portsAbove(leaf) : [], leaf));
  const { driver } = leaf.fn;
  const driverClaim = driver.known && driver.value !== null ? words.driver(driver.value) : words.noDriver;
  if (leaf.shape === 'card') rows.push(fromFact(driverClaim, driver, inspectorWords.fact.driver));
  return rows;
}

function portEvidence(ports: readonly Leaf[], leaf: Leaf): readonly EvidenceOf[] {
  const lacking = ports.filter((port) => port.group === leaf.group && acsStanding(port.fn) === 'none');
  const [first] = lacking;
  if (first === undefined || !first.fn.acs.known) return [];
  return [
    {
      claim: words.noAcs(lacking.length),
      from: first.fn.acs.provenance,
      where: `${lacking.map((port) => shortAddress(port.address)).join(', ')}: ${first.fn.acs.where}`,
    },
  ];
}

/** What the host does with a function, and how that is known. */
export function dutyEvidence(machine: Machine, duty: Duty, leaf: Leaf): EvidenceOf {
  switch (duty.kind) {
    case 'system-disk':
    case 'mount':
      return fromFact(words.mount(duty.mount, duty.device), machine.disks, duty.disk);
    case 'network':
      return fromFact(words.route(duty.name), machine.interfaces, duty.name);
    case 'keyboard':
      return fromFact(words.keyboard(duty.name), machine.usb, duty.name);
    case 'boot-display':
      return fromFact(words.bootVga, leaf.fn.bootVga, inspectorWords.fact.bootVga);
  }
}
