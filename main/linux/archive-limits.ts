/** A capture of a large server has 60 MB and 40 000 entries; what exceeds these is none. */
export const archiveLimits = {
  /** bytes of the unpacked archive, kept or not */
  unpacked: 192 << 20,
  /** bytes kept in memory */
  kept: 96 << 20,
  entries: 200_000,
  /** bytes of the file itself */
  packed: 128 << 20,
  /** captures pack to a fortieth; a thousandth is a bomb, and is noticed after `ratioFrom` bytes */
  ratio: 150,
  ratioFrom: 16 << 20,
} as const;
