import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const cookieName = 'slotwise';
/** Names of this machine for itself. The port may differ: people forward it over SSH. */
const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;

const newSecret = (): string => randomBytes(32).toString('base64url');

const sameSecret = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export type Refusal = { status: 401 | 403 | 421; reason: string };

/**
 * Who may talk to us: whoever redeemed a one-time link, from a page that we served, under a loopback name. Host is
 * checked against DNS rebinding, Origin and Sec-Fetch-Site against other pages in the same browser (the class of
 * CVE-2025-24010).
 */
export class Gate {
  readonly #links = new Set<string>();
  readonly #sessions = new Set<string>();

  /** A fresh one-time token for a link. */
  newLink(): string {
    const token = newSecret();
    this.#links.add(token);
    return token;
  }

  /** Spends a link's token; the value of the session's cookie, or null where the token is unknown or was spent. */
  redeem(token: string): string | null {
    for (const link of this.#links) {
      if (!sameSecret(link, token)) continue;
      this.#links.delete(link);
      const session = newSecret();
      this.#sessions.add(session);
      return session;
    }
    return null;
  }

  /** The Set-Cookie value: no script reads it, no other site sends it. */
  cookie(session: string): string {
    return `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Checks that hold for every request, also for the one that brings a token. */
  refusesPlace(headers: IncomingHttpHeaders): Refusal | null {
    const host = headers.host ?? '';
    if (!loopbackHost.test(host)) return { status: 421, reason: 'Host is not a loopback name' };
    if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
      return { status: 403, reason: 'Origin is another page' };
    }
    return null;
  }

  /** Checks for everything behind the door. */
  refuses(headers: IncomingHttpHeaders): Refusal | null {
    const place = this.refusesPlace(headers);
    if (place !== null) return place;
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return { status: 403, reason: 'the request comes from another site' };
    }
    const values = (headers.cookie ?? '').split(';').map((part) => part.trim());
    const session = values.find((part) => part.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
    if (session === undefined) return { status: 401, reason: 'no session' };
    for (const known of this.#sessions) if (sameSecret(known, session)) return null;
    return { status: 401, reason: 'unknown session' };
  }
}
