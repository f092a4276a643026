import type { Artefact } from './artefact.ts';
import { textAfterUndo } from './host-file.ts';
import { shellWord } from './shell-word.ts';

const head = `#!/bin/sh
# Slotwise: the way back. It takes back each file that is still as Slotwise wrote it, puts back what stood there before,
# and leaves alone whatever was changed since. It may run twice. From a rescue system: sh undo.sh /mnt, with the folder
# where the system is mounted.
# shellcheck disable=SC1003,SC2016 # texts and names stand in single quotes, and nothing in them is to be expanded
set -u

root=\${1:-}
root=\${root%/}
status=0
touched=no

# take_back PATH MODE NEW [OLD]
take_back() {
  path=$root$1
  if [ ! -e "$path" ]; then
    echo "$path: not there, nothing to take back"
  elif ! printf '%s' "$3" | cmp -s - "$path"; then
    if [ "$#" -gt 3 ] && printf '%s' "$4" | cmp -s - "$path"; then
      echo "$path: is as it was before"
    else
      echo "$path: changed since, left alone" >&2
      status=1
    fi
  elif [ "$#" -gt 3 ]; then
    touched=yes
    printf '%s' "$4" >"$path" && chmod "$2" "$path" && echo "$path: as before" || status=1
  else
    touched=yes
    rm -- "$path" && echo "$path: removed" || status=1
  fi
}

# refresh COMMAND ARGUMENT...
refresh() {
  if [ -n "$root" ]; then
    set -- chroot "$root" "$@"
  fi
  if ! "$@"; then
    echo "Did not work, run it by hand: $*" >&2
    status=1
  fi
}
`;

function takeBack(artefact: Artefact): string {
  const { path, mode, content } = artefact;
  const old = textAfterUndo(artefact);
  const words = [path ?? '', mode, content, ...(old === null ? [] : [old])];
  return `take_back ${words.map(shellWord).join(' ')}`;
}

/** What is left in a hypervisor is its person's to remove: a machine may have been used since. */
const leftover = ({ undo, file }: Artefact): string[] =>
  undo.length === 0
    ? []
    : [
        `printf '%s\\n' ${shellWord(`Not touched: what was made of ${file}. To take it back:`)}`,
        ...undo.map((line) => `printf '%s\\n' ${shellWord(`  ${line}`)}`),
      ];

/**
 * The whole way back as one POSIX shell script, last file first. New text and old text are in the script itself, so that it
 * works when the folder of the recipe is gone.
 */
export function undoScript(artefacts: readonly Artefact[]): string {
  const files = artefacts.filter(({ path }) => path !== null).reverse();
  const refreshes = [...new Set(files.flatMap(({ undo }) => undo.slice(1)))];
  const inside = artefacts.filter(
    ({ path, remarks }) => path === null && !remarks.some(({ code }) => code === 'for-a-machine-that-exists'),
  );
  return [
    head,
    ...files.map(takeBack),
    '',
    ...(refreshes.length > 0
      ? ['if [ "$touched" = yes ]; then', ...refreshes.map((line) => `  refresh ${line}`), 'fi']
      : []),
    ...inside.flatMap(leftover),
    'exit "$status"',
    '',
  ].join('\n');
}
