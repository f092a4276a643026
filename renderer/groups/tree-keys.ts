import type { GroupsState } from './groups.svelte.ts';
import { isFold, parentStop, type Stop } from './walk.ts';

/**
 * The keys of the tree (WAI-ARIA Authoring Practices, tree view): arrows walk, Home and End, Enter opens the inspector,
 * `[` and `]` fold. True when the key meant something here.
 */
export function treeKeys(
  event: KeyboardEvent,
  place: GroupsState,
  stops: readonly Stop[],
  goTo: (id: string) => void,
  onopen: () => void,
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const at = stops.findIndex(({ id }) => id === place.focus);
  const here = stops[at];
  const go = (stop: Stop | undefined): boolean => {
    if (stop !== undefined) goTo(stop.id);
    return true;
  };
  switch (event.key) {
    case 'ArrowDown':
      return go(stops[at + 1]);
    case 'ArrowUp':
      return go(at === -1 ? stops[0] : stops[at - 1]);
    case 'Home':
      return go(stops[0]);
    case 'End':
      return go(stops.at(-1));
    case 'ArrowRight': {
      if (here === undefined || place.setOpen(here.id, true)) return true;
      const next = stops[at + 1];
      return next !== undefined && parentStop(stops, next) === here ? go(next) : true;
    }
    case 'ArrowLeft':
      if (here !== undefined && isFold(here.id) && place.setOpen(here.id, false)) return true;
      return here === undefined ? true : go(parentStop(stops, here));
    case '[':
    case ']': {
      if (here === undefined) return true;
      if (place.setOpen(here.id, event.key === ']')) return true;
      const parent = event.key === '[' ? parentStop(stops, here) : undefined;
      if (parent !== undefined && place.setOpen(parent.id, false)) goTo(parent.id);
      return true;
    }
    case 'Enter':
    case ' ':
      if (here !== undefined && isFold(here.id)) place.toggle(here.id);
      else onopen();
      return true;
    default:
      return false;
  }
}
