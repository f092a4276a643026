import { groupsWords } from '../../main/words/groups.ts';
import type { Leaf } from './forest.ts';
import { isHostBridge, isMain, isQuiet, isSound } from './quiet.ts';

/** What a function is, in a word, by its class. */
export function roleWord(leaf: Leaf): string {
  const words = groupsWords.role;
  if (leaf.shape === 'port') return words.port;
  if (leaf.shape === 'unit') return words.unit;
  const { classCode } = leaf.fn;
  if (!classCode.known) return words.unknown;
  if (isMain(leaf.fn)) return words.gpu;
  if (isSound(leaf.fn)) return words.sound;
  if (isHostBridge(leaf.fn)) return words.bridge;
  if (isQuiet(leaf.fn)) return words.board;
  if (classCode.value >> 8 === 0x0c03) return words.usb;
  const byBase: Readonly<Record<number, string>> = { 0x01: words.disk, 0x02: words.network };
  return byBase[classCode.value >> 16] ?? words.other;
}
