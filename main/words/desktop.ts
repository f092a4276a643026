/** Sentences of the window's program, said where no window opens. */
export const desktopWords = {
  notAsRoot: {
    title: 'Slotwise does not open its window as root',
    text: 'Its sandbox would be off. The window needs no root: start it as yourself. As root, "slotwise serve" serves a page instead.',
  },
} as const;
