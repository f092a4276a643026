/**
 * What a screen reader is told that is not under the reader's focus: a copy done, a place opened, a scan finished.
 * One for the page; LiveRegion.svelte speaks it.
 */
class Announcer {
  polite = $state('');
  urgent = $state('');

  /** Said after what is being said now. */
  say(text: string): void {
    // The same text twice in a row is no change for the live region; a no-break space makes it one.
    this.polite = this.polite === text ? `${text}\u00a0` : text;
  }

  /** Interrupts: for what failed, only. */
  warn(text: string): void {
    this.urgent = this.urgent === text ? `${text}\u00a0` : text;
  }
}

export const announcer = new Announcer();
