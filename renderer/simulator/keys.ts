import type { Stride } from '../../main/remapping/trace.ts';

export type Command =
  | { readonly do: 'play' }
  | { readonly do: 'forward' | 'back'; readonly stride: Stride }
  | { readonly do: 'start' | 'end' }
  | { readonly do: 'compare' };

/** What a key press holds that matters here; a KeyboardEvent fits. */
export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

const strideOf = (press: Press): Stride => (press.shiftKey ? 'transaction' : press.altKey ? 'access' : 'step');

const plain: Readonly<Record<string, Command>> = {
  ' ': { do: 'play' },
  f: { do: 'forward', stride: 'fault' },
  m: { do: 'forward', stride: 'miss' },
  F: { do: 'back', stride: 'fault' },
  M: { do: 'back', stride: 'miss' },
  c: { do: 'compare' },
  C: { do: 'compare' },
  Home: { do: 'start' },
  End: { do: 'end' },
};

/** The command of a key press; null: the key is not ours. */
export function commandOf(press: Press): Command | null {
  if (press.ctrlKey || press.metaKey) return null;
  if (press.key === 'ArrowRight') return { do: 'forward', stride: strideOf(press) };
  if (press.key === 'ArrowLeft') return { do: 'back', stride: strideOf(press) };
  if (press.altKey) return null;
  return plain[press.key] ?? null;
}
