import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { PciAddress } from '../../main/machine/address.ts';
import type { Machine } from '../../main/machine/machine.ts';
import type { AskedParams, View } from './asked.ts';
import type { Asking } from './asking.svelte.ts';
import type { SectionName } from './fact-sections.ts';
import { filterForest } from './filter.ts';
import { growForest, type Forest, type Leaf, type Root } from './forest.ts';
import { changesOf } from './hypothesis.ts';
import { allLabels, type JoinLabel } from './join-labels.ts';
import { layOut, type Layout } from './layout.ts';
import { isQuiet } from './quiet.ts';
import { differingFrom, reasonsOf } from './reasons.ts';
import { reuseLabels, reuseLayout } from './reuse.ts';
import { firstOf, fullRows, groupOrder, jobsByFunction, litWith, unsafeGroups, wayOf } from './selection.ts';
import { subjectOf, subjectText, type Subject } from './subject.ts';
import { unitServing, unitsOf, type Unit } from './units.ts';
import { wordsWidth } from './words-width.ts';

/** What stands in the link. */
export interface GroupsParams extends AskedParams {
  select?: string;
  look?: string;
  filter?: string;
}

/** Where the state reads and writes what is in the link. */
export interface GroupsRoute {
  readonly params: Readonly<GroupsParams>;
  replace(params: GroupsParams): void;
}

/** A tree with more rows than this starts with its quiet parts folded. */
const longTree = 60;

/** The state of the groups place: what is selected, folded and looked for, over one machine. */
export class GroupsState {
  readonly #machine: () => Machine | null;
  readonly asking: Asking;
  readonly #route: () => GroupsRoute;
  /** pixels that the drawing has */
  room = $state(832);
  readonly #foldedPorts = new SvelteSet<PciAddress>();
  /** roots and quiet parts that the person opened or closed: `root:0000:00`, `more:0000:00` */
  readonly #opened = new SvelteMap<string, boolean>();
  /** sections of "what it is" that stand open, whatever is selected */
  readonly opened = new SvelteSet<SectionName>(['link']);
  readonly #lastIn = new SvelteMap<number, PciAddress>();
  #labels: ReadonlyMap<PciAddress, JoinLabel> | null = null;
  #layout: Layout | null = null;
  /** The group that the pointer or the focus is on. */
  pointed: number | null = $state(null);
  /** Where the arrow keys stand; null: at the selection. */
  #focus: string | null = $state(null);

  constructor(machine: () => Machine | null, route: () => GroupsRoute, asking: Asking) {
    this.#machine = machine;
    this.asking = asking;
    this.#route = route;
  }

  /** The machine as it was read; null until the first look has ended. */
  readonly readMachine: Machine | null = $derived.by(() => this.#machine());
  /** The machine as it is drawn: with groups, and a card, where the view supposes them. */
  readonly machine: Machine | null = $derived.by(() => this.asking.shown);
  /** What the view changes, by function. */
  readonly changes = $derived.by(() => {
    const { readMachine, machine } = this;
    return changesOf(
      readMachine !== machine && readMachine !== null && machine !== null ? [readMachine, machine] : null,
    );
  });
  readonly joins = $derived.by(() => reasonsOf(this.forest, this.asking.explained));
  readonly differing: readonly number[] = $derived.by(() => differingFrom(this.forest, this.asking.explained));
  /** The groups that are drawn were not read. */
  /** A change is being tried out on the drawing. */
  readonly trying: boolean = $derived.by(() => this.view === 'moved' || this.view === 'acs');
  readonly supposed: boolean = $derived.by(() => this.asking.answer !== null);
  readonly forest: Forest = $derived.by(() =>
    growForest(this.machine?.functions ?? [], this.machine?.groups.known ? this.machine.groups.value : null),
  );
  /** The IOMMU units, as the kernel and the firmware's table have them. */
  readonly units: readonly Unit[] = $derived.by(() => (this.readMachine === null ? [] : unitsOf(this.readMachine)));
  readonly duties = $derived.by(() => jobsByFunction(this.machine));
  readonly unsafe: ReadonlySet<number> = $derived.by(() => unsafeGroups(this.forest, this.duties));
  /** Groups with more than one member, and groups of one: all that the kernel made. */
  readonly groupCount: number = $derived.by(() => this.forest.groups.size);
  /** The source shows ACS bits of at least one port. */
  readonly reasonsKnown: boolean = $derived.by(() => {
    const ports = [...this.forest.at.values()].filter((leaf) => leaf.shape === 'port');
    return ports.length === 0 || ports.some((port) => port.fn.acs.known);
  });

  get filter(): string {
    return this.#route().params.filter ?? '';
  }
  set filter(text: string) {
    this.#write({ filter: text });
  }
  get look(): 'tree' | 'table' {
    return this.#route().params.look === 'table' ? 'table' : 'tree';
  }
  set look(look: 'tree' | 'table') {
    this.#write({ look: look === 'table' ? 'table' : '' });
  }

  get view(): View {
    return this.asking.asked.view;
  }
  /** Shows other groups; the card that moves is the selected one, unless it was named before. */
  set view(view: View) {
    const card = this.selected !== null && this.selected.shape === 'card' ? this.selected.address : '';
    this.#write({ as: view, ...(view === 'moved' && this.asking.asked.card === null ? { card } : {}) });
  }
  /** Changes what the present view supposes. */
  suppose(change: AskedParams): void {
    this.#write(change);
  }

  readonly filtered = $derived.by(() => filterForest(this.forest, this.filter));

  /** What the inspector is about: what the link names, else the first device that this place is about. */
  readonly subject: Subject | null = $derived.by(() => {
    const asked = subjectOf(this.#route().params.select);
    if (asked?.kind === 'function' && this.forest.at.has(asked.address)) return asked;
    if (asked?.kind === 'unit' && this.units.some(({ id }) => id === asked.id)) return asked;
    if (asked?.kind === 'group' && this.forest.groups.has(asked.id)) return asked;
    const first = firstOf(this.forest);
    return first === null ? null : { kind: 'function', address: first.address };
  });
  readonly selected: Leaf | null = $derived.by(() =>
    this.subject?.kind === 'function' ? (this.forest.at.get(this.subject.address) ?? null) : null,
  );
  /** The IOMMU unit that is selected: by itself, or as the function that AMD's units are. */
  readonly unit: Unit | null = $derived.by(() => {
    const { subject } = this;
    if (subject?.kind === 'unit') return this.units.find(({ id }) => id === subject.id) ?? null;
    if (subject?.kind !== 'function') return null;
    return this.units.find((unit) => unit.function === subject.address) ?? null;
  });
  readonly selectedGroup: number | null = $derived.by(() =>
    this.subject?.kind === 'group' ? this.subject.id : (this.selected?.group ?? null),
  );
  readonly lit: ReadonlySet<Leaf> = $derived.by(() => litWith(this.selected));
  readonly way: ReadonlySet<Leaf> = $derived.by(() => wayOf(this.selected));
  readonly labels = $derived.by(() => {
    this.#labels = reuseLabels(this.#labels, allLabels(this.forest, this.selected, this.#lastIn));
    return this.#labels;
  });

  /** Too many rows to show them all at once. */
  readonly long: boolean = $derived.by(() => {
    const open = this.forest.roots.filter((root) => this.isOpen(root));
    return fullRows(this.forest, open) > longTree;
  });

  isOpen(root: Root): boolean {
    if (this.forest.roots.length === 1 || this.filtered !== null) return true;
    const told = this.#opened.get(`root:${root.bus}`);
    if (told !== undefined) return told;
    return root.all.some((leaf) => leaf.shape === 'card' && !isQuiet(leaf.fn));
  }

  /** Quiet functions that are alone in their groups stand folded. */
  isBrief(root: Root): boolean {
    const told = this.#opened.get(`more:${root.bus}`);
    return this.long && told !== true;
  }

  readonly layout: Layout = $derived.by(() => {
    const layout = layOut({
      forest: this.forest,
      room: this.room,
      unsafe: this.unsafe,
      labels: this.labels,
      open: (root) => this.isOpen(root),
      shown: (root) => ({
        only: this.filtered?.drawn ?? null,
        folded: this.#foldedPorts,
        brief: this.isBrief(root),
      }),
      wordsWidth,
    });
    this.#layout = reuseLayout(this.#layout, layout);
    return this.#layout;
  });

  /** How many functions are drawn, short forms counted one by one. */
  readonly drawn: number = $derived.by(() => this.layout.sections.reduce((sum, { placed }) => sum + placed.length, 0));

  get focus(): string | null {
    return this.#focus ?? this.selected?.address ?? null;
  }

  select(subject: Subject): void {
    const leaf = subject.kind === 'function' ? this.forest.at.get(subject.address) : undefined;
    if (leaf !== undefined) {
      if (leaf.group !== null) this.#lastIn.set(leaf.group, leaf.address);
      this.#focus = leaf.address;
    }
    this.#write({ select: subjectText(subject) });
  }

  /** A unit that stands in the tree is selected there. */
  selectUnit({ id, function: fn }: Unit): void {
    if (fn !== null && this.forest.at.has(fn)) this.visit(fn);
    else this.select({ kind: 'unit', id });
  }

  /** Selects the unit that the selected function's DMA goes through. */
  goToUnit(): void {
    const unit = this.selected === null ? null : unitServing(this.units, this.selected.address);
    if (unit !== null) this.selectUnit(unit);
  }

  /** Opens or closes a section of "what it is". */
  setSection(name: SectionName, open: boolean): void {
    if (open) this.opened.add(name);
    else this.opened.delete(name);
  }

  /** The keyboard's place: a function there is selected too. */
  visit(id: string): void {
    this.#focus = id;
    const leaf = this.forest.at.get(id as PciAddress);
    if (leaf !== undefined) this.select({ kind: 'function', address: leaf.address });
  }

  groupOf(id: string): number | null {
    return this.forest.at.get(id as PciAddress)?.group ?? null;
  }

  /** Folds of the list on a phone, and roots: what the person said, else `otherwise`. */
  isOpened(id: string, otherwise: boolean): boolean {
    return this.#opened.get(id) ?? otherwise;
  }

  setOpened(id: string, open: boolean): void {
    this.#opened.set(id, open);
  }

  toggle(id: string): void {
    if (!this.setOpen(id, true)) this.setOpen(id, false);
  }

  isFolded(port: PciAddress): boolean {
    return this.#foldedPorts.has(port);
  }

  /** Folds or opens a stop of the tree; true when that changed something. */
  setOpen(id: string, open: boolean): boolean {
    const leaf = this.forest.at.get(id as PciAddress);
    if (leaf !== undefined) {
      if (leaf.children.length === 0 || this.#foldedPorts.has(leaf.address) === !open) return false;
      if (open) this.#foldedPorts.delete(leaf.address);
      else this.#foldedPorts.add(leaf.address);
      return true;
    }
    if (this.#opened.get(id) === open) return false;
    this.#opened.set(id, open);
    return true;
  }

  /** Selects the group after the present one, in the order of the drawing; after the last one the first. */
  nextGroup(): void {
    const ids = groupOrder(this.forest);
    const at = this.selectedGroup === null ? -1 : ids.indexOf(this.selectedGroup);
    const id = ids[(at + 1) % Math.max(ids.length, 1)];
    if (id === undefined) return;
    this.select({ kind: 'group', id });
    this.#focus = this.forest.groups.get(id)?.[0]?.address ?? null;
  }

  /** Selects the port above. */
  goUp(): void {
    const parent = this.selected?.parent ?? null;
    if (parent !== null) this.visit(parent.address);
  }

  #write(change: GroupsParams): void {
    const route = this.#route();
    route.replace({ ...route.params, ...change });
  }
}
