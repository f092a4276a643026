import { Exits } from './exits.ts';
import { LocalApic } from './local-apic.ts';
import type { PostedDescriptor } from './posted-descriptor.ts';

/** How interrupts of an assigned device get to a guest, and what each way leaves to the hypervisor. */
const interruptDelivery = {
  /** the host takes the interrupt and injects it (KVM without APICv) */
  host: { direct: false, posted: false, endExits: true },
  /** ELI without its second half: the guest's own handler runs, its EOI still leaves the guest */
  'delivery-only': { direct: true, posted: false, endExits: true },
  /** ELI: the EOI of the x2APIC goes to the hardware too */
  exitless: { direct: true, posted: false, endExits: false },
  /** VT-d posts, the processor delivers and ends virtually (APICv) */
  posted: { direct: false, posted: true, endExits: false },
} as const satisfies Record<string, { direct: boolean; posted: boolean; endExits: boolean }>;
export type InterruptDelivery = keyof typeof interruptDelivery;

/** The guest's side of an interrupt, when its processor comes to it. */
type GuestHandler = (vector: number) => void;

/**
 * A virtual processor on a processor of its own. What arrives at the processor ends in the guest's handler, by one of four
 * ways; every time that the guest is left on it is counted. Vectors of guest and host are the same for the device.
 */
export class VirtualProcessor {
  readonly exits = new Exits();
  /** of the processor, and of the guest as the hypervisor emulates it */
  readonly physical = new LocalApic();
  readonly virtual = new LocalApic();
  /** IF of the guest */
  interruptible = true;
  /** in the guest; false: the hypervisor runs something else */
  running = true;
  private readonly delivery: (typeof interruptDelivery)[InterruptDelivery];
  private readonly handler: GuestHandler;
  private readonly descriptor: PostedDescriptor | null;
  private windowWanted = false;

  constructor(delivery: InterruptDelivery, handler: GuestHandler, descriptor: PostedDescriptor | null = null) {
    this.delivery = interruptDelivery[delivery];
    this.handler = handler;
    this.descriptor = descriptor;
  }

  /** A message of the assigned device arrives at the processor, as the unit remapped it. */
  receive(vector: number): void {
    if (!this.delivery.direct || !this.running) {
      this.receiveInHost(vector);
      return;
    }
    // The guest's own table of handlers is used: with IF=0 the processor itself keeps the interrupt.
    this.physical.accept(vector);
    this.takeDirect();
  }

  /** The notification of a posted descriptor arrives: the processor takes the vectors over without leaving the guest. */
  notify(): void {
    if (!this.running) return;
    for (const vector of this.descriptor?.harvest() ?? []) this.virtual.accept(vector);
    this.takeInjected();
  }

  /** An interrupt that the host owns, or takes because the guest does not run: the guest is left, and gets it injected. */
  receiveInHost(vector: number): void {
    if (this.running) this.exits.take('external-interrupt');
    this.physical.accept(vector);
    this.physical.acknowledge();
    this.physical.endOfInterrupt();
    this.virtual.accept(vector);
    if (!this.running) return;
    if (this.interruptible) this.takeInjected();
    // Nothing can be injected now: ask to be told when it can (interrupt-window exiting). APICv needs no such exit.
    else if (!this.delivery.posted) this.windowWanted = true;
  }

  /** The guest sets IF: what waited is delivered. */
  enableInterrupts(): void {
    this.interruptible = true;
    if (this.windowWanted) {
      this.windowWanted = false;
      this.exits.take('interrupt-window');
    }
    this.takeInjected();
    if (this.delivery.direct) this.takeDirect();
  }

  /** The hypervisor enters the guest again; what was posted or noted meanwhile is delivered. */
  enter(): void {
    this.running = true;
    for (const vector of this.descriptor?.harvest() ?? []) this.virtual.accept(vector);
    if (this.interruptible) this.takeInjected();
  }

  private takeDirect(): void {
    if (!this.interruptible) return;
    for (let vector = this.physical.acknowledge(); vector !== null; vector = this.physical.acknowledge()) {
      this.handler(vector);
      if (this.delivery.endExits) this.exits.take('apic-access');
      this.physical.endOfInterrupt();
    }
  }

  private takeInjected(): void {
    if (!this.interruptible) return;
    for (let vector = this.virtual.acknowledge(); vector !== null; vector = this.virtual.acknowledge()) {
      this.handler(vector);
      // ELI traps the EOI of what was injected even in its full form; APICv ends it in the virtual APIC page.
      if (!this.delivery.posted) this.exits.take('apic-access');
      this.virtual.endOfInterrupt();
    }
  }
}
