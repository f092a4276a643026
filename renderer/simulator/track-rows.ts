import { tracks, type Track } from './timeline.ts';

/** Of what happens over time, each kind on a row of its own; pixels. */
export const rowHeight = 19;
export const rowsTop = 6;
export const axisY = rowsTop + tracks.length * rowHeight + 6;
export const stripHeight = axisY + 22;

/** Upper edge of a kind's row. */
export const rowOfTrack = (track: Track): number => rowsTop + tracks.indexOf(track) * rowHeight;
