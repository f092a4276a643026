/** Sentences about what `groups` and `explain` were asked. */
export const groupQuestionWords = {
  noMove: (text: string) => `"${text}" is no move; expected ADDR=PORT, such as --move 01:00.0=00:1c.0.`,
  noAcs: (text: string) =>
    `"${text}" is no ACS setting; expected as-is, override:MODE (downstream, multifunction, id:VVVV:DDDD) or config:FLAGS@DEVICE.`,
  whichGroup:
    'explain names neither a device nor a group. Expected an address such as 01:00.0, or the number of a group.',
} as const;
