import type { Fact } from '../../main/machine/fact.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { initramfsNames, loaderNames, recipesPlaceWords } from '../../main/words/recipes-place.ts';

const words = recipesPlaceWords;

/** What the host's files are written for, in one line, and how it is known. */
export function hostSummary({ distribution, bootLoader, initramfs }: Machine): { name: string; note: string } {
  const parts: readonly { fact: Fact<unknown>; name: string | null; missing: string }[] = [
    {
      fact: distribution,
      name: distribution.known ? distribution.value.name : null,
      missing: words.parts.distribution,
    },
    {
      fact: bootLoader,
      name: bootLoader.known ? loaderNames[bootLoader.value] : null,
      missing: words.parts.bootLoader,
    },
    { fact: initramfs, name: initramfs.known ? initramfsNames[initramfs.value] : null, missing: words.parts.initramfs },
  ];
  const known = parts.flatMap(({ fact, name }) => (fact.known && name !== null ? [{ fact, name }] : []));
  const missing = parts.filter(({ name }) => name === null).map(({ missing: what }) => what);
  const assumed = known.find(({ fact }) => fact.provenance === 'assumed');
  const notes = [
    ...(known.length === 0 ? [] : [assumed?.fact.where ?? words.hostFound]),
    ...(missing.length === 0 ? [] : [words.hostNotTold(missing)]),
  ];
  return {
    name: known.length === 0 ? words.hostUnknown : known.map(({ name }) => name).join(', '),
    note: notes.join('; '),
  };
}
