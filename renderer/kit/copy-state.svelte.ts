import { kitWords } from '../../main/words/kit.ts';
import { announcer } from './announcer.svelte.ts';
import { copyText } from './clipboard.ts';

/** A copy button's state: `copied` for two seconds after it worked, said aloud either way. */
export class CopyState {
  copied = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  async copy(text: string): Promise<void> {
    clearTimeout(this.#timer);
    this.copied = await copyText(text);
    if (!this.copied) {
      announcer.warn(kitWords.notCopied);
      return;
    }
    announcer.say(kitWords.copied);
    this.#timer = setTimeout(() => (this.copied = false), 2000);
  }
}
