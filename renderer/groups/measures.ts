/** Pixels of the tree, as drawn in the picture of this place; x counts from the left edge of the drawing. */
export const measures = {
  /** from row to row */
  pitch: 28,
  /** centre of the first row */
  top: 20,
  /** the same below a section's head */
  topBelowHead: 18,
  /** below the last row's centre */
  bottom: 26,
  /** the CPU's line, centre and width */
  spineX: 11.5,
  spineWidth: 3,
  tabWidth: 66,
  tabHeight: 24,
  firstColumn: 34,
  secondColumn: 132,
  /** between a tab and the next one */
  gap: 16,
  tightGap: 8,
  /** a trunk stands this far left of the column that it feeds */
  trunk: 11,
  corner: 6,
  cardHeight: 24,
  cardWidth: 318,
  leastCardWidth: 200,
  /** narrower cards leave out the driver, so that the name can be read */
  briefCardWidth: 236,
  /** from the last tab to the cards */
  cardGap: 26,
  tightCardGap: 18,
  /** the same where a group's number stands between them */
  notedCardGap: 84,
  /** "group 14" behind a port, with air */
  noteWidth: 66,
  /** no machine brings its cards closer to the left than this */
  leastCardX: 306,
  mostCardWidth: 520,
  /** right of the cards: outline, spine, number */
  groupColumn: 44,
  bigPad: 9,
  smallPad: 4,
  bigRadius: 10,
  smallRadius: 9,
  aboveUnsafe: 36,
  aboveBig: 18,
  belowBig: 14,
  aroundSmall: 9,
  aboveLabel: 16,
  laneWidth: 5,
  miniWidth: 40,
  miniGap: 4,
  bridgeChip: 34,
  functionChip: 23,
  chipGap: 3,
  /** a section's head, and the air above it */
  head: 30,
  aboveHead: 6,
} as const;

/** Where columns stand for a tree of a given depth in a given width. */
export interface Columns {
  /** left edge of the tabs with `depth` ports above them */
  tab(depth: number): number;
  cardX: number;
  cardWidth: number;
  /** right edge of the cards */
  right: number;
  /** the whole drawing */
  width: number;
}

/**
 * Fits `depth` columns of ports into `room` pixels: gaps shrink from 16 to 8 first, then cards, then the drawing scrolls.
 * `noted`: ports of the last column have their group's number behind them, and that wants room.
 */
export function fitColumns(depth: number, room: number, noted: boolean): Columns {
  const m = measures;
  const at = (gap: number) => (column: number) =>
    column === 0 ? m.firstColumn : m.secondColumn + (column - 1) * (m.tabWidth + gap);
  const least = Math.min(m.leastCardX, Math.max(0, room - m.leastCardWidth - m.groupColumn));
  const cardXFor = (gap: number, cardGap: number): number =>
    Math.max(depth === 0 ? m.spineX + 40 : at(gap)(depth - 1) + m.tabWidth + cardGap, least);
  const wishes = [
    ...(noted ? [{ gap: m.gap, cardX: cardXFor(m.gap, m.notedCardGap) }] : []),
    { gap: m.gap, cardX: cardXFor(m.gap, m.cardGap) },
  ];
  const tight = { gap: m.tightGap, cardX: cardXFor(m.tightGap, m.tightCardGap) };
  const { gap, cardX } = wishes.find((wish) => wish.cardX + m.cardWidth + m.groupColumn <= room) ?? tight;
  const cardWidth = Math.min(Math.max(room - cardX - m.groupColumn, m.leastCardWidth), m.mostCardWidth);
  return { tab: at(gap), cardX, cardWidth, right: cardX + cardWidth, width: cardX + cardWidth + m.groupColumn };
}
