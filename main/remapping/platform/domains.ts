import { AddressSpace } from './address-space.ts';
import type { Range, SpaceMapping, SpaceProblem } from './address-space.ts';
import type { Domain, VtdDriver } from './vtd-driver.ts';

export type DomainProblem = SpaceProblem | 'no-endpoint' | 'no-domain' | 'not-attached' | 'owned';

interface Held {
  readonly hardware: Domain;
  readonly space: AddressSpace;
}

/** Interrupt messages cannot be mapped away (Linux: iommu_resv_msi). */
const messages: Range = { first: 0xfee00000n, last: 0xfeefffffn };

/**
 * Domains and who is in them, as the kernel keeps them above the driver: what may be mapped, moved and owned. Every answer
 * is a problem, or null where it was done; the tables of the unit follow.
 */
export class Domains {
  private readonly driver: VtdDriver;
  private readonly domains = new Map<number, Held>();
  /** requester → group */
  private readonly endpoints: ReadonlyMap<number, number>;
  private readonly attached = new Map<number, number>();
  private readonly owners = new Map<number, string>();

  /** `endpoints`: requester ids that the unit serves, each with its group. */
  constructor(driver: VtdDriver, endpoints: ReadonlyMap<number, number>) {
    this.driver = driver;
    this.endpoints = endpoints;
  }

  create(levels: number, reserved: readonly Range[] = []): number {
    const hardware = this.driver.createDomain(levels);
    const limit = (1n << BigInt(12 + 9 * levels)) - 1n;
    this.domains.set(hardware.id, { hardware, space: new AddressSpace(limit, 4096n, [messages, ...reserved]) });
    return hardware.id;
  }

  /** Claims a group for somebody; a second owner is refused, since its devices reach each other’s memory. */
  claim(group: number, owner: string): DomainProblem | null {
    const held = this.owners.get(group) ?? owner;
    if (held !== owner) return 'owned';
    this.owners.set(group, owner);
    return null;
  }

  disclaim(group: number): void {
    this.owners.delete(group);
  }

  /** Attaches, or moves from another domain without a moment in which the device has none. */
  attach(source: number, id: number, owner = 'kernel'): DomainProblem | null {
    const group = this.endpoints.get(source);
    if (group === undefined) return 'no-endpoint';
    const held = this.domains.get(id);
    if (held === undefined) return 'no-domain';
    if ((this.owners.get(group) ?? owner) !== owner) return 'owned';
    const before = this.attached.get(source);
    const from = before === undefined ? undefined : this.domains.get(before);
    if (from === undefined) this.driver.attach(source, held.hardware);
    else this.driver.move(source, from.hardware, held.hardware);
    this.attached.set(source, id);
    return null;
  }

  detach(source: number, id: number): DomainProblem | null {
    if (!this.endpoints.has(source)) return 'no-endpoint';
    const held = this.domains.get(id);
    if (held === undefined) return 'no-domain';
    if (this.attached.get(source) !== id) return 'not-attached';
    this.driver.detach(source, held.hardware);
    this.attached.delete(source);
    return null;
  }

  map(id: number, mapping: SpaceMapping): DomainProblem | null {
    const held = this.domains.get(id);
    if (held === undefined) return 'no-domain';
    const problem = held.space.map(mapping);
    if (problem !== null) return problem;
    const { first, last, target, read, write } = mapping;
    const bytes = Number(last - first + 1n);
    const place = { iova: Number(first), physical: Number(target), bytes, read, write, largestLevel: 3 };
    this.driver.map(held.hardware, place);
    return null;
  }

  unmap(id: number, range: Range): DomainProblem | null {
    const held = this.domains.get(id);
    if (held === undefined) return 'no-domain';
    const removed = held.space.unmap(range);
    if (typeof removed === 'string') return removed;
    for (const { first, last } of removed) this.driver.unmap(held.hardware, Number(first), Number(last - first + 1n));
    return null;
  }

  spaceOf(id: number): AddressSpace | undefined {
    return this.domains.get(id)?.space;
  }
}
