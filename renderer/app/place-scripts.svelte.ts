import type { Component } from 'svelte';
import { places, type Place } from './routes.ts';

const scripts: Readonly<Record<Place, () => Promise<{ default: Component }>>> = {
  overview: () => import('../overview/Overview.svelte'),
  groups: () => import('../groups/Groups.svelte'),
  choose: () => import('../assignment/Assignment.svelte'),
  write: () => import('../recipes/Recipes.svelte'),
  simulator: () => import('../simulator/SimulatorPlace.svelte'),
  reports: () => import('../reports/Reports.svelte'),
};

/**
 * The places that have arrived. Each is a script of its own, so that the first screen does not wait for the simulator; the
 * others follow when the page has nothing to do, and a server that ends later takes no place away.
 */
class PlaceScripts {
  arrived: Readonly<Partial<Record<Place, Component>>> = $state.raw({});
  /** The script of a place did not come: whoever served it is gone. */
  missing: Place | null = $state(null);
  #following = false;

  async load(place: Place): Promise<void> {
    if (this.arrived[place] !== undefined) return;
    try {
      const { default: component } = await scripts[place]();
      this.arrived = { ...this.arrived, [place]: component };
      if (this.missing === place) this.missing = null;
    } catch {
      this.missing = place;
    }
  }

  /** The rest, one after another, each in a moment without work. */
  loadOthers(): void {
    if (this.#following) return;
    this.#following = true;
    this.#loadNext();
  }

  #loadNext(): void {
    const next = places.find((place) => this.arrived[place] === undefined);
    if (next === undefined || this.missing !== null) return;
    requestIdleCallback(() => void this.load(next).then(() => this.#loadNext()));
  }
}

export const placeScripts = new PlaceScripts();
