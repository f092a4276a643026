import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkTo, places, routeOf, routes } from '../../../renderer/app/routes.ts';

test('the whole space of places, as the address bar shows it', () => {
  expect(places.map((place) => `${place} ${linkTo(place)} ${routes[place].params.join(',')}`)).toMatchInlineSnapshot(`
    [
      "overview #/ stage",
      "groups #/groups select,look,filter,as,card,to,acs",
      "choose #/choose select",
      "write #/write for,file",
      "simulator #/simulator device,scenario,against,step,look",
      "reports #/reports names",
    ]
  `);
});

test('a link leads back to what it was made of', () => {
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.string({ minLength: 1, maxLength: 40 }), (place, value) => {
      const name = routes[place].params[0];
      const route = routeOf(linkTo(place, { [name]: value }));
      expect(route).toEqual({ place, params: { [name]: value } });
    }),
  );
});

test('addresses stay readable in a link', () => {
  expect(linkTo('groups', { select: '0000:01:00.0' })).toBe('#/groups?select=0000:01:00.0');
});

test('what no place knows is left out, and an unknown place is none', () => {
  expect(routeOf('#/groups?evil=1&select=a')).toEqual({ place: 'groups', params: { select: 'a' } });
  expect(routeOf('#/doctor')).toBeNull();
  expect(routeOf('')).toEqual({ place: 'overview', params: {} });
  expect(routeOf('#/groups/')).toEqual({ place: 'groups', params: {} });
});

test('any hash at all is either a place or none', () => {
  fc.assert(
    fc.property(fc.string(), (hash) => {
      const route = routeOf(hash);
      expect(route === null || places.includes(route.place)).toBe(true);
    }),
  );
});
