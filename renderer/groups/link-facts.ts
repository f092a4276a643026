import { shortAddress } from '../../main/machine/address.ts';
import type { PciFunction } from '../../main/machine/pci-function.ts';
import { deviceFactWords as words } from '../../main/words/device-facts.ts';

export type Link = NonNullable<NonNullable<Extract<PciFunction['link'], { known: true }>['value']>>;

/** The link of a function; null where it has none or nobody tells. Older reports have it in the capability only. */
export function linkOf(fn: PciFunction): Link | null {
  if (fn.link.known) return fn.link.value;
  return fn.express.known ? (fn.express.value?.link ?? null) : null;
}

/** Whether a link is slower or narrower than the function could, in plain words with the likely cause; nothing where nobody tells. */
export function linkSays(link: Link, port: PciFunction | null): readonly string[] {
  const { width, speed, maxWidth, maxSpeed } = link;
  const narrow = width !== null && maxWidth !== null && width < maxWidth;
  const slow = speed !== null && maxSpeed !== null && speed < maxSpeed;
  const says: string[] = [];
  const above = port === null ? null : linkOf(port);
  const name = port === null ? '' : shortAddress(port.address);
  if (narrow) {
    const lanes = above?.maxWidth ?? null;
    says.push(words.linkSays.narrow(width, maxWidth));
    says.push(lanes !== null && lanes < maxWidth ? words.linkSays.narrowPort(name, lanes) : words.linkSays.narrowWhy);
  }
  if (slow) {
    const limit = above?.maxSpeed ?? null;
    says.push(words.linkSays.slow(speed, maxSpeed));
    // Both may hold: an old port, and a card that sleeps below what even that could.
    if (limit !== null && limit < maxSpeed) says.push(words.linkSays.slowPort(name, limit));
    if (limit === null || speed < limit) says.push(words.linkSays.slowWhy);
  }
  const told = width !== null && maxWidth !== null && speed !== null && maxSpeed !== null;
  return says.length === 0 && told ? [words.linkSays.full] : says;
}

/** A link in a word or two: `×4 of ×16, 2.5 of 16 GT/s`. */
export function linkGist({ width, speed, maxWidth, maxSpeed }: Link): string {
  const lanes = width !== null && maxWidth !== null && width < maxWidth ? words.lanesOf(width, maxWidth) : null;
  const rate = speed !== null && maxSpeed !== null && speed < maxSpeed ? `${speed} of ${maxSpeed} GT/s` : null;
  if (lanes === null && rate === null) return words.side(width, speed);
  return [lanes ?? (width === null ? null : `×${width}`), rate ?? (speed === null ? null : `${speed} GT/s`)]
    .filter((part) => part !== null)
    .join(', ');
}
