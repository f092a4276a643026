import type { SlotwiseContract } from '../../main/contract/contract.ts';
import type { OutputOf } from '../../main/contract/endpoint.ts';
import type { PciAddress } from '../../main/machine/address.ts';
import {
  back,
  countersAt,
  forward,
  indexTrace,
  type Counters,
  type Stride,
  type TraceIndex,
} from '../../main/remapping/trace.ts';
import type { ScenarioCode } from '../../main/remapping/scenario-shape.ts';
import type { Trace } from '../../main/remapping/trace.ts';
import { Resource } from '../app/resource.svelte.ts';
import type { Client } from '../link/client.ts';
import type { Command } from './keys.ts';
import { occupancyAt, type Occupancy } from './occupancy.ts';
import { advance, type Playhead, type Speed } from './playback.ts';
import { countersOverTime, noCounters } from './sparkline.ts';
import { sceneAt, type Scene } from './stations.ts';
import { timelineOf, type TimelineModel } from './timeline.ts';

export type Story = OutputOf<SlotwiseContract['scenario.record']>;

/** How much the list tells: transactions, the steps of one, or only what touches memory. */
export type Detail = 'line' | 'steps' | 'access';

/** One recorded story step by step, the same under two configurations, or live traffic. */
export type Mode = 'story' | 'compare' | 'live';

/** What the pointer or the focus is on, in any pane: a step's structure, and perhaps one field of it. */
export interface Pointed {
  readonly position: number;
  readonly field: string | null;
}

const sparkBuckets = 48;
const axisTicksWanted = 8;

/**
 * One recorded story and where in it we are. The trace is never executed again: every number on the screen is read from
 * it at `at`, so going back is exact.
 */
export class Simulator {
  readonly story: Resource<Story>;
  at = $state(0);
  playing = $state(false);
  speed: Speed = $state(0.25);
  detail: Detail = $state('steps');
  pointed: Pointed | null = $state.raw(null);
  /** what of the catalogue is recorded next */
  scenario: ScenarioCode = $state('first-story');
  #carried = 0;
  #address: PciAddress | null = null;

  readonly index: TraceIndex | null = $derived.by(() => {
    const story = this.story.value;
    return story === null ? null : indexTrace(story.trace);
  });
  readonly last: number = $derived((this.index?.trace.steps.length ?? 0) - 1);
  readonly scene: Scene | null = $derived(this.index === null ? null : sceneAt(this.index.trace, this.at));
  readonly counters: Counters = $derived(this.index === null ? noCounters : countersAt(this.index, this.at));
  readonly occupancy: Occupancy | null = $derived(this.index === null ? null : occupancyAt(this.index.trace, this.at));
  readonly timeline: TimelineModel | null = $derived(
    this.index === null ? null : timelineOf(this.index.trace, axisTicksWanted),
  );
  readonly samples: readonly Counters[] = $derived(
    this.index === null ? [] : countersOverTime(this.index, sparkBuckets),
  );
  readonly nextFault: number | null = $derived(this.index === null ? null : forward(this.index, this.at, 'fault'));
  readonly nextMiss: number | null = $derived(this.index === null ? null : forward(this.index, this.at, 'miss'));

  constructor(client: Client) {
    this.story = new Resource((signal) =>
      client.call('scenario.record', { address: this.#address, scenario: this.scenario, against: null }, signal),
    );
  }

  /** Records a scenario of a device, or with null of the Intel sample's, and goes to its step `start`. */
  async record(address: PciAddress | null, scenario: ScenarioCode, start: number): Promise<void> {
    this.playing = false;
    this.pointed = null;
    // Another scenario of the same device: what is shown stays until there is something else to show.
    if (address !== this.#address) this.story.clear();
    this.#address = address;
    this.scenario = scenario;
    await this.story.load();
    this.goTo(start);
  }

  /** Shows a request that was caught from live traffic of the same device, at the step where it was stopped. */
  show(trace: Trace): void {
    const story = this.story.value;
    if (story === null) return;
    this.story.take({ ok: true, value: { ...story, trace, against: null } });
    this.goTo(0);
    this.stride('forward', 'fault');
  }

  /** Asks the same again after a failure. */
  async again(): Promise<void> {
    await this.story.load();
    this.goTo(0);
  }

  /** Goes to a step, within the trace. */
  goTo(at: number): void {
    this.at = Math.max(0, Math.min(at, this.last));
    this.#carried = 0;
    this.pointed = null;
  }

  /** Goes a stride on or back; false where there is none. Stops playing: who steps wants to look. */
  stride(direction: 'forward' | 'back', stride: Stride): boolean {
    if (this.index === null) return false;
    this.playing = false;
    const to = direction === 'forward' ? forward(this.index, this.at, stride) : back(this.index, this.at, stride);
    if (to === null) return false;
    this.goTo(to);
    return true;
  }

  /** Plays or pauses; at the end, plays from the start. */
  toggle(): void {
    if (this.index === null) return;
    if (!this.playing && this.at >= this.last) this.goTo(0);
    this.playing = !this.playing;
  }

  /** Does what a key asks for; to compare is another view's work. */
  run(command: Exclude<Command, { do: 'compare' }>): boolean {
    switch (command.do) {
      case 'play':
        this.toggle();
        return true;
      case 'forward':
      case 'back':
        return this.stride(command.do, command.stride);
      case 'start':
      case 'end':
        this.playing = false;
        this.goTo(command.do === 'start' ? 0 : this.last);
        return true;
    }
  }

  /** `elapsed` milliseconds of playing have passed. */
  tick(elapsed: number): void {
    if (!this.playing) return;
    const before: Playhead = { at: this.at, carried: this.#carried };
    const after = advance(before, elapsed, this.speed, this.last);
    if (after.at !== before.at) {
      this.pointed = null;
      this.at = after.at;
    }
    this.#carried = after.carried;
    if (after.at >= this.last) this.playing = false;
  }
}
