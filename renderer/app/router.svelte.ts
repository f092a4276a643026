import { linkTo, routeOf, type Params, type Place, type Route } from './routes.ts';

/** Where we are, as the address bar says: reload, back and a copied link all work. */
class Router {
  route: Route = $state.raw(routeOf(location.hash) ?? { place: 'overview', params: {} });
  /** The link leads to no place of this version; the route is the one before. */
  lost = $state(routeOf(location.hash) === null);

  /** Follows the hash until the page goes. */
  follow(): () => void {
    const read = (): void => {
      const route = routeOf(location.hash);
      this.lost = route === null;
      if (route !== null) this.route = route;
    };
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }

  /** Goes to a place; one step back leads here again. */
  go<P extends Place>(place: P, params: Params<P> = {}): void {
    location.hash = linkTo(place, params);
  }

  /** Changes what this place shows (a selection, a step) without a step in the history. */
  replace<P extends Place>(place: P, params: Params<P> = {}): void {
    history.replaceState(null, '', linkTo(place, params));
    this.lost = false;
    this.route = { place, params };
  }
}

export const router = new Router();
