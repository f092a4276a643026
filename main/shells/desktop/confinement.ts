import type { Session, WebContents } from 'electron';
import { isOurPage } from './scheme.ts';

/** Copying what a person selected or asked to copy; nothing else is ever granted. */
const granted = new Set(['clipboard-sanitized-write']);

/** Denies permissions, devices and every request that is not our own scheme. */
export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(granted.has(permission)));
  session.setPermissionCheckHandler((_contents, permission) => granted.has(permission));
  session.setDevicePermissionHandler(() => false);
  // A window's `spellcheck: false` leaves the session's own checker on, which fetches a dictionary from a content network
  // as soon as there is a page, past the filter below.
  session.setSpellCheckerLanguages([]);
  // The program makes no network request at all; this holds even for one that a page would make.
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !/^(?:slotwise|data|blob|devtools):/.test(details.url) });
  });
  session.on('will-download', (event, item) => {
    if (!/^(?:blob|data):/.test(item.getURL())) event.preventDefault();
  });
}

/** Keeps a window on its page: no navigation elsewhere, no second window, no webview. */
export function confineContents(contents: WebContents): void {
  const stay = (event: { preventDefault(): void }, url: string): void => {
    if (!isOurPage(url)) event.preventDefault();
  };
  contents.on('will-navigate', (event, url) => stay(event, url));
  contents.on('will-redirect', (event, url) => stay(event, url));
  contents.on('will-frame-navigate', (event) => stay(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
