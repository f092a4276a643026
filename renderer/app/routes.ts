import type { Stage } from '../../main/journey/state.ts';

/** Every place there is to go, its path in the hash and the parameters that a link may carry. */
export const routes = {
  overview: { path: '', params: ['stage'] },
  groups: { path: 'groups', params: ['select', 'look', 'filter', 'as', 'card', 'to', 'acs'] },
  choose: { path: 'choose', params: ['select'] },
  write: { path: 'write', params: ['for', 'file'] },
  simulator: { path: 'simulator', params: ['device', 'scenario', 'against', 'step', 'look'] },
  reports: { path: 'reports', params: ['names'] },
} as const satisfies Record<string, { path: string; params: readonly string[] }>;

export type Place = keyof typeof routes;
export type Params<P extends Place> = Partial<Record<(typeof routes)[P]['params'][number], string>>;
export type Route = { [P in Place]: { readonly place: P; readonly params: Readonly<Params<P>> } }[Place];

export const places = Object.keys(routes) as readonly Place[];

/** The link to a place: `#/groups?select=0000:01:00.0`. */
export function linkTo<P extends Place>(place: P, params: Params<P> = {}): string {
  const given = new URLSearchParams();
  for (const name of routes[place].params as readonly (keyof Params<P> & string)[]) {
    const value = params[name];
    if (value !== undefined && value !== '') given.set(name, value);
  }
  // Colons are legal in a fragment, and addresses full of %3A are unreadable.
  const query = given.toString().replace(/%3A/g, ':');
  return `#/${routes[place].path}${query === '' ? '' : `?${query}`}`;
}

/** Where a hash leads; null when it leads nowhere. Parameters that the place does not know are left out. */
export function routeOf(hash: string): Route | null {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?');
  const place = places.find((name) => routes[name].path === path.replace(/\/$/, ''));
  if (place === undefined) return null;
  const given = new URLSearchParams(query);
  const params: Record<string, string> = {};
  for (const name of routes[place].params) {
    const value = given.get(name);
    if (value !== null) params[name] = value.slice(0, 256);
  }
  return { place, params };
}

/** A stage's own place, where it has one; the others open on the overview. */
export const stageLink = (stage: Stage): string =>
  stage === 'choose' || stage === 'write' ? linkTo(stage) : linkTo('overview', { stage });
