/** Below this width the inspector covers part of the place, so it opens only on request. */
const roomForInspector = '(min-width: 1180px)';

/** What the frame around the places shows just now. */
class Frame {
  palette = $state(false);
  keys = $state(false);
  preferences = $state(false);
  /** The rail's content as a sheet, on a phone. */
  more = $state(false);
  inspector = $state(false);

  constructor() {
    const room = window.matchMedia(roomForInspector);
    this.inspector = room.matches;
    // A window that opens hidden learns its width only later; that is no choice of anybody's to have it closed.
    if (!room.matches) room.addEventListener('change', () => (this.inspector = true), { once: true });
  }
}

export const frame = new Frame();
