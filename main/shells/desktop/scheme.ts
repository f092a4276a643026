import { protocol } from 'electron';
import type { Page } from '../pages.ts';
import { securityHeaders } from '../policy.ts';

export const scheme = 'slotwise';
/** The one origin of the window. `file:` would put every file of the disk into the page's reach. */
export const origin = `${scheme}://app`;

/** Must run before the app is ready (Electron: protocol.registerSchemesAsPrivileged). */
export function claimScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** An address of ours, parsed, or null. */
function ourAddress(address: string): URL | null {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  // `url.origin` is the text "null" for a scheme that Node does not know, so the parts are compared.
  return url.protocol === `${scheme}:` && url.host === 'app' ? url : null;
}

export const isOurPage = (address: string): boolean => ourAddress(address) !== null;

/** The page at an URL of ours, or null: an exact look-up, so no spelling of a path leads out of the build. */
export function pageAt(pages: ReadonlyMap<string, Page>, address: string): Page | null {
  const url = ourAddress(address);
  return url === null ? null : (pages.get(url.pathname === '' ? '/' : url.pathname) ?? null);
}

/** Answers for our scheme from memory. */
export function servePages(pages: ReadonlyMap<string, Page>): void {
  protocol.handle(scheme, (request) => {
    const page = pageAt(pages, request.url);
    if (page === null) return new Response('', { status: 404, headers: { ...securityHeaders } });
    return new Response(new Uint8Array(page.body), {
      headers: { 'Content-Type': page.type, ...securityHeaders },
    });
  });
}
