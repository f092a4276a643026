/** Typed arrays, which hold memory, tables and caches: copied as they are. */
type Words = Int32Array | Uint8Array | Float64Array;

const isWords = (value: object): value is Words =>
  value instanceof Int32Array || value instanceof Uint8Array || value instanceof Float64Array;

/** What one object held: how to put it back. */
type Restore = () => void;

function held(found: object, visit: (value: unknown) => void): Restore {
  if (isWords(found)) {
    const words = found.slice();
    return () => found.set(words);
  }
  if (Array.isArray(found)) {
    const items = [...(found as unknown[])];
    items.forEach(visit);
    return () => void found.splice(0, found.length, ...items);
  }
  if (found instanceof Map) {
    const entries = [...(found as Map<unknown, unknown>)];
    for (const [key, value] of entries) [key, value].forEach(visit);
    return () => {
      found.clear();
      for (const [key, value] of entries) found.set(key, value);
    };
  }
  if (found instanceof Set) {
    const members = [...(found as Set<unknown>)];
    members.forEach(visit);
    return () => {
      found.clear();
      for (const member of members) found.add(member);
    };
  }
  const fields = Object.entries(found) as [string, unknown][];
  for (const [, value] of fields) visit(value);
  return () => void Object.assign(found, Object.fromEntries(fields));
}

/**
 * Everything that is reachable from an object, as it was at this moment: registers, caches, tables, memory, the driver's
 * books, a generator's state. `rewind` puts all of it back in place, so that what runs next runs exactly as it did.
 *
 * It walks fields, so it knows no part of the engine by name and forgets none that is added. Two things it cannot see, which
 * the engine therefore does not have: variables that only a closure holds, and `#private` fields.
 */
export class Snapshot {
  private readonly restores: Restore[] = [];

  constructor(root: object) {
    const seen = new Set<object>();
    const waiting: object[] = [root];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || seen.has(value)) return;
      seen.add(value);
      waiting.push(value);
    };
    seen.add(root);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) this.restores.push(held(next, visit));
  }

  rewind(): void {
    for (const restore of this.restores) restore();
  }
}
